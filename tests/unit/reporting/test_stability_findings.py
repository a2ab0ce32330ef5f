"""What the report says of similarities over epochs and encoders: what differs, and whether noise explains it."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.stability_findings import consistency_finding, dynamics_finding


def epochs(correlations, ceilings, half_width=0.1):
    rows = [
        {"epoch": k + 1, "with_final": r, "low": r - half_width, "high": r + half_width, "ceiling": ceiling}
        for k, (r, ceiling) in enumerate(zip(correlations, ceilings, strict=True))
    ]
    table = pd.DataFrame(rows).assign(reliability=0.9, final_reliability=0.9, n_trainings=2, n_pairs=66)
    # reliability near 0 has no ceiling
    return table.assign(reliability=table["reliability"].where(table["ceiling"].notna(), 0.05), status="ok")


def whole(finding):
    assert finding.sentence.endswith(".") and "nan" not in finding.sentence + finding.detail
    return finding.sentence


def test_early_epochs_are_set_beside_the_end_and_beside_noise():
    sentence = whole(dynamics_finding(epochs([0.5, 0.7, 0.85, 0.9], [0.9, np.nan, 0.9, 0.9])))
    assert sentence == (
        "With the similarities of the end (last fifth of the epochs), those of epoch 1 have r +0.50 (95 % "
        "interval +0.40 to +0.60; noise alone would leave 0.90) and those of epoch 3 of 4 +0.85 (95 % interval "
        "+0.75 to +0.95; noise alone would leave 0.90), over 66 pairs of tasks. At 1 of 3 epochs with known noise "
        "the interval is below what noise alone would leave (epoch 1), where chance gives about 0.08."
    )


@pytest.mark.parametrize(
    ("ceilings", "expected"),
    [
        ([0.6] * 6, "At none of 6 epochs with known noise is the interval below what noise alone would leave"),
        ([np.nan] * 6, "Whether they change or are only noisy is not known: halves of the logged batches"),
        ([0.9] * 6, "of 6 epochs with known noise the interval is below what noise alone would leave (the last is "
         "epoch 6)"),
        ([0.9, 0.9] + [0.6] * 4, "(epochs 1 and 2)"),
        ([0.9, 0.9] + [np.nan] * 4, "is not known: noise is known of 2 of 6 epochs alone."),
    ],
)  # fmt: skip
def test_a_change_is_said_only_where_noise_does_not_explain_it(ceilings, expected):
    assert expected in whole(dynamics_finding(epochs([0.6] * 6, ceilings)))


def test_batches_that_have_no_halves_do_not_disagree():
    table = epochs([0.6] * 6, [np.nan] * 6)
    assert "halves of the logged batches disagree)" in whole(dynamics_finding(table))
    one = whole(dynamics_finding(table.assign(reliability=np.nan)))
    assert "disagree" not in one and "+0.70; too few batches are logged for halves of them)" in one
    assert one.endswith("is not known: too few batches are logged for halves of them.")


def test_epochs_that_cannot_be_compared_say_why():
    table = epochs([np.nan], [np.nan]).assign(status="the last fifth is this epoch alone")
    assert whole(dynamics_finding(table)).endswith("could not be tested: the last fifth is this epoch alone.")


def test_few_tasks_tell_no_change_and_no_difference_from_noise():
    table = epochs([0.1] * 4, [0.9] * 4).assign(n_pairs=6)
    assert whole(dynamics_finding(table)).endswith(
        "over 6 pairs of tasks. So few tasks cannot tell a change from noise."
    )
    two = encoders(("gcn", "ecfp", 0.1, 0.4, 0.9, 0.1)).assign(n_pairs=6)
    assert whole(consistency_finding(two, 0.05)).endswith("whether they differ by more than noise is not known.")


def encoders(*rows):
    names = ["encoder_a", "encoder_b", "pearson", "pearson_p", "ceiling", "disattenuated"]
    table = pd.DataFrame(rows, columns=names).assign(over="trainings", n_pairs=66, status="ok")
    return table.assign(pearson_low=table["pearson"] - 0.2, pearson_high=table["pearson"] + 0.1)


def test_encoders_that_agree_less_than_their_noise_lets_them_are_told():
    finding = consistency_finding(encoders(("gcn", "ecfp", 0.46, 0.002, 0.85, 0.54)), 0.05)
    assert whole(finding) == (
        "Similarities under two encoders have, over 66 pairs of tasks: gcn and ecfp r +0.46 (95 % interval +0.26 "
        "to +0.56, P 0.002). They agree by more than chance, and differ by more than the noise of both."
    )
    assert "Without noise r would be near: gcn and ecfp +0.54 (noise leaves at most 0.85)." in finding.detail


def test_of_many_encoders_the_ends_are_named_and_all_are_counted():
    rows = [
        ("gcn", name, r, p, 0.6, r / 0.6)
        for name, r, p in zip("abcd", (0.1, 0.3, 0.8, 0.5), (0.6, 0.2, 0.001, 0.01), strict=True)
    ]
    sentence = whole(consistency_finding(encoders(*rows), 0.05))
    assert (
        "(the most and the least of 4 pairs): gcn and c r +0.80" in sentence and "; gcn and a r +0.10" in sentence
    )
    assert "gcn and d" not in sentence
    assert sentence.endswith("2 agree by more than chance, and 2 of 4 differ by more than the noise of both.")


def test_unknown_noise_decides_nothing():
    table = encoders(("gcn", "ecfp", 0.1, 0.4, np.nan, np.nan))
    assert whole(consistency_finding(table, 0.05)).endswith(
        "They are not found to agree, and whether they differ by more than noise is not known."
    )
    lost = table.assign(pearson=np.nan, status="3 tasks")
    assert whole(consistency_finding(lost, 0.05)).endswith("could not be tested: 3 tasks.")

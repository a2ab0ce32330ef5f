"""The sentences about transfer: what is called, what is noise, what cannot be known, what to mind."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.transfer_findings import present_gaps, transfer_findings
from mtlcurves.reporting.transfer_pairs import GAINS, NOTHING, default_rows, is_called, read_pairs
from mtlcurves.transfer_schemas import DRAWN


def said(study, raised="from 1 fold to 9"):
    return [finding.sentence for finding in transfer_findings(study.tables, "auroc", 0.05, raised, 0.005)]


def pairs_of(study) -> pd.DataFrame:
    rows = default_rows(study.tables["transfer_estimates"])
    return read_pairs(rows[rows["metric"] == "auroc"], study.tasks, 0.05)


def test_pairs_that_are_called_are_counted_and_the_strongest_is_named(study):
    pairs = pairs_of(study)
    called, gains = is_called(pairs).sum(), (pairs["verdict"] == GAINS).sum()
    first = said(study)[0]
    assert f"Of 90 ordered pairs of tasks, {called} are called at a map-wide false-discovery rate of 5 %" in first
    assert f"{gains} gain" in first and f"{called - gains} loss" in first
    best = pairs[pairs["verdict"] == GAINS].sort_values("shown").iloc[-1]
    assert f"one fold of labels of {best['auxiliary_name']} ({1000 * best['fold']:,.0f}) closes" in first
    assert f"the AUROC of {best['target_name']} and its limit" in first
    assert f"one label of {best['auxiliary_name']} is worth" in first


def test_an_outlier_that_is_not_called_is_not_the_strongest(simulate):
    study = simulate(10, rotations=10)
    estimates = study.tables["transfer_estimates"]
    loud = (estimates["target"] == "CHEMBL234") & (estimates["auxiliary"] == "CHEMBL204")
    estimates.loc[loud, ["value", "per_fold", "shrunken", "q_map"]] = [30.0, 3.0, 30.0, 0.9]
    assert "the AUROC of D3 and its limit" not in said(study)[0]


def test_nothing_called_is_said_first(simulate):
    first = said(simulate(10, transfer=0.0))[0]
    assert first.startswith("None of 90 ordered pairs of tasks is called")
    assert "no reason to buy labels" in first and "which may be noise" in first


def test_families_matter_where_they_do(simulate):
    assert "Families matter (permutation P 0.00" in said(simulate(10, rotations=10))[0]
    assert "Families are not shown to matter" in said(simulate(10, transfer=0.0))[0]


def test_what_could_not_be_seen_is_the_intervals_half_width(study):
    pairs = pairs_of(study)
    half = (1 - np.exp(-((pairs["high"] - pairs["low"]) / 2 * pairs["fold"]))).median()
    assert f"wider than \N{PLUS-MINUS SIGN}{float(f'{100 * half:.2g}'):g} % of the gap" in said(study)[1]


def test_one_rotation_cannot_be_significant_and_says_so(simulate):
    first, unseen, *_ = said(simulate(10, rotations=1))
    assert first.startswith("None of 90")
    assert "no interval" in first
    assert unseen == "With 1 rotation no pair can be significant: no weight has an interval."


def test_two_rotations_cannot_call_a_pair_on_its_own(simulate):
    assert "With 2 rotations a pair cannot be significant on its own" in said(simulate(10, rotations=2))[1]
    assert "To be called as the only one of 90 pairs" in said(simulate(10, rotations=10))[1]


def test_labels_of_all_others_are_told_with_how_often_they_are_worth_anything(simulate):
    study = simulate(4)
    estimates = study.tables["transfer_estimates"]
    others = estimates.index[(estimates["coefficient"] == "a_iS") & (estimates["metric"] == "auroc")]
    estimates.loc[others, "exchange_rate"] = [0.1, 0.2, 0.3, 0.9]
    estimates.loc[others, "exchange_low"] = [0.05, 0.1, -0.2, 0.5]
    estimates.loc[others[3], "status"] = "not identified"
    finding = transfer_findings(study.tables, "auroc", 0.05, "", 0.005)[2]
    assert "is worth 0.2 own labels in the typical target (from 0.1 to 0.3)" in finding.sentence
    assert "more than nothing in 2 of 4 targets and less than nothing in 0" in finding.sentence
    assert finding.detail.startswith("Not identified in 1 target.")


def test_a_purchase_is_warned_of_and_a_rate_that_is_open_has_no_price(simulate):
    study = simulate(10)
    warning = said(study)[-1]
    assert warning.startswith("Before labels are bought")
    assert "association" in warning and "add up" in warning and "not identified" not in warning
    estimates = study.tables["transfer_estimates"]
    called = is_called(pairs_of(study)).sum()
    estimates.loc[estimates["coefficient"] == "a_ij", ["exchange_low", "exchange_high"]] = [-np.inf, np.inf]
    assert f"not identified in {called} of {called} called pairs" in said(study)[-1]
    assert "is worth in labels of" in said(study)[0]


def test_paired_estimates_say_nothing_of_exchange(simulate):
    study = simulate(10)
    estimates = study.tables["transfer_estimates"]
    study.tables["transfer_estimates"] = estimates[estimates["estimator"] == "paired"]
    sentences = said(study)
    assert len(sentences) == 4 and "one label of" not in sentences[0]


def test_a_study_that_raised_nothing_says_what_all_others_are_worth(simulate):
    study = simulate(4)
    estimates = study.tables["transfer_estimates"]
    study.tables["transfer_estimates"] = estimates[estimates["coefficient"] != "a_ij"]
    nothing, others = said(study)
    assert "nothing is said about transfer" in nothing
    assert others.startswith("One label of other tasks")


@pytest.mark.parametrize(("n_tasks", "rotations"), [(2, 4), (3, 1), (10, 2), (60, 4)])
def test_no_sentence_has_a_hole(simulate, n_tasks, rotations):
    for finding in transfer_findings(simulate(n_tasks, rotations=rotations).tables, "auroc", 0.05, "", 0.005):
        for text in (finding.sentence, finding.detail):
            assert "nan" not in text and "inf" not in text.replace("information", "") and "  " not in text


def test_the_strongest_is_told_in_points_of_the_score_where_the_limit_is_known(simulate):
    study = simulate(10)
    study.tables["curves"]["status"] = "ok"
    gaps = present_gaps(study.tables["curves"], study.tables["mean_scores"], "auroc")
    pairs = pairs_of(study)
    best = pairs[pairs["verdict"] == GAINS].sort_values("shown").iloc[-1]
    gap = gaps[best["target"]]
    assert f"that gap is now about {gap:.2g}, so this is {gap * best['shown']:.2g} AUROC" in said(study)[0]
    study.tables["transfer_estimates"]["shrunken"] *= 1e-4
    assert "so this is less than 0.0001 AUROC" in said(study)[0]
    study.tables["curves"]["status"] = "not identified"
    assert "that gap is not identified" in said(study)[0]


def test_pairs_that_matter_are_counted_and_called_ones_that_do_not_are_owned_up(simulate):
    study = simulate(10, rotations=10)
    estimates = study.tables["transfer_estimates"]
    pairs = pairs_of(study)
    sure = (pairs["null_probability"] <= 0.2).sum()
    assert f"Of 90 pairs, {sure} are more than 80 % likely to change at least 0.5 % of the gap" in said(study)[2]
    estimates["null_probability"] = 0.9
    assert f"{is_called(pairs).sum()} of the pairs called are more likely smaller" in said(study)[2]


def test_a_pair_that_could_never_be_called_says_so(simulate):
    few, many = (pairs_of(simulate(10, rotations=n)) for n in (2, 10))
    assert set(few["status"]) == {"cannot be significant with 2 rotations"}
    assert set(many["status"]) == {"ok"}


def test_weights_drawn_towards_0_are_shown_and_not_tested(simulate):
    study = simulate(10, rotations=10)
    estimates = study.tables["transfer_estimates"]
    estimates.loc[estimates["coefficient"] == "a_ij", ["status", "p", "q", "q_map"]] = [DRAWN, *[np.nan] * 3]
    assert set(pairs_of(study)["verdict"]) == {NOTHING}
    assert "fewer trainings than tasks" in said(study)[1]


def test_whether_weights_add_up_is_told_where_it_was_tested(simulate):
    study = simulate(4)
    assert "add up." in said(study)[-1] and "Tested here" not in said(study)[-1]
    keys = {"recipe": "main", "metric": "auroc", "estimator": "joint"}
    rows = [
        keys | {"target": task, "p": p} for task, p in zip(study.tasks["task"], [1e-6, 0.5, 0.6, 0.7], strict=True)
    ]
    study.tables["additivity"] = pd.DataFrame(rows)
    assert "they fail to add up in 1 of 4 targets." in said(study)[-1]
    study.tables["additivity"]["p"] = 0.5
    assert "they fail to add up in 0 of 4 targets, which is no proof that they do." in said(study)[-1]
    study.tables["additivity"]["p"] = np.nan
    assert "could not be tested" in said(study)[-1]

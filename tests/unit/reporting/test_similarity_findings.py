"""What the report says of gradients: whether to trust them, by which numbers, and plainly where not."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.similarity_findings import similarity_findings

M = "\N{MINUS SIGN}"
SECTION = {"encoders": ["gcn"], "log": {"window": "all"}, "rows": "heldout"}
SHOWN = {"encoder": "gcn", "window": "all", "version": "raw", "measure": "pearson", "rows": "heldout"}


def related(r, low, high, p, **others):
    numbers = {"pearson": r, "pearson_low": low, "pearson_high": high, "pearson_p": p}
    return SHOWN | {"part": "all", "n_pairs": 66, "n_tasks": 12, "status": "ok"} | numbers | others


def said(**tables):
    tables = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    (finding,) = similarity_findings(tables, SECTION, 0.05)
    assert finding.sentence.endswith(".") and "nan" not in finding.sentence + finding.detail
    return finding.sentence


def test_pairs_that_can_be_compared_are_counted():
    advice = ["usable", "usable", "close relations only", "not usable: too noisy"]
    sentence = said(overlap={"advice": advice, "ochiai": [0.9, 0.8, 0.3, 0.1]})
    assert sentence.startswith("Of 4 pairs of tasks, 2 are expected to share enough compounds")
    assert "1 enough to show close relations only, and 1 too few" in sentence
    nothing = said(overlap={"advice": ["not usable: too noisy"], "ochiai": [0.1]})
    assert "Of 1 pair of tasks, none are expected" in nothing


WHOLE = related(0.65, 0.4, 0.8, 0.001)
DOUBT = related(0.65, -0.1, 0.8, 0.01)
NOTHING = related(0.1, -0.3, 0.45, 0.5)
CROSS, NO_CROSS = (row | {"part": "cross"} for row in (related(0.3, 0.1, 0.5, 0.02), NOTHING))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [WHOLE],
            "r +0.65 (95 % interval +0.40 to +0.80, P 0.001): gradients tell which tasks' labels go together",
        ),
        (
            [WHOLE],
            "account for 42 % of what differs between pairs. What gradients of different compounds share was not",
        ),
        ([WHOLE, CROSS], "so they tell something that is not in common compounds alone."),
        ([WHOLE, NO_CROSS], "may all come from the common compounds, whose labels define the correlation too."),
        ([DOUBT], "leaves open whether they would elsewhere."),
        ([NOTHING], "not found to tell how tasks are related here. The interval excludes correlations beyond"),
        ([related(-0.6, -0.8, -0.3, 0.001)], "gradients mislead here"),
        ([related(np.nan, np.nan, np.nan, np.nan, status="3 tasks")], "could not be tested: of the similarity"),
    ],
)
def test_the_verdict_on_gradients_follows_from_their_correlation_with_labels(rows, expected):
    assert expected in said(similarity_and_correlation=rows)


def gains(verdicts, r, p):
    benefit = [
        {"metric": "auroc", "benefit": b, "verdict": v, "over": "seeds", "q": 0.01 if v == "loss" else 0.6}
        for v, b in verdicts
    ]
    ends = {"pearson": r, "pearson_low": r - 0.3, "pearson_high": r + 0.3, "pearson_p": p, "auc": 0.45}
    prediction = SHOWN | {"part": "all", "metric": "auroc", "outcome": "each direction"} | ends
    return said(pair_benefit=benefit, benefit_prediction=[prediction])


def test_gains_of_pairs_are_sized_first_and_then_what_foretells_them():
    sentence = gains([("gain", 0.02), ("loss", -0.04), ("unclear", -0.01)], 0.1, 0.6)
    assert sentence.startswith(
        f"Training with one other task changes a task's held-out AUROC by {M}0.010 on average ({M}0.040 to +0.020)"
        ": of 3 directions, 1 gain, 1 lose, none stay within the margin, and 1 are unclear."
    )
    assert "with a chance of 45 %: gradients are not found to foretell" in sentence
    assert gains([("gain", 0.02)], 0.7, 0.01).endswith("tasks with more similar gradients gain more.")


def test_groups_are_said_for_every_number_of_groups_with_their_rank(study):
    found = similarity_findings(
        {"gradient_grouping_results": study.tables["gradient_grouping_results"]}, SECTION, 0.05
    )
    linked, searched = (finding.sentence for finding in found)
    assert linked == (
        "Groups of tasks chosen by linkage of gradients change mean held-out AUROC against one network for all "
        "tasks by +0.020 (95 % interval 0.000 to +0.040, P 0.200) with 2 groups, where 4 of 50 random partitions "
        "did as well or better (P 0.100); +0.030 (95 % interval +0.010 to +0.050, P 0.200) with 3 groups, where 4 "
        "of 50 random partitions did as well or better (P 0.100)."
    )
    assert "by search over gradients" in searched


def test_without_the_section_nothing_is_said(study):
    assert similarity_findings(study.tables, None, 0.05) == []

"""What the report says of sweeps: how much of r(G, E) is lost, and a threshold only where one is shown."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.sweep_findings import sweep_findings

M = "\N{MINUS SIGN}"
LEVELS = {1.0: (0.70, 0.66, 0.74), 0.5: (0.42, 0.41, 0.43), 0.1: (0.10, 0.14, 0.06)}


def swept(levels, arm="thinned", **cells):
    rows = [
        {"arm": arm, "level": level, "seed": seed, "reference": reference, "pearson": r - change, "n_pairs": 66,
         "p": 0.01 if level > 0.2 else 0.3, "status": "ok", "mean_similarity": 0.1 + 0.1 * level, "ochiai": level}
        for level, of_level in levels.items() for seed, r in enumerate(of_level)
        for reference, change in (("heldout", 0.0), ("full", 0.05), ("own", 0.02))
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(**cells)


def fitted(form, aicc, status="ok", arm="thinned", **cells):
    row = {"arm": arm, "reference": "heldout", "statistic": "pearson", "form": form, "aicc": aicc, "r2": 0.95}
    row |= {"midpoint": 41.0, "midpoint_low": 33.0, "midpoint_high": 52.0, "n_levels": 10, "status": status}
    return row | cells


SIGMOID, LINE = fitted("sigmoid", -40.0), fitted("linear in Ochiai", -30.0)


def said(degradation, *fits, same=None):
    columns = ["arm", "reference", "statistic", "form", "aicc", "r2", "status"]
    table = pd.DataFrame(fits, columns=None if fits else columns)
    (finding,) = sweep_findings(
        degradation, degradation.iloc[:0] if same is None else same, table, "heldout", 0.05
    )
    assert finding.sentence.endswith(".") and "nan" not in finding.sentence + finding.detail
    return finding


def test_a_fall_is_said_with_its_size_and_interval_first():
    finding = said(swept(LEVELS))
    assert finding.sentence == (
        "Where labels of every task are taken away at random, r of the similarity of gradients with the "
        f"correlation of held-out labels changes by {M}0.60 (95 % interval {M}0.80 to {M}0.40 over 3 trainings a "
        "level, P 0.006), from +0.70 with 100 % of the labels to +0.10 with 10 % of the labels, over 66 pairs of "
        "tasks: it falls."
    )
    assert "in 3 of 3 trainings with 100 % of the labels and in 0 of 3 trainings with 10 %" in finding.detail
    assert "all labels +0.65 to +0.05, of the labels kept +0.68 to +0.08" in finding.detail


def test_a_mean_that_does_not_follow_the_overlap_is_set_beside_it():
    assert said(swept(LEVELS)).detail.endswith(
        "The similarities' mean goes from +0.200 to +0.110; in proportion to the overlap it would be "
        "+0.020 (overlaps of 1.00 and 0.10, Ochiai)."
    )
    assert said(swept(LEVELS, ochiai=0.5)).detail.endswith("from +0.200 to +0.110, the overlap being the same.")
    assert "similarities' mean" not in said(swept(LEVELS, mean_similarity=np.nan)).detail


def test_what_common_compounds_make_is_set_beside_it():
    said_of = said(swept(LEVELS), same=swept({1.0: (0.8,), 0.1: (0.6,)})).detail
    assert said_of.endswith(
        "What common compounds make of it (part same) has r +0.80 with 100 % of the labels and +0.60 with 10 % of "
        "the labels."
    )
    only = said(swept(LEVELS), same=swept({1.0: (0.8,), 0.1: (np.nan,)})).detail
    assert only.endswith("(part same) has r +0.80 with 100 % of the labels.")


def test_other_references_are_told_at_the_same_levels():
    table = swept(LEVELS)
    table.loc[(table["reference"] == "own") & (table["level"] == 0.1), "pearson"] = np.nan
    assert "all labels +0.65 to +0.05, of the labels kept +0.68 to unknown" in said(table).detail
    few = swept(LEVELS)
    few.loc[(few["reference"] == "own") & (few["level"] == 0.1), "n_pairs"] = 3
    assert "of the labels kept +0.68 to +0.08 (3 pairs)." in said(few).detail


def test_two_trainings_a_level_do_not_tell_that_nothing_changes():
    two = said(swept({1.0: (0.5, 0.2), 0.1: (0.1, 0.6)})).sentence
    assert f"(95 % interval {M}2.00 to +2.00 over 2 trainings a level" in two
    assert two.endswith("whether it falls is undecided.")


def test_without_a_fall_none_is_said():
    flat = said(swept({1.0: (0.5, 0.2, 0.4), 0.1: (0.3, 0.5, 0.2)}))
    assert f"changes by {M}0.03 (95 % interval {M}0.75 to +0.68 " in flat.sentence
    assert flat.sentence.endswith("it is not found to change.")
    single = said(swept({1.0: (0.5,), 0.1: (0.3,)}))
    assert f"by {M}0.20 (too few trainings for an interval)" in single.sentence
    assert single.sentence.endswith("whether it falls is undecided.")


@pytest.mark.parametrize(
    ("arm", "levels", "ends"),
    [
        (
            "size",
            {1600: (0.7,), 200: (0.2,)},
            "with 1,600 labels of every task to +0.20 with 200 labels of every task",
        ),
        ("core", {0.7: (0.7,), 0.0: (0.2,)}, "with Jaccard overlap 0.70 to +0.20 with Jaccard overlap 0.00"),
        ("blocks", {0.5: (0.7,), 0.1: (0.2,)}, "with Jaccard overlap 0.50 to +0.20 with Jaccard overlap 0.10"),
    ],
)
def test_levels_have_the_units_of_their_arm(arm, levels, ends):
    assert ends in said(swept(levels, arm)).sentence


@pytest.mark.parametrize(
    ("fits", "expected"),
    [
        (
            [SIGMOID, LINE],
            "The sigmoid through 10 levels has its midpoint at 41 % (95 % interval 33 to 52 over trainings); it "
            f"describes them better than a straight line in overlap (AICc {M}40.0 against {M}30.0).",
        ),
        (
            [SIGMOID, fitted("hyperbola", -39.0), LINE],
            f"a hyperbola, which has no threshold, describes them as well (AICc {M}40.0 against {M}39.0).",
        ),
        ([SIGMOID, LINE | {"aicc": np.nan}], "cannot be told from so few levels."),
        (
            [fitted("sigmoid", -40.0, "midpoint not located, its interval leaves the levels")],
            "No threshold is found: of the sigmoid through 10 levels, midpoint not located, its interval "
            "leaves the levels.",
        ),
        (
            [fitted("sigmoid", -40.0, "midpoint not located, no interval below 3 seeds")],
            "threshold is undecided: of the sigmoid through 10 levels, midpoint not located, no interval",
        ),
        (
            [fitted("sigmoid", np.nan, "4 levels; 5 are needed for 4 parameters", r2=np.nan)],
            "Whether there is a threshold cannot be told: 4 levels; 5 are needed for 4 parameters.",
        ),
        ([fitted("sigmoid", -40.0, "at bound: steepness"), LINE], "over trainings; at bound: steepness);"),
    ],
)
def test_a_threshold_is_said_where_the_sigmoid_has_one_and_nothing_without_one_does_as_well(fits, expected):
    assert expected in said(swept(LEVELS), *fits).sentence


def test_levels_without_a_correlation_are_named_with_the_reason():
    rows = swept(LEVELS)
    lowest = rows["level"] == 0.1
    rows.loc[lowest, ["pearson", "status"]] = [np.nan, "3 tasks are known on both sides; 4 are needed"]
    finding = said(rows)
    assert "to +0.42 with 50 % of the labels" in finding.sentence
    assert "Without r: 10 % of the labels (3 tasks are known on both sides" in finding.detail
    nothing = said(rows[lowest], SIGMOID)
    assert "is not known: 3 tasks are known on both sides; 4 are needed" in nothing.sentence
    assert "midpoint" not in nothing.sentence
    single = said(rows[rows["level"] != 0.5])
    assert "is +0.70 with 100 % of the labels, the only level that has one" in single.sentence
    assert "tasks permuted) in 3 of 3 trainings with 100 % of the labels; 2 levels in all." in single.detail
    assert "Without r: 10 % of the labels (3" in single.detail and "all labels +0.65, of" in single.detail


def test_levels_are_told_from_nothing_at_the_ends_that_have_a_correlation():
    rows = swept(LEVELS)
    one = said(rows[rows["level"] == 1.0]).detail
    assert "in 3 of 3 trainings with 100 % of the labels; 1 level in all." in one
    rows.loc[rows["level"] != 0.5, ["pearson", "status"]] = [np.nan, "3 tasks"]
    middle = said(rows).detail
    assert "in 3 of 3 trainings with 50 % of the labels; 3 levels in all." in middle


def test_trainings_are_paired_by_seed_where_both_ends_have_them():
    rows = swept(LEVELS)
    rows.loc[(rows["level"] == 1.0) & (rows["seed"] == 0), "pearson"] = np.nan
    assert f"by {M}0.60 " in said(rows).sentence and "from +0.70 " in said(rows).sentence
    rows.loc[(rows["level"] == 0.1) & (rows["seed"] > 0), "pearson"] = np.nan
    apart = said(rows).sentence
    assert f"by {M}0.60 (too few trainings for an interval), from +0.70" in apart and "to +0.10 with" in apart

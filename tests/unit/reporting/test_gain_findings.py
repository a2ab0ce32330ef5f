"""Which way predicts what tasks gain in a group, in words."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.gain_findings import gain_findings
from mtlcurves.schemas import SCHEMAS

M = "\N{MINUS SIGN}"


def table(**against):
    """Three ways learned from ten and from forty partitions; `against` {way: (change, low, high) from forty}."""
    against = {"linear": (-0.0017, -0.0019, -0.0016), "attention": (-0.001, -0.0012, 0.0001)} | against
    rows = [("mean", 40, 0.0025, 0.0, np.nan, np.nan, np.nan), ("mean", 10, 0.0026, 0.0, np.nan, np.nan, np.nan)]
    for method, (change, low, high) in against.items():
        rows += [
            (method, 40, 0.0025 + change, change, low, high, 0.9),
            (method, 10, 0.001, -0.009, -0.01, -0.008, 1),
        ]
    columns = ["method", "n_partitions", "error", "against_mean", "against_low", "against_high", "spearman"]
    found = pd.DataFrame(rows, columns=columns).assign(
        metric="auroc", n_held_out=50, low=0.0, high=1.0, n_trained=99
    )
    return {"gain_prediction": found[list(SCHEMAS["gain_prediction"].columns)]}


def test_the_best_way_is_named_as_learned_from_the_most_partitions():
    (finding,) = gain_findings(table(), "auroc")
    assert finding.sentence == (
        "The linear surrogate predicts best what tasks gain in a group (AUROC): learned from 40 random "
        f"partitions, it errs by 0.00080 on average for held-out ones, {M}0.00170 (95 % interval {M}0.00190 to "
        f"{M}0.00160) against each task's mean gain."
    )
    assert "50 held-out partitions" in finding.detail and "attention network +0.90" in finding.detail
    assert f"the attention network {M}0.00100 (95 % interval {M}0.00120 to +0.00010)" in finding.detail


@pytest.mark.parametrize(
    ("linear", "said"),
    [
        ((-0.0017, -0.0036, 0.0002), f"{M}0.00170 (95 % interval {M}0.00360 to +0.00020)"),
        ((-0.0017, np.nan, np.nan), f"{M}0.00170 (no interval is known)"),
    ],
)
def test_no_way_is_better_than_the_mean_where_intervals_hold_0(linear, said):
    (finding,) = gain_findings(table(linear=linear), "auroc")
    assert finding.sentence == (
        "No way to predict what tasks gain in a group (AUROC) is told to be better than each task's mean gain: "
        "learned from 40 random partitions, that errs by 0.00250 on average for held-out ones; the linear "
        f"surrogate, the best of them, changes that by {said}."
    )


def test_a_way_that_is_told_goes_before_one_of_less_error_that_is_not():
    found = table(linear=(-0.0017, -0.0036, 0.0002), attention=(-0.001, -0.0012, -0.0008))
    assert gain_findings(found, "auroc")[0].sentence.startswith("The attention network predicts best")


def test_without_gains_nothing_is_said():
    found = table()
    assert gain_findings({}, "auroc") == gain_findings(found, "aupr") == []
    assert gain_findings({"gain_prediction": found["gain_prediction"].iloc[:0]}, "auroc") == []
    found["gain_prediction"]["error"] = np.nan
    assert gain_findings(found, "auroc") == []

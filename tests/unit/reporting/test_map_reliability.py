"""What is said of the order of a map's pairs."""

import pandas as pd
import pytest
from mtlcurves.reporting.map_reliability import reliability_finding


def tables(spearman: float, whole: float, status: str = "ok") -> dict[str, pd.DataFrame]:
    row = {"recipe": "main", "metric": "auroc", "estimator": "joint", "n_pairs": 90, "n_rotations": 10}
    row |= {
        "n_splits": 126,
        "spearman": spearman,
        "low": 0.05,
        "high": 0.52,
        "within_targets": 0.2,
        "whole": whole,
    }
    return {"map_reliability": pd.DataFrame([row | {"status": status}])}


@pytest.mark.parametrize(
    ("spearman", "whole", "verdict"),
    [(0.26, 0.41, "mostly noise"), (0.5, 0.67, "partly noise"), (0.8, 0.89, "mostly more than noise")],
)
def test_the_verdict_is_by_what_all_rotations_would_have(spearman, whole, verdict):
    (found,) = reliability_finding(tables(spearman, whole), "auroc", "joint")
    assert f"The order of the map's 90 pairs is {verdict}" in found.sentence
    assert f"correlation of {spearman:g}" in found.sentence and f"or {whole:g} for all" in found.sentence
    assert "126 ways to halve 10 rotations (from 0.05 to 0.52 in nine of ten)" in found.detail


def test_what_cannot_be_said_is_said_and_other_scores_are_not_mixed_up():
    (found,) = reliability_finding(tables(float("nan"), float("nan"), "fewer than 6 rotations"), "auroc", "joint")
    assert found.sentence.endswith("cannot be said: fewer than 6 rotations.")
    assert not reliability_finding(tables(0.5, 0.6), "aupr", "joint")
    assert not reliability_finding({}, "auroc", "joint")

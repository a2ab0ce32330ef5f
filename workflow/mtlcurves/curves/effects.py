"""What an arm changes, task by task (P1 Fig. 3 and its counts "137 / 94 of 244"; Fig. 2 across splits).

Arms tested on the same folds are compared in pairs of rotation and replicate; the replicates of a
rotation are averaged first, since the rotation is the unit that varies. Arms tested on different compounds
(folds by scaffold and by compound) have no pairs: their means are compared by Welch's t. Both use the
variance of Nadeau and Bengio and, as published, the naive one; Benjamini-Hochberg runs over the tasks of one
comparison, metric and size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.comparisons import Contestant, list_comparisons
from mtlcurves.curves.score_arrays import ArmScores, Axes, Floats, arm_scores, by_rotation
from mtlcurves.curves.statistics import MeanTest, benjamini_hochberg, paired_t, welch_t
from mtlcurves.schemas import SCHEMAS


def compare_arms(
    points: pd.DataFrame, metrics: Sequence[str], recipes: Mapping[str, Mapping[str, Any]], fold_count: int
) -> pd.DataFrame:
    """Compare all arms of a study that can be compared.

    Parameters
    ----------
    points : pandas.DataFrame
        Grid points as :func:`~mtlcurves.curves.score_arrays.read_scores` gives them.
    metrics : sequence of str
        Scores to compare.
    recipes : mapping
        Settings ``split`` and ``test_on`` of each recipe.
    fold_count : int
        Folds of the study, the test fold included.

    Returns
    -------
    pandas.DataFrame
        Table ``arm_effects``: a row for each comparison, task, metric and size of both arms. A test that
        cannot be made is null, with the reason in ``undefined``.
    """
    axes = Axes.of(points)
    tables = []
    for comparison in list_comparisons(contestants(points), recipes):
        arms = [_layout(points, axes, metrics, c) for c in (comparison.first, comparison.second)]
        trained = np.logical_and.reduce([np.isfinite(arm.own).any(axis=(1, 2, 3)) for arm in arms])
        for size in sorted(set(arms[0].sizes) & set(arms[1].sizes)):
            ratios = [
                folds_ratio(recipes[c.recipe], size, fold_count) for c in (comparison.first, comparison.second)
            ]
            for metric in metrics:
                scores = [arm.score[metric][trained, arm.sizes.index(size)] for arm in arms]
                table = _effects(scores, ratios, comparison.paired)
                table["comparison"], table["metric"], table["size"] = comparison.name, metric, size
                table["task"] = np.array(axes.tasks, dtype=object)[trained]
                tables.append(table)
    return (
        pd.concat(tables, ignore_index=True)
        if tables
        else pd.DataFrame(columns=list(SCHEMAS["arm_effects"].columns))
    )


def contestants(points: pd.DataFrame) -> list[Contestant]:
    """Read the single- and multi-task arms off some grid points."""
    arms = points.loc[points["arm"].isin(["stl", "mtl"]), ["recipe", "arm", "subset"]].drop_duplicates()
    return [
        Contestant(str(recipe), str(arm), str(subset) if arm == "mtl" else None)
        for recipe, arm, subset in arms.itertuples(index=False)
    ]


def folds_ratio(settings: Mapping[str, Any], size: int, fold_count: int) -> float:
    """Folds a training is tested on, over those it is trained on."""
    return ((fold_count - size) if settings["test_on"] == "complement" else 1) / size


def _layout(points: pd.DataFrame, axes: Axes, metrics: Sequence[str], contestant: Contestant) -> ArmScores:
    own = points[points["recipe"] == contestant.recipe]
    scores = arm_scores(own, axes, metrics, contestant.arm, contestant.subset)
    assert scores is not None  # contestants are read off the points
    return scores


def _effects(scores: Sequence[Floats], ratios: Sequence[float], paired: bool) -> pd.DataFrame:
    """Effects at one size, a row a task; `scores` of both arms [task, rotation, replicate]."""
    first, second = scores
    if paired:
        differences = by_rotation(first - second)
        corrected, naive = paired_t(differences, ratios[0]), paired_t(differences)
    else:
        first, second = by_rotation(first), by_rotation(second)
        corrected, naive = welch_t(first, second, *ratios), welch_t(first, second)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect_size = np.where(corrected.sd > 0, corrected.mean / corrected.sd, np.nan)
    return pd.DataFrame(
        {
            "difference": corrected.mean,
            "sd": corrected.sd,
            "low": corrected.low,
            "high": corrected.high,
            "effect_size": effect_size,
            "n_pairs": corrected.n,
            "p_corrected": corrected.p,
            "p_naive": naive.p,
            "q_corrected": benjamini_hochberg(corrected.p),
            "q_naive": benjamini_hochberg(naive.p),
            "undefined": _reasons(corrected),
        }
    )


def _reasons(test: MeanTest) -> NDArray[np.object_]:
    """Say why a test is null; None where it is not."""
    reason = np.full(test.n.shape, None, dtype=object)
    reason[np.isnan(test.p)] = "the differences do not vary"
    reason[test.n == 1] = "1 rotation, at least 2 are needed"
    reason[test.n == 0] = "no rotation has a score in both arms"
    return reason


def count_effects(effects: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Count the tasks that gain and lose (P1: 137 gains in AUROC, 94 in AUPR, of 244 tasks).

    Parameters
    ----------
    effects : pandas.DataFrame
        Table ``arm_effects``.
    significance : float
        Nominal level, two-sided; also the false-discovery rate.

    Returns
    -------
    pandas.DataFrame
        Table ``effect_counts``: a row for each comparison, metric, size and kind of test.
    """
    rows = []
    for (comparison, metric, size), group in effects.groupby(["comparison", "metric", "size"], sort=False):
        for test in ("corrected", "naive"):
            known = group[group[f"p_{test}"].notna()]
            gain, loss = known["difference"] > 0, known["difference"] < 0
            nominal, discovered = known[f"p_{test}"] < significance, known[f"q_{test}"] < significance
            rows.append(
                {
                    "comparison": comparison,
                    "metric": metric,
                    "size": size,
                    "n_tasks": len(known),
                    "mean_difference": group["difference"].mean(),
                    "test": test,
                    "n_gain": (gain & nominal).sum(),
                    "n_loss": (loss & nominal).sum(),
                    "n_gain_fdr": (gain & discovered).sum(),
                    "n_loss_fdr": (loss & discovered).sum(),
                    "expected_by_chance": len(known) * significance / 2,
                }
            )
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(SCHEMAS["effect_counts"].columns))

"""Change of a learning curve's parameters against change of score, single- to multi-task (P1 Fig. 4, 5, Table 2).

P1 correlates the change in a, b and c of EXP3 with the change in score over tasks. Both come from the
same scores, so noise alone correlates them (c above all). The split-half version takes the parameters from even
rotations and the score from odd ones. Rotations overlap in training folds but not in test folds, so what
correlation is left is not test noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.exponential import Fits, fit, lowest_start
from mtlcurves.curves.profile import CurvePoints
from mtlcurves.curves.score_arrays import ArmScores, Axes, Floats, Mask, arm_scores, mean_over, valid_everywhere
from mtlcurves.curves.stages import MeanCurves
from mtlcurves.curves.statistics import spearman
from mtlcurves.schemas import SCHEMAS

ALL_ROTATIONS = "all rotations"
SPLIT_HALF = "split-half"


def change_of_parameters(points: pd.DataFrame, metrics: Sequence[str]) -> pd.DataFrame:
    """Fit EXP3 to both arms of every recipe that has them, and subtract.

    Both arms are averaged over the rotations in which both have a score at every size.

    Parameters
    ----------
    points : pandas.DataFrame
        Grid points as :func:`~mtlcurves.curves.score_arrays.read_scores` gives them.
    metrics : sequence of str
        Scores.

    Returns
    -------
    pandas.DataFrame
        Table ``parameter_change``: rows for each recipe, metric, version, task and coefficient; `a` is per
        1,000 labels. Null with the reason in ``status`` where a curve could not be fitted.
    """
    tables = []
    for recipe in sorted(points["recipe"].unique(), key=lambda name: (name != "main", name)):
        own = points[points["recipe"] == recipe]
        axes = Axes.of(own)
        stl, mtl = arm_scores(own, axes, metrics, "stl"), arm_scores(own, axes, metrics, "mtl", "all")
        if stl is None or mtl is None or not set(stl.sizes) & set(mtl.sizes):
            continue
        for metric in metrics:
            for version in (ALL_ROTATIONS, SPLIT_HALF):
                keys = {"recipe": recipe, "metric": metric, "version": version}
                tables.append(_changes(stl, mtl, axes, metric, version).assign(**keys))
    return (
        pd.concat(tables, ignore_index=True)
        if tables
        else pd.DataFrame(columns=list(SCHEMAS["parameter_change"].columns))
    )


def correlate_changes(changes: pd.DataFrame) -> pd.DataFrame:
    """Correlate parameter change with score change over tasks (P1 Table 2).

    Parameters
    ----------
    changes : pandas.DataFrame
        Table ``parameter_change``. Coefficients at a bound take part, as in P1.

    Returns
    -------
    pandas.DataFrame
        Table ``parameter_correlation``; null with fewer than four tasks.
    """
    rows = []
    for keys, group in changes.groupby(["recipe", "metric", "coefficient", "version"], sort=False):
        known = group.dropna(subset=["parameter_change", "score_change"]).sort_values("task")
        x, y = known["parameter_change"].to_numpy(float), known["score_change"].to_numpy(float)
        correlation, low, high, p = spearman(x, y)
        rows.append((*keys, correlation, low, high, p, len(known)))
    names = ["recipe", "metric", "coefficient", "version", "spearman", "low", "high", "p", "n_tasks"]
    return pd.DataFrame(rows, columns=names)


def _changes(stl: ArmScores, mtl: ArmScores, axes: Axes, metric: str, version: str) -> pd.DataFrame:
    """Tabulate the changes of one metric and version, a row for each task and coefficient."""
    valid = valid_everywhere(stl.score[metric]) & valid_everywhere(mtl.score[metric])
    odd = np.array(axes.rotations)[:, None] % 2 == 1
    halves = (valid, valid) if version == ALL_ROTATIONS else (valid & ~odd, valid & odd)
    single, multi = (_fit(arm, metric, halves[0]) for arm in (stl, mtl))
    parameter = np.stack([multi.a - single.a, multi.b - single.b, multi.c - single.c], axis=1)
    size = max(set(stl.sizes) & set(mtl.sizes))
    score = np.subtract(*(mean_over(arm.score[metric], halves[1])[:, arm.sizes.index(size)] for arm in (mtl, stl)))
    return pd.DataFrame(
        {
            "task": np.repeat(np.array(axes.tasks, dtype=object), 3),
            "coefficient": np.tile(["a", "b", "c"], len(axes.tasks)),
            "parameter_change": parameter.ravel(),
            "score_change": np.repeat(score, 3),
            "status": _status(single, multi, score).ravel(),
        }
    )


def _fit(arm: ArmScores, metric: str, valid: Mask) -> Fits:
    curves = MeanCurves.of(arm, metric, valid)
    points = CurvePoints.of(curves.score, curves.own)
    return fit(points, positive=True, lowest=lowest_start(curves.score, metric))


def _status(single: Fits, multi: Fits, score: Floats) -> NDArray[np.object_]:
    """Say for each task and coefficient what its change is worth."""
    status = np.full(single.status.shape, "ok", dtype=object)
    status[(single.status == "at bound") | (multi.status == "at bound")] = "at bound"
    for arm, fits in (("mtl", multi), ("stl", single)):
        failed = (fits.status != "ok") & (fits.status != "at bound")
        status[failed] = [f"{arm} curve {reason}" for reason in fits.status[failed]]
    status[np.isnan(score)] = "no rotation has a score at every size in both arms"
    return status

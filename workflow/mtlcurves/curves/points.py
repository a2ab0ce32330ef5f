"""The points of learning curves: each task's score against its own training labels, in one arm.

x is `n_target`, the mean number of the task's own training labels, for stl and mtl alike: so the two arms'
curves share an axis, and what the other tasks' labels bring shows as a change of the coefficients. (On mtl's
diagonal own and other labels grow in step; only the staged fit of :mod:`mtlcurves.curves.transfer` tells them
apart.) A mean curve (P1's E[.]) averages scores and labels over the rotations, with their replicates, that have
a score at every size of the arm; a curve of one rotation has that rotation's labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.exponential import lowest_start
from mtlcurves.curves.score_arrays import (
    ArmScores,
    Axes,
    Floats,
    arm_scores,
    count_rotations,
    mean_over,
    valid_everywhere,
)
from mtlcurves.schemas import SCHEMAS

ARMS = ("stl", "mtl")


@dataclass(frozen=True)
class Arm:
    """One arm of one recipe: its tasks, in ascending order, and their scores."""

    recipe: str
    arm: str
    subset: str
    tasks: list[str]
    scores: ArmScores

    @property
    def keys(self) -> dict[str, str]:
        """Columns that name the arm in a table."""
        return {"recipe": self.recipe, "arm": self.arm, "subset": self.subset}


@dataclass(frozen=True)
class CurveSet:
    """Learning curves over the same sizes.

    Attributes
    ----------
    task : ndarray of int, shape (curves,)
        Row of the arm's task.
    metric : ndarray of int, shape (curves,)
        Place in the list of metrics.
    averaged : ndarray of bool, shape (curves,)
        Whether the curve is a mean over rotations.
    x, y : ndarray, shape (curves, sizes)
        Labels of the task, and scores.
    lowest_start : ndarray, shape (curves, sizes)
        Lower bound of the score without labels that follows from the first 1, 2, ... points.
    """

    task: NDArray[np.intp]
    metric: NDArray[np.intp]
    averaged: NDArray[np.bool_]
    x: Floats
    y: Floats
    lowest_start: Floats


def arms_of(points: pd.DataFrame, metrics: Sequence[str]) -> Iterator[Arm]:
    """Yield every recipe's stl arm and each of its mtl subsets.

    Parameters
    ----------
    points : pandas.DataFrame
        Grid points as :func:`~mtlcurves.curves.score_arrays.read_scores` gives them.
    metrics : sequence of str
        Score columns.
    """
    for recipe in sorted(points["recipe"].unique(), key=lambda name: (name != "main", name)):
        for arm in ARMS:
            rows = points[(points["recipe"] == recipe) & (points["arm"] == arm)]
            subsets = ["all"] if arm == "stl" else sorted(rows["subset"].unique())
            for subset in subsets:
                own = rows if arm == "stl" else rows[rows["subset"] == subset]
                if not own.empty:
                    axes = Axes.of(own)
                    scores = arm_scores(own, axes, metrics, arm)
                    assert scores is not None  # own has rows of this arm
                    yield Arm(recipe, arm, subset, axes.tasks, scores)


def mean_scores(points: pd.DataFrame, metrics: Sequence[str]) -> pd.DataFrame:
    """Average the scores of each task at each size over the rotations that are valid at every size.

    Parameters
    ----------
    points : pandas.DataFrame
        Grid points as :func:`~mtlcurves.curves.score_arrays.read_scores` gives them.
    metrics : sequence of str
        Score columns.

    Returns
    -------
    pandas.DataFrame
        Table ``mean_scores``. A task of which no rotation is valid at every size has null scores.
    """
    tables = [_mean_table(arm, metric) for arm in arms_of(points, metrics) for metric in metrics]
    columns = list(SCHEMAS["mean_scores"].columns)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _mean_table(arm: Arm, metric: str) -> pd.DataFrame:
    scores, n_tasks = arm.scores, len(arm.tasks)
    values = scores.score[metric]
    valid = valid_everywhere(values)
    mean = mean_over(values, valid)
    squares = mean_over((values - mean[:, :, None, None]) ** 2, valid)
    n = valid.sum(axis=(-2, -1))[:, None].astype(float)
    variance = squares * n / np.where(n > 1, n - 1, np.nan)
    return pd.DataFrame(
        arm.keys
        | {
            "task": np.repeat(arm.tasks, len(scores.sizes)),
            "metric": metric,
            "size": np.tile(scores.sizes, n_tasks),
            "n_target": mean_over(scores.own, valid).ravel(),
            "n_complement": mean_over(scores.complement, valid).ravel(),
            "score": mean.ravel(),
            "sd": np.sqrt(variance).ravel(),
            "n_rotations": np.repeat(count_rotations(valid), len(scores.sizes)),
        }
    )


def curves_of(arm: Arm, metrics: Sequence[str]) -> CurveSet:
    """Collect the curves of every valid rotation and replicate, and the mean curves.

    Tasks without a valid rotation have no curve.
    """
    parts = []
    for k, metric in enumerate(metrics):
        values = arm.scores.score[metric]
        valid = valid_everywhere(values)
        task = np.argwhere(valid)[:, 0]
        x = np.moveaxis(arm.scores.own, 1, -1)[valid]
        y = np.moveaxis(values, 1, -1)[valid]
        known = np.flatnonzero(valid.any(axis=(-2, -1)))
        mean_x, mean_y = (mean_over(v, valid)[known] for v in (arm.scores.own, values))
        all_y = np.concatenate([y, mean_y])
        starts = [lowest_start(all_y[:, : m + 1], metric) for m in range(all_y.shape[1])]
        parts.append(
            (
                np.concatenate([task, known]),
                np.full(len(all_y), k),
                np.repeat([False, True], [len(y), len(mean_y)]),
                np.concatenate([x, mean_x]),
                all_y,
                np.stack(starts, axis=1),
            )
        )
    return CurveSet(*(np.concatenate(column) for column in zip(*parts, strict=True)))

"""Trained groups with the gains of their tasks: what predictors of gains learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.score_arrays import Floats, Mask, dense
from mtlcurves.grid.groups import RANDOM


@dataclass(frozen=True)
class Combinations:
    """Different groups of two or more tasks; one of a single task gains nothing by definition.

    Attributes
    ----------
    tasks : list of str
        The columns of `members` and `gains`.
    members : ndarray of bool, shape (groups, tasks)
        Who is in which group.
    gains : ndarray, shape (groups, tasks)
        Score in the group minus score alone, mean over the rotations that have both; NaN where there is none.
    partitions : ndarray of bool, shape (groups, partitions)
        The random partitions that a group occurs in.
    """

    tasks: list[str]
    members: Mask
    gains: Floats
    partitions: Mask


def trained_combinations(
    groups: pd.DataFrame, group_points: pd.DataFrame, points: pd.DataFrame, metric: str, size: int
) -> Combinations:
    """Gather the groups of the random partitions.

    Parameters
    ----------
    groups : pandas.DataFrame
        Table ``groups``.
    group_points, points : pandas.DataFrame
        Grid points of the groups, and of the arm stl, as :func:`~mtlcurves.curves.score_arrays.read_scores` gives
        them; replicate 0 and `size` are used.
    metric : str
        Score.
    size : int
        Training folds.
    """
    drawn = groups[groups["method"] == RANDOM]
    large = drawn[drawn.groupby(["partition", "group"])["task"].transform("size") > 1]
    tasks, names = sorted(drawn["task"].unique()), list(dict.fromkeys(large["group"]))
    rotations = sorted(group_points["rotation"].unique())
    levels = {"task": tasks, "rotation": rotations}
    alone, together = (
        table[(table["replicate"] == 0) & (table["size"] == size) & table["rotation"].isin(rotations)]
        for table in (points[points["arm"] == "stl"], group_points)
    )
    together = together[together["subset"].isin(names)]
    base = dense(alone[alone["task"].isin(tasks)], levels, [metric])[metric]
    scores = dense(together.rename(columns={"subset": "group"}), {"group": names} | levels, [metric])[metric]
    return Combinations(
        tasks, _table(large, names, "task", tasks), _mean(scores - base), _table(large, names, "partition")
    )


def _table(rows: pd.DataFrame, names: list[str], column: str, levels: list[str] | None = None) -> Mask:
    """Say which levels of a column occur with which group."""
    known = pd.Index(
        levels if levels is not None else range(1, int(rows["partition"].max() if len(rows) else 0) + 1)
    )
    found = np.zeros((len(names), len(known)), dtype=bool)
    found[pd.Index(names).get_indexer(pd.Index(rows["group"])), known.get_indexer(pd.Index(rows[column]))] = True
    return found


def _mean(values: Floats) -> Floats:
    """Average over the last axis, NaN left out; NaN where nothing is there."""
    present: NDArray[np.bool_] = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(present, values, 0.0).sum(axis=-1) / present.sum(axis=-1))

"""Trainings as what they are to an estimator: labels of every task in, scores of every task out.

An estimator does not ask which arm a training belongs to: a raised auxiliary, a row of a weighing design and a
target with a size of its own differ in their labels only. Single-task trainings stand apart, since they have a
score of one task alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.score_arrays import Floats, by_rotation
from mtlcurves.errors import DataError

LABELS = 1000.0
"""Labels in the unit of all counts here."""


@dataclass(frozen=True)
class Exposures:
    """The trainings of one recipe, scored by one metric; K tasks, R rotations, the replicates averaged.

    Attributes
    ----------
    tasks, rotations : list
        Names of the tasks and numbers of the rotations, ascending.
    single_labels, single_score : ndarray, shape (K, sizes, R)
        Single-task trainings: the task's labels, in thousands, and its score. NaN where there is none.
    allocation : list of str
        The A multi-task allocations of all tasks.
    size : ndarray of int, shape (A,)
        Folds of the tasks that an allocation does not single out: those of its reference point.
    labels : ndarray, shape (A, R, K)
        Labels of each task, in thousands.
    reference : ndarray, shape (A, R, K)
        The same in the multi-task training in which all tasks have `size` folds.
    score : ndarray, shape (A, R, K)
        Scores; NaN where undefined or not trained.
    """

    tasks: list[str]
    rotations: list[int]
    single_labels: Floats
    single_score: Floats
    allocation: list[str]
    size: NDArray[np.int64]
    labels: Floats
    reference: Floats
    score: Floats

    @property
    def extra(self) -> Floats:
        """Labels beyond the reference point, in thousands, shape (A, R, K)."""
        return self.labels - self.reference

    def rows(self, chosen: NDArray[np.bool_]) -> Exposures:
        """Keep some multi-task allocations."""
        at = np.flatnonzero(chosen)
        return replace(
            self,
            allocation=[self.allocation[i] for i in at],
            size=self.size[at],
            labels=self.labels[at],
            reference=self.reference[at],
            score=self.score[at],
        )

    def some_rotations(self, at: NDArray[np.intp]) -> Exposures:
        """Keep some rotations, by place."""
        return replace(
            self,
            rotations=[self.rotations[i] for i in at],
            single_labels=self.single_labels[..., at],
            single_score=self.single_score[..., at],
            labels=self.labels[:, at],
            reference=self.reference[:, at],
            score=self.score[:, at],
        )


def exposures(points: pd.DataFrame, allocations: pd.DataFrame, counts: pd.DataFrame, metric: str) -> Exposures:
    """Lay out the trainings of one recipe.

    Parameters
    ----------
    points : pandas.DataFrame
        Grid points of one recipe (columns arm, subset, allocation, size, rotation, replicate, task, n_target and
        `metric`), at one epoch.
    allocations : pandas.DataFrame
        Table ``allocations``.
    counts : pandas.DataFrame
        Table ``label_counts`` of the recipe's split.
    metric : str
        Score.

    Raises
    ------
    mtlcurves.errors.DataError
        When an allocation of the grid points is not in the table, or a count is missing.
    """
    tasks = sorted(points["task"].unique())
    rotations = sorted(int(r) for r in points["rotation"].unique())
    single = points[points["arm"] == "stl"]
    sizes = sorted(int(s) for s in single["size"].unique())
    single_score, single_labels = (
        _laid_out(single, {"task": tasks, "size": sizes, "rotation": rotations}, column)
        for column in (metric, "n_target")
    )
    multi = points[(points["arm"] != "stl") & (points["subset"] == "all")]
    names = list(dict.fromkeys(multi["allocation"]))
    score = _laid_out(multi, {"allocation": names, "rotation": rotations, "task": tasks}, metric)
    size = multi.drop_duplicates("allocation").set_index("allocation")["size"].reindex(names).to_numpy(np.int64)
    folds = _folds(allocations, names, tasks)
    labels, reference = (
        _labels(counts, of, rotations, tasks) for of in (folds, np.broadcast_to(size[:, None], folds.shape))
    )
    return Exposures(tasks, rotations, single_labels / LABELS, single_score, names, size, labels, reference, score)


def _laid_out(points: pd.DataFrame, levels: dict[str, Sequence[object]], column: str) -> Floats:
    """Lay a column out as an array, one axis for each key, the replicates averaged; NaN where there is none."""
    replicates = sorted(int(r) for r in points["replicate"].unique()) or [0]
    axes = levels | {"replicate": replicates}
    codes = [pd.Index(list(level)).get_indexer(pd.Index(points[str(key)])) for key, level in axes.items()]
    array = np.full([len(level) for level in axes.values()], np.nan)
    array[tuple(codes)] = points[column].to_numpy(float, na_value=np.nan)
    return by_rotation(array)


def _folds(allocations: pd.DataFrame, names: list[str], tasks: list[str]) -> NDArray[np.int64]:
    """Folds of each task in each allocation, shape (allocations, tasks)."""
    chosen = allocations[allocations["allocation"].isin(set(names))]
    folds = np.full((len(names), len(tasks)), -1, dtype=np.int64)
    at = pd.Index(names).get_indexer(pd.Index(chosen["allocation"]))
    folds[at, pd.Index(tasks).get_indexer(pd.Index(chosen["task"]))] = chosen["folds"]
    if (folds < 0).any():
        row, column = np.argwhere(folds < 0)[0]
        raise DataError(
            f"allocations: {names[row]} says nothing of task {tasks[column]}; run plan_trainings again"
        )
    return folds


def _labels(counts: pd.DataFrame, folds: NDArray[np.int64], rotations: list[int], tasks: list[str]) -> Floats:
    """Labels of each task in each allocation and rotation, in thousands, shape (allocations, rotations, tasks)."""
    known = counts[counts["folds"] > 0]
    table = np.full((len(rotations), folds.max(initial=0) + 1, len(tasks)), np.nan)
    table[:, 0] = 0
    at = [
        pd.Index(level).get_indexer(pd.Index(known[key]))
        for key, level in (("rotation", rotations), ("folds", range(table.shape[1])), ("task", tasks))
    ]
    here = np.all([code >= 0 for code in at], axis=0)
    table[tuple(code[here] for code in at)] = known["n"].to_numpy(float)[here]
    found = table[np.arange(len(rotations))[None, :, None], folds[:, None, :], np.arange(len(tasks))]
    if np.isnan(found).any():
        _, rotation, task = np.argwhere(np.isnan(found))[0]
        raise DataError(
            f"label_counts: no count of {tasks[task]} in rotation {rotations[rotation]}; run plan_trainings again"
        )
    return found / LABELS

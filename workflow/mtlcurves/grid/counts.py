"""What each task has at each size of each rotation, and the table of allocations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.grid.allocations import Allocation
from mtlcurves.schemas import SCHEMAS


def training_folds(rotation: int, size: int, count: int) -> list[int]:
    """Folds that a rotation trains on at a size: `size` folds from fold `rotation` on, round the circle."""
    return [(rotation + step) % count for step in range(size)]


def last_fold(rotation: int, count: int) -> int:
    """Fold that a rotation is tested on, whatever the size: the last of its circle."""
    return (rotation + count - 1) % count


def label_counts(labels: pd.DataFrame, compounds: pd.DataFrame, tasks: Sequence[str], count: int) -> pd.DataFrame:
    """Count the labels of each task that each rotation gives at each size, under both splits.

    Parameters
    ----------
    labels, compounds : pandas.DataFrame
        Schemas ``labels`` and ``compounds``.
    tasks : sequence of str
        The study's tasks.
    count : int
        Number of folds; there are as many rotations.

    Returns
    -------
    pandas.DataFrame
        Schema ``label_counts``; rows with 0 folds count the rotation's test fold. Without classes none is active.
    """
    parts = []
    for split in ("scaffold", "compound"):
        per_fold = _per_fold(labels, compounds, f"fold_{split}", tasks, count)
        for rotation in range(count):
            chosen = [[last_fold(rotation, count)]]
            chosen += [training_folds(rotation, size, count) for size in range(1, count)]
            for size, folds in enumerate(chosen):
                n = per_fold[:, folds].sum(axis=1)
                part = {"task": list(tasks), "n": n.sum(axis=1), "n_active": n[:, 1]}
                parts.append(pd.DataFrame(part).assign(split=split, rotation=rotation, folds=size))
    return pd.concat(parts, ignore_index=True)[list(SCHEMAS["label_counts"].columns)]


def _per_fold(
    labels: pd.DataFrame, compounds: pd.DataFrame, fold: str, tasks: Sequence[str], count: int
) -> npt.NDArray[np.int64]:
    """Labels by task, fold and class, shape (tasks, count, 2)."""
    labels = labels[labels["task"].isin(tasks)]
    task = pd.Index(tasks).get_indexer(pd.Index(labels["task"]))
    compound = pd.Index(compounds["smiles"]).get_indexer(pd.Index(labels["smiles"]))
    folds = compounds[fold].to_numpy(np.int64)[compound]
    table = np.zeros((len(tasks), count, 2), dtype=np.int64)
    np.add.at(table, (task, folds, labels["label"].fillna(0).to_numpy(np.int64)), 1)
    return table


def allocation_table(arms: Mapping[str, Iterable[Allocation]]) -> pd.DataFrame:
    """Spell the allocations of all arms out (schema ``allocations``)."""

    def rows() -> Iterator[tuple[str, str, str, int]]:
        for arm, allocations in arms.items():
            for allocation in allocations:
                name = allocation.id
                yield from ((name, arm, task, folds) for task, folds in allocation.folds.items())

    return pd.DataFrame(rows(), columns=list(SCHEMAS["allocations"].columns))

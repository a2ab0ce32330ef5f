"""Grid points as arrays [task, size, rotation, replicate], and means over the rotations that are valid everywhere.

A rotation (with its replicate) is valid for a task where the task has a score at every size: means over it then
compare sizes and arms on the same test folds. Label counts are averaged over the same rotations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.errors import DataError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_KEYS = ["recipe", "arm", "subset", "allocation", "auxiliary", "size", "rotation", "replicate", "task"]
_COUNTS = ["n_target", "n_complement", "n_auxiliary"]


def read_scores(
    path: Path | str,
    metrics: Sequence[str],
    recipe: str | None = None,
    arms: Sequence[str] | None = None,
    labels: str = "full",
) -> pd.DataFrame:
    """Read the last epoch of every training from a table ``grid_points``.

    Only the rows and columns that are asked for are read: a large study has millions of rows.

    Parameters
    ----------
    path : Path or str
        The table.
    metrics : sequence of str
        Score columns.
    recipe : str, optional
        The only recipe to read.
    arms : sequence of str, optional
        The only arms to read.
    labels : str
        The label view to read; full: trainings with all labels as they are.
    """
    filters: list[tuple[str, str, object]] = [("last_epoch", "==", True), ("labels", "==", labels)]
    if recipe is not None:
        filters.append(("recipe", "==", recipe))
    if arms is not None:
        filters.append(("arm", "in", list(arms)))
    return pd.read_parquet(path, columns=[*_KEYS, *_COUNTS, *metrics], filters=filters)


@dataclass(frozen=True)
class Axes:
    """Levels of the axes that all arms of a study share, each in ascending order."""

    tasks: list[str]
    rotations: list[int]
    replicates: list[int]

    @classmethod
    def of(cls, points: pd.DataFrame) -> Axes:
        """Collect the levels that occur in some grid points."""
        tasks, rotations, replicates = (sorted(points[k].unique()) for k in ("task", "rotation", "replicate"))
        return cls(tasks, rotations, replicates)

    def levels(self, sizes: Sequence[int]) -> dict[str, Sequence[object]]:
        """Levels by column, in the order of an array's axes."""
        return {"task": self.tasks, "size": sizes, "rotation": self.rotations, "replicate": self.replicates}


@dataclass(frozen=True)
class ArmScores:
    """One arm's scores and label counts.

    Attributes
    ----------
    sizes : list of int
        Training sizes in folds, ascending.
    score : dict of str to ndarray, shape (tasks, sizes, rotations, replicates)
        By metric; NaN where undefined.
    own, complement : ndarray, shape (tasks, sizes, rotations, replicates)
        Labels of the task and of all other tasks; NaN where there is no training.
    """

    sizes: list[int]
    score: dict[str, Floats]
    own: Floats
    complement: Floats


def arm_scores(
    points: pd.DataFrame, axes: Axes, metrics: Iterable[str], arm: str, subset: str | None = None
) -> ArmScores | None:
    """Lay out the grid points of one arm (and one subset of tasks); None where there are none.

    Raises
    ------
    DataError
        When two grid points have the same place.
    """
    chosen = points["arm"] == arm
    if subset is not None:
        chosen &= points["subset"] == subset
    rows = points[chosen]
    if rows.empty:
        return None
    sizes = sorted(int(size) for size in rows["size"].unique())
    metrics = list(metrics)
    arrays = dense(rows, axes.levels(sizes), [*metrics, "n_target", "n_complement"])
    return ArmScores(sizes, {m: arrays[m] for m in metrics}, arrays["n_target"], arrays["n_complement"])


def dense(
    points: pd.DataFrame, levels: Mapping[str, Sequence[object]], columns: Sequence[str]
) -> dict[str, Floats]:
    """Lay columns out as arrays with one axis for each key; NaN where there is no row.

    Raises
    ------
    DataError
        When two rows have the same keys.
    """
    shape = tuple(len(level) for level in levels.values())
    codes = [pd.Index(list(level)).get_indexer(pd.Index(points[key])) for key, level in levels.items()]
    place = np.ravel_multi_index(codes, shape)
    if len(np.unique(place)) < len(place):
        twice = points[points.duplicated(list(levels), keep="first")].iloc[0]
        where = ", ".join(f"{key} {twice[key]}" for key in levels)
        raise DataError(f"grid points: two rows for arm {twice['arm']}, {where}; one is allowed")
    arrays = {column: np.full(shape, np.nan) for column in columns}
    for column, array in arrays.items():
        array.flat[place] = points[column].to_numpy(float, na_value=np.nan)
    return arrays


def valid_everywhere(score: Floats) -> Mask:
    """Say where a rotation and replicate has a score at every size.

    Parameters
    ----------
    score : ndarray, shape (..., sizes, rotations, replicates)

    Returns
    -------
    ndarray of bool, shape (..., rotations, replicates)
    """
    return np.asarray(np.isfinite(score).all(axis=-3))


def mean_over(values: Floats, valid: Mask) -> Floats:
    """Average values over their valid rotations and replicates; NaN where there are none.

    Parameters
    ----------
    values : ndarray, shape (..., sizes, rotations, replicates)
    valid : ndarray of bool, shape (..., rotations, replicates)
        May have further leading axes.

    Returns
    -------
    ndarray, shape (..., sizes)
    """
    total = np.einsum("...srk,...rk->...s", np.nan_to_num(values), valid.astype(float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(total / valid.sum(axis=(-2, -1))[..., None])


def by_rotation(values: Floats) -> Floats:
    """Average over the replicates of each rotation, those that are NaN left out; NaN where all are.

    Replicates share their rotation's folds, so the rotation is the unit that tests count.

    Parameters
    ----------
    values : ndarray, shape (..., rotations, replicates)

    Returns
    -------
    ndarray, shape (..., rotations)
    """
    present = np.isfinite(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(present, values, 0.0).sum(axis=-1) / present.sum(axis=-1))


def count_rotations(valid: Mask) -> NDArray[np.int64]:
    """Count rotations with a valid replicate; `valid` of shape (..., rotations, replicates)."""
    return np.asarray(valid.any(axis=-1).sum(axis=-1))

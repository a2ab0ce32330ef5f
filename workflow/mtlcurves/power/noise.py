"""The noise of a training, measured on the grid points of an earlier study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from mtlcurves.errors import DataError

COLUMNS = [
    "recipe",
    "labels",
    "subset",
    "allocation",
    "size",
    "rotation",
    "replicate",
    "task",
    "last_epoch",
    "auroc",
]


def measured_noise(path: Path | str) -> float:
    """Measure the standard deviation of a training's AUROC, what all trainings of its rotation share left aside.

    Parameters
    ----------
    path : Path or str
        Table ``grid_points`` of a study with trainings that raise some of all tasks, in two rotations at least.

    Returns
    -------
    float
        From what is left of each target's scores at one size when the mean of each allocation and of each rotation
        (and replicate) is taken off, pooled over targets and sizes.

    Raises
    ------
    mtlcurves.errors.DataError
        When there are no such trainings.
    """
    try:
        points = pd.read_parquet(path, columns=COLUMNS)
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"power.noise: {path} is no grid_points.parquet of a study ({reason})") from error
    chosen = (points["recipe"] == "main") & (points["labels"] == "full") & (points["subset"] == "all")
    squares, freedom = 0.0, 0
    for _, own in points[chosen & points["last_epoch"]].groupby(["task", "size"]):
        scores = own.pivot(index="allocation", columns=["rotation", "replicate"], values="auroc")
        left = scores.dropna(axis="columns").to_numpy()
        left = left - left.mean(axis=0, keepdims=True) if left.size else left
        if min(left.shape) > 1:
            left = left - left.mean(axis=1, keepdims=True)
            squares += float((left**2).sum())
            freedom += (left.shape[0] - 1) * (left.shape[1] - 1)
    if not freedom:
        raise DataError(
            f"power.noise: {path} has no trainings to measure noise on; it takes two rotations, with trainings of "
            "all tasks in which some are raised"
        )
    return float((squares / freedom) ** 0.5)

"""Every training of a study with the seconds that it will take."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.estimate.calibration import Calibration
from mtlcurves.estimate.encoder_timing import encoder_seconds
from mtlcurves.estimate.encoder_trainings import planned_encoder_trainings
from mtlcurves.estimate.trainings import planned_trainings
from mtlcurves.gradients.problem import load_labelled
from mtlcurves.study import Study
from mtlcurves.tables import read_table


class Trainings(NamedTuple):
    """Every training of a study, with its times: those of its grid and groups, and those with encoders."""

    grid: pd.DataFrame
    encoders: pd.DataFrame


def timed_trainings(study: Study, calibration: Calibration, root: Path) -> Trainings:
    """List every training of a study whose data are prepared.

    Parameters
    ----------
    study : Study
        The study.
    calibration : Calibration
        What its trainings take.
    root : Path
        Its results.

    Raises
    ------
    mtlcurves.errors.DataError
        When a training was not timed, or a level of a sweep is not feasible.
    """
    counts = read_table(root / "label_counts.parquet") if study.arms else None
    return Trainings(
        training_seconds(study, planned_trainings(study, counts), calibration),
        _encoder_trainings(study, calibration, root),
    )


def _encoder_trainings(study: Study, calibration: Calibration, root: Path) -> pd.DataFrame:
    if study.config.gradients is None:
        return pd.DataFrame({"job": [], "rule": [], "seconds": [], "start": []})
    data = load_labelled(root / "dataset", study.tasks, study.config.folds.count)
    planned = planned_encoder_trainings(study, data)
    return encoder_seconds(planned, calibration.encoders, study.config.gradients, len(data.compounds))


def training_seconds(study: Study, trainings: pd.DataFrame, calibration: Calibration) -> pd.DataFrame:
    """Add to each training its seconds (column seconds) and those that its job spends on it besides (besides)."""
    if trainings.empty:
        return trainings.assign(seconds=0.0, besides=0.0)
    parts = []
    for (recipe, kind), own in trainings.groupby(["recipe", "kind"], sort=False):
        epochs, scored = int(own["epochs"].iloc[0]), int(own["scored"].iloc[0])
        cost = calibration.cost(study.recipes[str(recipe)], str(kind), own["labels"].to_numpy(), epochs, scored)
        parts.append(own.assign(seconds=cost[:, 0], besides=cost[:, 1]))
    return pd.concat(parts).sort_index()


def job_seconds(own: pd.DataFrame, calibration: Calibration) -> npt.NDArray[np.float64]:
    """Seconds of every job that trains."""
    work = own.groupby("bundle")[["seconds", "besides"]].sum().sum(axis=1)
    return work.to_numpy(dtype=float) + sum(calibration.job)


def encoder_job_seconds(own: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Seconds of every job that trains with an encoder: its start, all compounds prepared, and its trainings."""
    jobs = own.groupby("job", sort=False)
    return (jobs["seconds"].sum() + jobs["start"].first()).to_numpy(dtype=float)


def jobs_that_train(trainings: Trainings, calibration: Calibration) -> list[float]:
    """Seconds of every job that trains."""
    grid = job_seconds(trainings.grid, calibration) if len(trainings.grid) else np.zeros(0)
    return [*grid.tolist(), *encoder_job_seconds(trainings.encoders).tolist()]

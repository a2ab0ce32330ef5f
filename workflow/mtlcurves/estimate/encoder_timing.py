"""What trainings with an encoder take on one machine: timed in a calibration, and looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import Gradients
from mtlcurves.sections import Section


class EncoderTiming(Section):
    """What one step with an encoder takes, for one number of tasks; all times in seconds.

    Attributes
    ----------
    encoder : str
        Its name.
    hidden, layers, head, batch : int
        As in ``gradients.training``.
    parts : bool
        Whether parts of the similarities are told apart where they are logged.
    n_tasks : int
        Tasks of the network.
    start : float
        A job's start: interpreter, library, data set.
    prepare : float
        Preparing one compound.
    step, logged : float
        An optimiser step, and what logging the similarities of one takes besides.
    predict : float
        Predicting one compound.
    memory_mb : float
        Most memory of the process.
    """

    encoder: str
    hidden: int
    layers: int
    head: int
    batch: int
    parts: bool
    n_tasks: int
    start: float
    prepare: float
    step: float
    logged: float
    predict: float
    memory_mb: float


def own_timings(timings: Iterable[EncoderTiming], encoder: str, gradients: Gradients) -> list[EncoderTiming]:
    """Choose what was timed of an encoder with a study's settings, by number of tasks.

    Raises
    ------
    mtlcurves.errors.DataError
        When nothing was.
    """
    settings = gradients.training.model_dump(include={"hidden", "layers", "head", "batch"})
    wanted = {"encoder": encoder, "parts": gradients.log.parts, **settings}
    own = [t for t in timings if t.model_dump(include=set(wanted)) == wanted]
    if not own:
        raise DataError(
            f"the calibration has no trainings with the encoder {encoder} of this study's gradients.training and "
            "log.parts; leave rates out, and the target estimate times the study's own"
        )
    return sorted(own, key=lambda timing: timing.n_tasks)


def encoder_seconds(
    trainings: pd.DataFrame, timings: Sequence[EncoderTiming], gradients: Gradients, n_compounds: int
) -> pd.DataFrame:
    """Add the optimiser steps of each training, its seconds, and those of its job's start (steps, seconds, start).

    Trainings may end before the epochs that are counted, where the validation loss no longer falls.

    Parameters
    ----------
    trainings : pandas.DataFrame
        What :func:`~mtlcurves.estimate.encoder_trainings.planned_encoder_trainings` lists.
    timings : sequence of EncoderTiming
        What was timed, between whose numbers of tasks times are interpolated.
    gradients : Gradients
        The study's section.
    n_compounds : int
        Compounds of the study, all of which a job prepares.
    """
    parts = [
        _with_seconds(own, own_timings(timings, str(encoder), gradients), gradients, n_compounds)
        for encoder, own in trainings.groupby("encoder", sort=False)
    ]
    return pd.concat(parts).sort_index() if parts else trainings.assign(steps=0, seconds=0.0, start=0.0)


def _with_seconds(
    own: pd.DataFrame, timed: Sequence[EncoderTiming], gradients: Gradients, n_compounds: int
) -> pd.DataFrame:
    def at(what: str) -> npt.NDArray[np.float64]:
        times = [getattr(timing, what) for timing in timed]
        return np.asarray(np.interp(own["n_tasks"], [timing.n_tasks for timing in timed], times))

    steps = own["epochs"] * np.ceil(own["train"] / gradients.training.batch)
    predicted = (own["epochs"] + 1) * own["validation"] + own["test"]
    log = own["is_logged"] * steps / gradients.log.every * at("logged") + own["frozen"] * (
        at("step") + at("logged")
    )
    seconds = steps * at("step") + predicted * at("predict") + log
    start = timed[0].start + n_compounds * timed[0].prepare
    return own.assign(steps=steps.astype(int), seconds=seconds, start=start)

"""Time a few steps with each encoder of a study, on its own data."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mtlcurves.estimate.encoder_timing import EncoderTiming
from mtlcurves.estimate.processes import in_a_process, seconds_of, waited
from mtlcurves.gradient_runs import FULL
from mtlcurves.gradients.encoders.interface import EncoderKind, Inputs
from mtlcurves.gradients.encoders.registry import load_encoder
from mtlcurves.gradients.problem import Problem, load_labelled
from mtlcurves.gradients.record import Record
from mtlcurves.gradients.training import PREDICTED, Training
from mtlcurves.study import Study
from mtlcurves.training.threads import one_thread

LONG = 0.5  # seconds that steps must take together to be timed well
MOST = 64  # steps, or predictions


def time_encoders(study: Study, folder: Path, n_workers: int) -> list[EncoderTiming]:
    """Time the encoders that a study trains, as many at once as a busy node does.

    Parameters
    ----------
    study : Study
        The study.
    folder : Path
        Its data set.
    n_workers : int
        Processes side by side that time the same; means are taken.

    Raises
    ------
    mtlcurves.errors.DataError
        When an encoder lacks its package.
    """
    found = []
    for encoder in dict.fromkeys(run.encoder for run in study.gradient_runs):
        load_encoder(encoder)  # what it lacks is said here
        arguments = (folder.resolve(), study, encoder, _numbers_of_tasks(study, encoder))
        with ThreadPoolExecutor(n_workers) as pool:
            copies = list(pool.map(lambda _: in_a_process(timings_of, *arguments, time.time()), range(n_workers)))  # noqa: B023
        found += [_mean(list(same)) for same in zip(*copies, strict=True)]
    return found


def _numbers_of_tasks(study: Study, encoder: str) -> list[int]:
    """Numbers of tasks between which times are interpolated."""
    gradients, most = study.config.gradients, len(study.tasks)
    sizes = {most}
    if gradients and encoder == gradients.encoders[0]:
        sizes |= {1, 2} if gradients.benefit else {1} if gradients.groups else set()
    return sorted(size for size in sizes if size <= most)


def _mean(copies: list[EncoderTiming]) -> EncoderTiming:
    measured = ("start", "prepare", "step", "logged", "predict", "memory_mb")
    means = {name: float(np.mean([getattr(copy, name) for copy in copies])) for name in measured}
    return copies[0].model_copy(update=means)


def timings_of(folder: Path, study: Study, name: str, sizes: list[int], began: float) -> list[EncoderTiming]:
    """Time steps with an encoder in this process, for some numbers of tasks.

    Parameters
    ----------
    folder : Path
        Data set of the study.
    study : Study
        The study.
    name : str
        Name of the encoder.
    sizes : list of int
        Numbers of tasks, of which those with the most labels are taken.
    began : float
        When the process was started (``time.time``).
    """
    gradients = study.config.gradients
    assert gradients is not None
    data = load_labelled(folder, study.tasks, study.config.folds.count)
    encoder, whole = load_encoder(name), data.problem(gradients, study.config.labels.kind, FULL, 0, 0)
    start = max(0.0, time.time() - began - waited())
    smiles, made = data.compounds["smiles"].tolist(), list[Inputs]()
    n_labels = np.isfinite(whole.labels).sum(axis=1)
    by_labels = [study.tasks[i] for i in np.argsort(-n_labels, kind="stable")]
    with one_thread():
        prepare = seconds_of(lambda: made.append(encoder.prepare(smiles))) / len(smiles)
        steps = [_steps(study, whole.of(by_labels[:size]), encoder, made[0]) for size in sizes]
    settings: dict[str, Any] = gradients.training.model_dump(include={"hidden", "layers", "head", "batch"})
    settings |= {"encoder": name, "parts": gradients.log.parts, "start": start, "prepare": prepare}
    settings["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs = zip(sizes, steps, strict=True)
    return [EncoderTiming.model_validate({"n_tasks": n} | settings | own) for n, own in pairs]


def _steps(study: Study, problem: Problem, encoder: EncoderKind, inputs: Inputs) -> dict[str, float]:
    """Seconds of a step, of logging one, and of predicting a compound."""
    gradients = study.config.gradients
    assert gradients is not None
    settings, parts = gradients.training, gradients.log.parts

    def of_a_step(logged: bool) -> float:
        n, seconds = 1, 0.0
        while True:
            rows = problem.train[: n * settings.batch]
            cut = replace(problem, train=rows, validation=problem.validation[:0])
            training = Training(cut, encoder, inputs, settings, 1)
            record = Record(problem.tasks) if logged else None
            seconds = seconds_of(lambda: training.run(record, 1, parts, frozen=0))  # noqa: B023
            if seconds >= LONG or n >= MOST or len(rows) == len(problem.train):
                return seconds / max(1, -(-len(rows) // settings.batch))
            n *= 2

    of_a_step(logged=False)  # the first steps of a process are slower
    step = of_a_step(logged=False)
    training, rows = Training(problem, encoder, inputs, settings, 1), problem.train[: 2 * PREDICTED]
    calls, predicting = 0, 0.0
    while predicting < LONG and calls < MOST:
        calls, predicting = calls + 1, predicting + seconds_of(lambda: training.predict(rows))
    predict = predicting / calls / max(1, len(rows))
    return {"step": step, "logged": max(0.0, of_a_step(logged=True) - step), "predict": predict}

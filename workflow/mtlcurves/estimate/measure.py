"""Time a few trainings of a study, as its jobs would make them."""

from __future__ import annotations

import logging
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.config import Epochs, Recipe
from mtlcurves.data.dataset import Dataset, load_dataset
from mtlcurves.estimate.calibration import Calibration, Timing, pace_of
from mtlcurves.estimate.encoder_measure import time_encoders
from mtlcurves.estimate.processes import in_a_process, waited
from mtlcurves.grid.bundles import Bundle
from mtlcurves.study import Study
from mtlcurves.tables import read_table
from mtlcurves.training.backend import Backend
from mtlcurves.training.registry import load_backend
from mtlcurves.training.run import train_bundle

log = logging.getLogger(__name__)

POINTS = 3  # numbers of labels timed for each kind of training: fewest, geometric mean, most
LONG = 0.5  # seconds that an epoch, or some, must take to be timed well
TOGETHER = 6  # trainings of short epochs that are timed in one job, and so share what it writes once


@dataclass(frozen=True)
class Case:
    """Trainings that are timed.

    Attributes
    ----------
    kind : str
        single, group or complete.
    labels : tuple of int
        Training labels of each member.
    epochs, scored : int
        Most epochs, and most epochs scored, of the study's trainings of this kind and pace.
    bundle : Bundle
        The trainings, the one that is wanted most first.
    recipe : Recipe
        How they are trained.
    backend : str
        The engine.
    fold_count : int
        Folds of the study.
    """

    kind: str
    labels: tuple[int, ...]
    epochs: int
    scored: int
    bundle: Bundle
    recipe: Recipe
    backend: str
    fold_count: int

    def first(self, n: int) -> Case:
        """Return the case with its first `n` trainings alone."""
        return replace(
            self, labels=self.labels[:n], bundle=replace(self.bundle, allocations=self.bundle.allocations[:n])
        )

    def run(self, dataset: Dataset, epochs: int, scored: Sequence[int] = ()) -> npt.NDArray[np.float64]:
        """Train for some epochs; returns the seconds of a training, and those of its job besides."""
        cut = Epochs(single=epochs, group=epochs, complete=epochs)
        recipe = self.recipe.model_copy(update={"epochs": cut, "score_epochs": list(scored)})
        with tempfile.TemporaryDirectory() as folder:
            shard, start, wait = Path(folder, "points.parquet"), time.perf_counter(), waited()
            options = {"study": "calibration", "backend": self.backend, "fold_count": self.fold_count}
            train_bundle(dataset, self.bundle, recipe, shard, **options)  # type: ignore[arg-type]
            whole = time.perf_counter() - start
            inside = read_table(shard).drop_duplicates("training_id")["seconds"].sum()
        own = 1 - (waited() - wait) / whole
        return np.array([inside, whole - inside]) * own / len(self.bundle.allocations)

    def time(self, dataset: Dataset) -> Timing:
        """Time a first epoch, a further epoch, and a further scoring."""
        if load_backend(self.recipe.engine(self.backend)).many_at_once:
            case, first = self, self.run(dataset, 1)
        else:
            case, first = self.first(1), self.first(1).run(dataset, 1)
        if first.sum() < LONG and case is not self:
            case = self.first(TOGETHER)
            first = min((case.run(dataset, 1) for _ in range(2)), key=sum)
        epochs, plain, epoch, score = 1, first, np.zeros(2), np.zeros(2)
        while epochs < self.epochs and (plain - first).sum() * len(case.labels) < LONG:
            epochs = min(2 * epochs, self.epochs)
            plain = case.run(dataset, epochs)
        if epochs > 1:
            epoch = np.maximum(0, (plain - first) / (epochs - 1))
            if self.scored > 1:
                score = np.maximum(0, (case.run(dataset, epochs, range(1, epochs)) - plain) / (epochs - 1))
        what = {"kind": self.kind, "labels": round(np.mean(case.labels))} | pace_of(self.recipe)
        parts = {"first": first, "epoch": epoch, "score": score}
        return Timing.model_validate(what | {name: tuple(map(float, pair)) for name, pair in parts.items()})


def cases_of(study: Study, trainings: pd.DataFrame) -> list[Case]:
    """Choose the trainings to time: of each kind and pace those with fewest, some and most labels.

    Parameters
    ----------
    study : Study
        The study.
    trainings : pandas.DataFrame
        What :func:`~mtlcurves.estimate.trainings.planned_trainings` lists.
    """
    pace = trainings["recipe"].map({name: tuple(pace_of(r).values()) for name, r in study.recipes.items()})
    cases = []
    for (_, kind), own in trainings.groupby([pace, "kind"], sort=False):
        few, most = max(1, own["labels"].min()), max(1, own["labels"].max())
        for wanted in dict.fromkeys(np.geomspace(few, most, POINTS)):
            nearest = own.loc[(own["labels"] - wanted).abs().idxmin()]
            beside = own[own["bundle"] == nearest["bundle"]]
            beside = beside.iloc[(beside["labels"] - wanted).abs().argsort(kind="stable")]
            bundle = study.every_bundle[nearest["bundle"]]
            members = [bundle.allocations[i] for i in beside["member"]]
            cases.append(
                Case(
                    kind=str(kind),
                    labels=tuple(map(int, beside["labels"])),
                    epochs=int(own["epochs"].max()),
                    scored=int(own["scored"].max()),
                    bundle=replace(bundle, allocations=members),
                    recipe=study.recipes[bundle.recipe],
                    backend=study.config.backend,
                    fold_count=study.config.folds.count,
                )
            )
    return cases


def calibrate(study: Study, trainings: pd.DataFrame, folder: Path, n_workers: int) -> Calibration:
    """Time the study's engine and its encoders on this machine.

    Parameters
    ----------
    study : Study
        The study.
    trainings : pandas.DataFrame
        Its trainings (:func:`~mtlcurves.estimate.trainings.planned_trainings`).
    folder : Path
        Its data set.
    n_workers : int
        Trainings timed side by side: a node whose cores are all busy is slower than one that is idle.
    """
    start = time.perf_counter()
    engine, cases = load_backend(study.config.backend), cases_of(study, trainings)
    job, memory_mb, timings = np.zeros(2), 0.0, list[Timing]()
    if cases:
        job, memory_mb, timings = _time_engine(engine, cases, folder, n_workers)
    return Calibration(
        backend=engine.name,
        device=engine.device,
        cores=n_workers,
        job=(float(max(0, job[0])), float(max(0, job[1]))),
        memory_mb=memory_mb,
        trainings=tuple(timings),
        encoders=tuple(time_encoders(study, folder, n_workers)),
        seconds=time.perf_counter() - start,
    )


def _time_engine(
    engine: Backend, cases: Sequence[Case], folder: Path, n_workers: int
) -> tuple[npt.NDArray[np.float64], float, list[Timing]]:
    """Time some cases: a job's start, the most memory of a process, and each case."""
    dataset = load_dataset(folder)
    smallest = min(cases, key=lambda case: case.labels[0]).first(1)
    smallest.run(dataset, 2, [1])  # compiled code is loaded, or made
    job = _start(folder, smallest) - smallest.run(dataset, 1)
    log.info("a job starts in %.1f s; timing %d kinds of trainings", job.sum(), len(cases))
    longest_first = sorted(cases, key=lambda case: -case.labels[0])
    if engine.many_at_once or n_workers == 1:
        timings = [case.time(dataset) for case in longest_first]
        who = resource.RUSAGE_SELF
    else:
        # fork: a spawned process would first import the main module, which is a whole script of the workflow
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(n_workers, context, _take, (dataset, smallest)) as pool:
            timings = list(pool.map(_time, longest_first))
        who = resource.RUSAGE_CHILDREN
    return job, resource.getrusage(who).ru_maxrss / 1024, timings


def _start(folder: Path, case: Case) -> npt.NDArray[np.float64]:
    """Time a whole job, a process of its own: seconds of its training, and all others."""
    began = time.perf_counter()
    inside, wait = in_a_process(_job, folder.resolve(), case)
    whole = time.perf_counter() - began
    return np.array([inside, whole - wait - inside])


def _job(folder: Path, case: Case) -> tuple[float, float]:
    return float(case.run(load_dataset(folder), 1)[0]), waited()


_taken: list[Dataset] = []


def _take(dataset: Dataset, smallest: Case) -> None:
    _taken.append(dataset)
    smallest.run(dataset, 2, [1])  # the first training of a process is slower


def _time(case: Case) -> Timing:
    return case.time(_taken[0])

"""What is measured: time of a step, memory of a training, two trainings at once, whole trainings."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score

from mtlcurves.bench.cases import Case
from mtlcurves.data.dataset import Dataset
from mtlcurves.training.registry import load_backend
from mtlcurves.training.scores import score


def training_seconds(backend: str, case: Case, dataset: Dataset, epochs: int, n_networks: int = 1) -> float:
    """Time trainings of some epochs from data to logits, and divide by their number."""
    engine = load_backend(backend)
    problems = [case.problem(dataset, epochs, rotation) for rotation in range(n_networks)]
    start = time.perf_counter()
    list(engine.train(problems, case.recipe()))
    return (time.perf_counter() - start) / n_networks


def step_seconds(backend: str, case: Case, dataset: Dataset, epochs: int, n_networks: int = 1) -> float:
    """Time a step: the difference of a longer training and one of a single epoch, by their steps."""
    short = training_seconds(backend, case, dataset, 1, n_networks)
    long = training_seconds(backend, case, dataset, 1 + epochs, n_networks)
    return (long - short) / (epochs * steps_per_epoch(case, dataset))


def steps_per_epoch(case: Case, dataset: Dataset) -> int:
    """Count the steps of an epoch."""
    n = len(case.problem(dataset, 1).rows)
    return -(-n // max(1, int(np.ceil(case.recipe().batch_ratio * n * (1 - 1e-12)))))


def peak_memory(backend: str, case: Case, dataset: Dataset) -> float:
    """Measure the MB that a training takes on top of data, library and compiled code (Linux; else NaN).

    A process of its own trains a small network first, which loads and compiles. It starts afresh: a forked one
    would find room in what its parent has freed.
    """
    context = multiprocessing.get_context("spawn")
    answers: Queue[float] = context.Queue()
    worker = context.Process(target=_peak, args=(backend, case, dataset, answers))
    worker.start()
    answer = answers.get()
    worker.join()
    return answer


def _peak(backend: str, case: Case, dataset: Dataset, answers: Queue[float]) -> None:
    training_seconds(backend, replace(case, folds={next(iter(case.folds)): 1}), dataset, 1)
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # sets the peak to what is there now
        before = _status("VmRSS")
    except OSError:
        answers.put(float("nan"))
        return
    training_seconds(backend, case, dataset, 2)
    answers.put((_status("VmHWM") - before) / 1024)


def _status(key: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(key + ":")))


def throughput_of_two(backend: str, case: Case, dataset: Dataset, epochs: int) -> float:
    """Compare the steps a second of two trainings at once, one process each, with those of one alone."""
    alone, together = (_side_by_side(backend, case, dataset, epochs, n) for n in (1, 2))
    return 2 * alone / together


def _side_by_side(backend: str, case: Case, dataset: Dataset, epochs: int, n: int) -> float:
    """Seconds a step, mean over `n` processes that train at once."""
    context = multiprocessing.get_context("fork")
    answers, barrier = context.Queue(), context.Barrier(n)
    workers = [
        context.Process(target=_worker, args=(backend, case, dataset, epochs, barrier, answers)) for _ in range(n)
    ]
    for worker in workers:
        worker.start()
    seconds = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    return float(np.mean(seconds))


def _worker(
    backend: str, case: Case, dataset: Dataset, epochs: int, barrier: Barrier, answers: Queue[float]
) -> None:
    training_seconds(backend, case, dataset, 1)
    barrier.wait()
    answers.put(training_seconds(backend, case, dataset, epochs))


def scoring_ratio(case: Case, dataset: Dataset, rounds: int = 5) -> float:
    """Compare the time of a training's scores with that of scikit-learn, called task by task."""
    problem = case.problem(dataset, 1)
    labels, n_tasks = problem.test_labels, len(problem.tasks)
    logits = np.random.default_rng(0).normal(size=len(labels.task)).astype(np.float32)
    ours, theirs = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        score(labels.task, logits, labels.active, n_tasks)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        for task in range(n_tasks):
            of_task = labels.task == task
            y, z = labels.active[of_task], logits[of_task]
            if 0 < y.sum() < len(y):
                precision, recall, _ = precision_recall_curve(y, z)
                _ = roc_auc_score(y, z), auc(recall, precision), average_precision_score(y, z)
        theirs.append(time.perf_counter() - start)
    return float(np.median(theirs) / np.median(ours))


def bundle_seconds(backend: str, cases: Sequence[Case], dataset: Dataset) -> float:
    """Mean seconds of some full trainings, from data to logits; long ones extrapolated from three epochs."""
    seconds = []
    for case in cases:
        if len(case.folds) == 1:
            seconds.append(training_seconds(backend, case, dataset, case.epochs))
        else:
            first, third = (training_seconds(backend, case, dataset, epochs) for epochs in (1, 3))
            seconds.append(first + (case.epochs - 1) * (third - first) / 2)
    return float(np.mean(seconds))

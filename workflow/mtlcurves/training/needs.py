"""What a job that trains a bundle needs, for a cluster's queue: memory and time, generously.

Light on purpose: the workflow asks it while planning, before any data are there. So every task is taken for a
large one. A job that needs more all the same gets more at its next attempt, and goes on where it was stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from mtlcurves.grid.allocations import Allocation
from mtlcurves.study import Study
from mtlcurves.training.epochs import epochs_of

LABELS = 2_000  # of a task in all its training folds
ROWS = 50_000  # of a training at most: tasks share compounds
# of one row in one epoch, 500 hidden units, one core; measured with lazy_adam: 27 (241 tasks), 31 (one task)
MICROSECONDS = {"lazy_adam": 30, "gpu": 30, "reference": 250, "balanced": 1000}
# steps that take as long as logging affinities once, and as one source's exact ones; measured, 244 tasks: 7, 6
FIRST_ORDER, EXACT = 12, 8
START = 20  # minutes, on a busy node with a slow file system
MARGIN = 4


def memory_mb(study: Study, recipe: str, threads: int) -> int:
    """Megabytes: library and data set, and per thread up to eight numbers a weight (lazy_adam: about four)."""
    weights = study.config.fingerprints.columns * study.recipes[recipe].hidden
    return 1500 + threads * (500 + weights * 32 // 1_000_000)


def most_memory_mb(study: Study, threads: int) -> int:
    """Megabytes of the job that needs most."""
    return max(memory_mb(study, recipe, threads) for recipe in study.recipes)


def logging_memory_mb(study: Study) -> int:
    """Megabytes of a job that logs affinities: a training's, and float64 arrays of a batch's rows and labels."""
    recipe, n_tasks = study.recipes["main"], len(study.tasks)
    n_rows, n_labels = (recipe.batch_ratio * n for n in (min(n_tasks * LABELS, ROWS), n_tasks * LABELS))
    # its column groups are as many as its columns at most
    numbers = 8 * n_rows + 4 * n_labels + 2 * min(study.config.fingerprints.columns, 100 * n_rows)
    return memory_mb(study, "main", 1) + round(numbers * recipe.hidden * 8 / 1e6) + n_tasks**2 * 100 // 1_000_000


def logging_seconds(study: Study, n_rows: float) -> float:
    """Seconds of a training of all tasks at `n_rows` rows in which affinities are logged."""
    recipe, affinity, n_tasks = study.recipes["main"], study.config.affinity, len(study.tasks)
    if affinity is None:
        raise ValueError("the study logs no affinities")
    n_sources = n_tasks if affinity.tasks == "all" else len(affinity.tasks)
    steps = FIRST_ORDER if affinity.form == "first_order" else n_sources * EXACT
    visits = epochs_of(n_tasks, n_tasks, recipe.epochs) * n_rows * (1 + steps / affinity.every)
    return visits * MICROSECONDS["reference"] / 1e6 * recipe.hidden / 500


def logging_minutes(study: Study) -> int:
    """Minutes of a job that logs affinities, at the largest size."""
    size = max(size for size, _ in study.affinity_logs)
    n_rows = min(LABELS * len(study.tasks) * size / study.training_folds, ROWS)
    return START + round(MARGIN * logging_seconds(study, n_rows) / 60)


def gpus(study: Study) -> Callable[[Any], int]:
    """Give a function of a job's wildcards: the GPUs of its bundle."""

    def of(wildcards: Any) -> int:
        return int(study.recipes[wildcards.recipe].engine(study.config.backend) == "gpu")

    return of


@cache
def run_minutes(study: Study, recipe: str, arm: str, bundle: str) -> int:
    """Minutes on one core, the same in every rotation.

    Parameters
    ----------
    study : Study
        The study.
    recipe, arm, bundle : str
        Names that tell the bundle.
    """
    return _minutes(study, recipe, study.bundle(recipe, arm, 0, 0, bundle).allocations)


@cache
def group_minutes(study: Study, bundle: str) -> int:
    """Minutes on one core of a job that trains groups, taken to share the tasks evenly."""
    expected = next(own.allocations for own in study.group_bundles if own.name == bundle)
    return _minutes(study, "main", expected)


def _minutes(study: Study, recipe: str, allocations: Sequence[Allocation]) -> int:
    settings, visits = study.recipes[recipe], 0.0
    for allocation in allocations:
        labels = LABELS * sum(allocation.folds.values()) / study.training_folds
        epochs = epochs_of(len(allocation.folds), len(study.tasks), settings.epochs)
        visits += epochs * min(labels, ROWS)
    seconds = visits * MICROSECONDS[settings.engine(study.config.backend)] / 1e6 * settings.hidden / 500
    return START + round(MARGIN * seconds / 60)

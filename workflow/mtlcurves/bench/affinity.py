"""What the logging of affinities adds to a training: `make bench`."""

from __future__ import annotations

import time

import numpy as np

from mtlcurves.affinity.log import AffinityLog
from mtlcurves.affinity_sections import Affinity
from mtlcurves.bench.cases import Case
from mtlcurves.bench.measure import steps_per_epoch
from mtlcurves.data.dataset import Dataset
from mtlcurves.training.reference import Reference


def logging_ratio(
    case: Case, dataset: Dataset, settings: Affinity, epochs: int = 1, rounds: int = 3
) -> tuple[float, float, float]:
    """Compare the seconds of a step with those of one in a training in which affinities are logged.

    A training of one epoch is subtracted from a longer one, and with it the exact check in the first logged step;
    of the three checks of a whole training no other falls into these epochs.

    Returns
    -------
    ratio, plain, logged : float
        Median over the rounds of the ratio, and of the seconds of a step without and with logging.
    """
    per_epoch, tasks = steps_per_epoch(case, dataset), range(len(case.folds))

    def seconds(n: int, logged: bool) -> float:
        log = AffinityLog(settings, tasks, len(tasks), case.epochs * per_epoch) if logged else None
        problem = case.problem(dataset, n)
        start = time.perf_counter()
        list(Reference(log).train([problem], case.recipe()))
        return time.perf_counter() - start

    # in turn, so that what else the machine does meets both
    steps = [
        [(seconds(1 + epochs, kind) - seconds(1, kind)) / (epochs * per_epoch) for kind in (False, True)]
        for _ in range(rounds)
    ]
    plain, logged = np.array(steps).T
    return float(np.median(logged / plain)), float(np.median(plain)), float(np.median(logged))

"""Two matrices over the same tasks as lists of what both know; statistics of them, with intervals over tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mtlcurves.curves.agreement import Floats, interval, middle_ranks


@dataclass(frozen=True)
class Entries:
    """Ordered pairs of tasks known in two matrices.

    Attributes
    ----------
    x, y : ndarray, shape (entries,)
        Entries of the first and of the second matrix.
    places : ndarray of int, shape (2, entries)
        Both tasks, numbered from 0 among those that any entry has.
    n_tasks : int
        Tasks.
    """

    x: Floats
    y: Floats
    places: npt.NDArray[np.intp]
    n_tasks: int

    def chosen(self, kept: npt.NDArray[np.bool_]) -> Entries:
        """Keep some entries, and all tasks, which are what is resampled."""
        return Entries(self.x[kept], self.y[kept], self.places[:, kept], self.n_tasks)

    def with_interval(self, statistic: Callable[[Floats], float], seed: int = 0) -> tuple[float, float, float]:
        """Return a statistic and the ends of its 95 % interval, tasks resampled.

        Parameters
        ----------
        statistic : callable
            From how often each entry counts to a number.
        seed : int
            Seed of the resampling.
        """
        if not len(self.x):
            return float("nan"), float("nan"), float("nan")
        return statistic(np.ones(len(self.x))), *interval(statistic, self.places, self.n_tasks, seed)


def entries_of(first: Floats, second: Floats) -> Entries:
    """List what two matrices both know, off their diagonals."""
    both = np.isfinite(first) & np.isfinite(second) & ~np.eye(len(first), dtype=bool)
    found = np.nonzero(both)
    present, places = np.unique(found, return_inverse=True)
    return Entries(first[found], second[found], places.reshape(2, -1), len(present))


def mean_of(values: Floats) -> Callable[[Floats], float]:
    """Return the mean as a function of how often each value counts."""

    def mean(weights: Floats) -> float:
        total = weights.sum()
        return float(weights @ values / total) if total > 0 else float("nan")

    return mean


def area(score: Floats, positive: npt.NDArray[np.bool_]) -> Callable[[Floats], float]:
    """Return the area under the ROC curve, as a function of how often each entry counts; ties count one half."""
    places = np.unique(score, return_inverse=True)[1]

    def of_weights(weights: Floats) -> float:
        above, below = weights[positive].sum(), weights[~positive].sum()
        if above == 0 or below == 0:
            return float("nan")
        ranks = middle_ranks(places, weights)
        return float((weights[positive] @ ranks[positive] - above**2 / 2) / (above * below))

    return of_weights

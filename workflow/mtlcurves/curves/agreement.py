"""How two sides agree over the same tasks: a correlation, with an interval and a P-value of whole tasks.

Pairs that share a task are not independent, so neither may be taken over pairs. The interval resamples *tasks*
with replacement, the same on both sides, and keeps the pairs of those drawn (Snijders and Borgatti 1999): it
speaks of other tasks like these. The P-value permutes tasks (Mantel).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mtlcurves.curves.mantel import MIN_TASKS, agreement

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

RESAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class Correlation:
    """A correlation over tasks or pairs of tasks.

    Attributes
    ----------
    correlation, low, high : float
        Spearman's or Pearson's, and ends of its 95 % interval; NaN where it is refused.
    p : float
        Two-sided P-value.
    n_tasks, n_pairs : int
        Tasks and entries that are known on both sides.
    status : str
        ok, or why there is no correlation.
    """

    correlation: float
    low: float
    high: float
    p: float
    n_tasks: int
    n_pairs: int
    status: str


def correlate(first: Floats, second: Floats, seed: int = 0, ranked: bool = True) -> Correlation:
    """Correlate two matrices over the same tasks, or two numbers of each task.

    Parameters
    ----------
    first, second : ndarray, shape (K, K) or (K,)
        One number for each ordered pair of tasks, or for each task; NaN where unknown. Diagonals are not used.
    seed : int
        Seed of resampling and permutations.
    ranked : bool
        Whether to correlate ranks (Spearman) or the numbers themselves (Pearson).
    """
    both = np.isfinite(first) & np.isfinite(second)
    if both.ndim == 2:
        both &= ~np.eye(len(both), dtype=bool)
    entries = np.nonzero(both)
    present, places = np.unique(entries, return_inverse=True)
    n_tasks, n_pairs = len(present), len(entries[0])
    if n_tasks < MIN_TASKS:
        return _refused(n_tasks, n_pairs, f"{n_tasks} tasks are known on both sides; {MIN_TASKS} are needed")
    x, y = first[entries], second[entries]
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return _refused(n_tasks, n_pairs, "one side is the same everywhere")
    cut = np.ix_(*[present] * first.ndim)
    found = agreement(first[cut], second[cut], seed=seed, ranked=ranked)
    weighted = weighted_spearman(x, y) if ranked else weighted_pearson(x, y)
    low, high = interval(weighted, places.reshape(first.ndim, -1), n_tasks, seed)
    return Correlation(found.correlation, low, high, found.p, n_tasks, n_pairs, "ok")


def _refused(n_tasks: int, n_pairs: int, status: str) -> Correlation:
    return Correlation(np.nan, np.nan, np.nan, np.nan, n_tasks, n_pairs, status)


def interval(statistic: Callable[[Floats], float], places: Places, n_tasks: int, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of a statistic over entries, by resampling tasks.

    Parameters
    ----------
    statistic : callable
        From how often each entry counts, shape (entries,), to a number; NaN where it is undefined.
    places : ndarray of int, shape (1 or 2, entries)
        Tasks of each entry, 0 .. `n_tasks` - 1. An entry counts as often as they are drawn, multiplied.
    n_tasks : int
        Tasks.
    seed : int
        Seed of the draws.

    Returns
    -------
    low, high : float
        NaN where the statistic is undefined in every draw.
    """
    draws = np.random.default_rng(seed).multinomial(n_tasks, np.full(n_tasks, 1 / n_tasks), RESAMPLES)
    found = np.array([statistic(drawn[places].prod(axis=0).astype(float)) for drawn in draws])
    found = found[np.isfinite(found)]
    if not len(found):
        return float("nan"), float("nan")
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return float(low), float(high)


def weighted_pearson(x: Floats, y: Floats) -> Callable[[Floats], float]:
    """Return Pearson's correlation of entries as a function of how often each counts; x, y: finite values."""
    return lambda weights: _pearson(x, y, weights)


def weighted_spearman(x: Floats, y: Floats) -> Callable[[Floats], float]:
    """Return Spearman's correlation of entries as a function of how often each counts; x, y: finite values."""
    a, b = (np.unique(values, return_inverse=True)[1] for values in (x, y))
    return lambda weights: _pearson(middle_ranks(a, weights), middle_ranks(b, weights), weights)


def _pearson(x: Floats, y: Floats, weights: Floats) -> float:
    total = weights.sum()
    if total == 0:
        return float("nan")  # one task was drawn again and again
    a, b = x - weights @ x / total, y - weights @ y / total
    scale = np.sqrt((weights @ a**2) * (weights @ b**2))
    return float(weights @ (a * b) / scale) if scale > 0 else float("nan")


def middle_ranks(values: Places, weights: Floats) -> Floats:
    """Rank entries that count several times; `values`: their places among the distinct values, from 0."""
    of_value = np.bincount(values, weights)
    return np.asarray((np.cumsum(of_value) - of_value / 2)[values])

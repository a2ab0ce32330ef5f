"""Whether two matrices over the same tasks agree, by permutation of whole tasks (Mantel's test).

Entries of a row share a target and those of a column an auxiliary, so pairs are not independent and a P-value that
counts them as such is far too small. Tasks of one matrix are therefore permuted, rows and columns together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

PERMUTATIONS = 999
MIN_TASKS = 4
"""Tasks that a test needs: three have six permutations, and no P-value below 0.05."""


@dataclass(frozen=True)
class Agreement:
    """How two matrices agree.

    Attributes
    ----------
    correlation : float
        Spearman's or Pearson's over the entries known in both; NaN where it is undefined.
    p : float
        Share of permutations of the tasks with a correlation as far from 0, the real order counted among them.
    n : int
        Entries known in both.
    """

    correlation: float
    p: float
    n: int


def agreement(
    first: Floats, second: Floats, permutations: int = PERMUTATIONS, seed: int = 0, ranked: bool = True
) -> Agreement:
    """Correlate two matrices over the same tasks, or two numbers of each task.

    Parameters
    ----------
    first, second : ndarray, shape (K, K) or (K,)
        One number for each ordered pair of tasks, or for each task; NaN where unknown. Diagonals are not used.
    permutations, seed : int
        Permutations of the tasks, and the seed they are drawn from.
    ranked : bool
        Whether to correlate ranks (Spearman) or the numbers themselves (Pearson).
    """
    x, y = (matrix.astype(float) for matrix in (first, second))
    if x.ndim == 2:
        for matrix in (x, y):
            np.fill_diagonal(matrix, np.nan)
    both = np.isfinite(x) & np.isfinite(y)
    n = int(both.sum())
    found = _correlation(*((stats.rankdata(matrix[both]) if ranked else matrix[both]) for matrix in (x, y)))
    if len(x) < MIN_TASKS or not np.isfinite(found):
        return Agreement(found, float("nan"), n)
    if ranked:
        # once: where entries are missing, the statistic that is permuted differs a little from Spearman's
        x, y = _ranked(x), _ranked(y)
    far = abs(_correlation(x, y)) - 1e-12
    rng = np.random.default_rng(seed)
    chance = np.empty(permutations)
    for trial in range(permutations):
        order = rng.permutation(len(x))
        chance[trial] = _correlation(x, y[np.ix_(*[order] * y.ndim)])
    # a permutation without a correlation is none that is farther from 0
    as_far = (np.nan_to_num(np.abs(chance)) >= far).sum()
    return Agreement(found, float((1 + as_far) / (1 + permutations)), n)


def _ranked(matrix: Floats) -> Floats:
    known, ranks = np.isfinite(matrix), np.full(matrix.shape, np.nan)
    ranks[known] = stats.rankdata(matrix[known])
    return ranks


def _correlation(first: Floats, second: Floats) -> float:
    """Pearson's correlation over the entries known in both; NaN where there is none."""
    both = np.isfinite(first) & np.isfinite(second)
    x, y = first[both], second[both]
    if not len(x):
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else float("nan")

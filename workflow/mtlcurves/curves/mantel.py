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
    spearman : float
        Rank correlation over the entries known in both; NaN where it is undefined.
    p : float
        Share of permutations of the tasks with a correlation as far from 0, the real order counted among them.
    n : int
        Entries known in both.
    """

    spearman: float
    p: float
    n: int


def rank_agreement(first: Floats, second: Floats, permutations: int = PERMUTATIONS, seed: int = 0) -> Agreement:
    """Correlate two matrices over the same tasks.

    Parameters
    ----------
    first, second : ndarray, shape (K, K)
        One number for each ordered pair of tasks; NaN where unknown. Diagonals are not used.
    permutations, seed : int
        Permutations of the tasks, and the seed they are drawn from.
    """
    off_diagonal = ~np.eye(len(first), dtype=bool)
    known = off_diagonal & np.isfinite(first)
    found = _spearman(first, second, known)
    n = int((known & np.isfinite(second)).sum())
    if len(first) < MIN_TASKS or not np.isfinite(found):
        return Agreement(found, float("nan"), n)
    rng = np.random.default_rng(seed)
    chance = np.empty(permutations)
    for trial in range(permutations):
        order = rng.permutation(len(first))
        chance[trial] = _spearman(first, second[np.ix_(order, order)], known)
    # a permutation without a correlation is none that is farther from 0
    as_far = (np.nan_to_num(np.abs(chance)) >= abs(found) - 1e-12).sum()
    return Agreement(found, float((1 + as_far) / (1 + permutations)), n)


def _spearman(first: Floats, second: Floats, known: NDArray[np.bool_]) -> float:
    both = known & np.isfinite(second)
    ranks = [stats.rankdata(matrix[both]) for matrix in (first, second)]
    x, y = (rank - rank.mean() if len(rank) else rank for rank in ranks)
    scale = np.sqrt((x**2).sum() * (y**2).sum())
    return float((x * y).sum() / scale) if scale > 0 else float("nan")

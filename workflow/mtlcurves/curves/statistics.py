"""Tests of score differences over rotations, over many tasks, and of rank correlation.

Rotations share training folds, so their differences are not independent. The corrected t of Nadeau and
Bengio (2003) widens the variance of their mean from s^2 / n to (1/n + test/train) s^2; at nine training
folds and one test fold test/train is 1/9. With test/train = 0 it is the naive t, as P1 has it (Fig. 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]

_RESAMPLES = 2000
_ROUNDING = 1e-12  # equal differences of scores scatter less than this, by rounding alone


@dataclass(frozen=True)
class MeanTest:
    """A t test of many mean differences; every array has the shape of the differences without their last axis.

    Attributes
    ----------
    mean, sd : ndarray
        Mean (NaN without any difference) and standard deviation (NaN with fewer than two) of the differences.
    error : ndarray
        Standard error of the mean.
    n : ndarray of int
        Differences.
    p, low, high : ndarray
        Two-sided P-value and ends of the 95 % interval; NaN with fewer than two differences or no variance.
    """

    mean: Floats
    sd: Floats
    error: Floats
    n: NDArray[np.int64]
    p: Floats
    low: Floats
    high: Floats


def paired_t(differences: ArrayLike, test_to_train: Floats | float = 0.0) -> MeanTest:
    """Test whether mean paired differences are zero, by the corrected t of Nadeau and Bengio.

    Parameters
    ----------
    differences : array_like, shape (..., rotations)
        Paired differences, one a rotation; NaN where missing.
    test_to_train : float or ndarray, shape (...)
        Size of the test set over that of the training set; 0 gives the naive t.
    """
    values = np.asarray(differences, float)
    n, mean, sd = _moments(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.asarray(np.sqrt(1 / n + test_to_train) * sd)
    return _t_test(mean, sd, error, n, np.asarray(n - 1.0))


def welch_t(first: ArrayLike, second: ArrayLike, first_ratio: float = 0.0, second_ratio: float = 0.0) -> MeanTest:
    """Test whether the means of scores on different test sets differ (first minus second).

    Each mean's variance is corrected as in :func:`paired_t`; degrees of freedom by Welch and Satterthwaite.
    `sd` is that of the difference of two single scores, `n` the smaller of the two numbers of rotations.

    Parameters
    ----------
    first, second : array_like, shape (..., rotations)
        Scores; NaN where missing.
    first_ratio, second_ratio : float
        Size of the test set over that of the training set.
    """
    (n_1, mean_1, sd_1), (n_2, mean_2, sd_2) = (_moments(np.asarray(x, float)) for x in (first, second))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance_1, variance_2 = (1 / n_1 + first_ratio) * sd_1**2, (1 / n_2 + second_ratio) * sd_2**2
        total = variance_1 + variance_2
        freedom = total**2 / (variance_1**2 / (n_1 - 1) + variance_2**2 / (n_2 - 1))
    return _t_test(mean_1 - mean_2, np.hypot(sd_1, sd_2), np.sqrt(total), np.minimum(n_1, n_2), freedom)


def _moments(values: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
    present = np.isfinite(values)
    n = present.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, values, 0.0).sum(axis=-1) / n
        squares = np.where(present, values - mean[..., None], 0.0) ** 2
        sd = np.sqrt(squares.sum(axis=-1) / np.where(n > 1, n - 1.0, np.nan))
    return n, mean, np.where(sd < _ROUNDING, 0.0, sd)


def _t_test(mean: Floats, sd: Floats, error: Floats, n: NDArray[np.int64], freedom: Floats) -> MeanTest:
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = error > 0
        p = np.where(usable, 2 * stats.t.sf(np.abs(mean) / error, freedom), np.nan)
        half = np.where(usable, stats.t.ppf(0.975, freedom) * error, np.nan)
    return MeanTest(mean, sd, error, n, p, mean - half, mean + half)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return the smallest false-discovery rate at which each test would be called; NaN where p is NaN."""
    values = np.asarray(p, float)
    q, known = np.full(values.shape, np.nan), np.isfinite(values)
    if known.any():
        q[known] = stats.false_discovery_control(values[known])
    return q


def spearman_p(correlation: float, n: int) -> float:
    """Return the two-sided P-value of a Spearman correlation of n pairs (t approximation); NaN below 3 pairs."""
    if n < 3 or not np.isfinite(correlation):
        return np.nan
    t = correlation * np.sqrt((n - 2) / max((1 - correlation) * (1 + correlation), np.finfo(float).tiny))
    return float(2 * stats.t.sf(abs(t), n - 2))


def spearman(x: Floats, y: Floats, seed: int = 0) -> tuple[float, float, float, float]:
    """Return a Spearman correlation with its 95 % bootstrap interval over pairs and its P-value.

    Parameters
    ----------
    x, y : ndarray, shape (pairs,)
        Finite values, in an order that does not depend on chance.
    seed : int
        Seed of the resampling.

    Returns
    -------
    correlation, low, high, p : float
        NaN below 4 pairs, or where x or y does not vary.
    """
    if len(x) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan, np.nan, np.nan, np.nan
    correlation = float(_rank_correlation(x, y))
    generator = np.random.Generator(np.random.Philox(key=seed))
    drawn = generator.integers(0, len(x), (_RESAMPLES, len(x)))
    low, high = np.nanquantile(_rank_correlation(x[drawn], y[drawn]), [0.025, 0.975])
    return correlation, float(low), float(high), spearman_p(correlation, len(x))


def _rank_correlation(x: Floats, y: Floats) -> Floats:
    ranks = (stats.rankdata(values, axis=-1) for values in (x, y))
    x_rank, y_rank = (rank - rank.mean(axis=-1, keepdims=True) for rank in ranks)
    with np.errstate(invalid="ignore"):
        scale = np.sqrt((x_rank**2).sum(axis=-1) * (y_rank**2).sum(axis=-1))
        return np.asarray((x_rank * y_rank).sum(axis=-1) / scale)

"""Uncertainty from rotations: standard errors, tests and intervals of coefficients and of their ratios.

A rotation pulls each coefficient by an amount that is known to first order (its *influence*); the coefficients'
error is what the mean of these pulls would vary by, had other rotations been drawn. That is the answer of the
jackknife and of the bootstrap over blocks of one rotation, without fitting anew. Ten blocks say little of a
variance: P-values and intervals are Student's, with one degree of freedom less than there are rotations.

Many coefficients of one target share the noise of the target's scores, and that says more of each variance than
its own ten blocks do. So variances are moderated (Smyth 2004, doi 10.2202/1544-6115.1027): each is drawn towards
what the pooled noise predicts, as far as the variances of all coefficients agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from mtlcurves.curves.score_arrays import Floats

_MOST_FREEDOM = 1e6


@dataclass(frozen=True)
class Inference:
    """What is known of some coefficients; every array has one entry per coefficient.

    Attributes
    ----------
    error : ndarray
        Standard error; NaN where nothing is known of it.
    freedom : ndarray
        Degrees of freedom of the error.
    p : ndarray
        Two-sided P-value of the coefficient being 0.
    low, high : ndarray
        Ends of the interval.
    """

    error: Floats
    freedom: Floats
    p: Floats
    low: Floats
    high: Floats


def block_variance(influence: Floats, n_rotations: Floats) -> Floats:
    """Return the variance of coefficients from the influence of rotations.

    Parameters
    ----------
    influence : ndarray, shape (..., rotations)
        With mean 0 over the rotations used, 0 for the others.
    n_rotations : ndarray, shape (...)
        Rotations used; with fewer than two the variance is NaN.
    """
    n = np.asarray(n_rotations, float)
    return np.asarray((influence**2).sum(axis=-1) / np.where(n > 1, n * (n - 1), np.nan))


def student(value: Floats, error: Floats, freedom: Floats, level: float = 0.90) -> Inference:
    """Test coefficients for 0 and give their intervals, by Student's t."""
    value, error, freedom = np.broadcast_arrays(*(np.asarray(x, float) for x in (value, error, freedom)))
    with np.errstate(divide="ignore", invalid="ignore"):
        known = (error > 0) & (freedom > 0)
        p = np.where(known, 2 * stats.t.sf(np.abs(value) / error, freedom), np.nan)
        half = np.where(known, stats.t.ppf((1 + level) / 2, freedom) * error, np.nan)
    return Inference(np.where(known, error, np.nan), freedom, p, value - half, value + half)


def normal_error(value: Floats, error: Floats, freedom: Floats) -> Floats:
    """Return the errors with which normal tails are as heavy as Student's are with the given ones.

    For methods that take errors as known (Lu and Stephens 2019, arXiv 1901.10679).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(value) / error
        factor = t / stats.norm.isf(stats.t.sf(t, freedom))
        at_zero = stats.norm.pdf(0) / stats.t.pdf(0, freedom)
    return np.asarray(error * np.where(t > 0.01, factor, at_zero))


def moderate(variance: Floats, predicted: Floats, freedom: Floats) -> tuple[Floats, Floats]:
    """Draw variances towards predicted ones.

    Parameters
    ----------
    variance : ndarray, shape (n,)
        Estimated from `freedom` degrees of freedom each; NaN where unknown.
    predicted : ndarray, shape (n,)
        What they are expected to be, up to a common factor.
    freedom : ndarray, shape (n,)
        Degrees of freedom.

    Returns
    -------
    variance, freedom : ndarray, shape (n,)
        With the prior's degrees of freedom added. If no coefficient tells of the prior (fewer than three
        variances), they come back as they were.
    """
    d = np.broadcast_to(np.asarray(freedom, float), variance.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = variance / predicted
    known = np.isfinite(ratio) & (ratio > 0) & (d > 0)
    if known.sum() < 3:
        return variance, np.array(d)
    # moments of log F (Smyth 2004, section 6.2)
    e = np.log(ratio[known]) - special.digamma(d[known] / 2) + np.log(d[known] / 2)
    spread = e.var(ddof=1) - special.polygamma(1, d[known] / 2).mean()
    prior = 2 * _inverse_trigamma(spread) if spread > 0 else _MOST_FREEDOM
    prior = min(prior, _MOST_FREEDOM)
    factor = np.exp(e.mean() + special.digamma(prior / 2) - np.log(prior / 2))
    moderated = (prior * factor * predicted + d * variance) / (prior + d)
    return np.where(known, moderated, variance), np.where(known, prior + d, d)


def _inverse_trigamma(value: float) -> float:
    """Solve trigamma(x) = value by Newton's steps, which grow towards the root."""
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = special.polygamma(1, x)
        step = trigamma * (1 - trigamma / value) / special.polygamma(2, x)
        x += step
        if -step / x < 1e-10:
            break
    return float(x)


def ratio_interval(
    above: Floats, below: Floats, covariance: Floats, freedom: Floats, level: float = 0.90
) -> tuple[Floats, Floats]:
    """Return the interval of a ratio by Fieller's theorem.

    Where the denominator is not told from 0 the interval has no end on one side or on both: infinity stands there.

    Parameters
    ----------
    above, below : ndarray, shape (n,)
        Numerator and denominator, which is positive by definition.
    covariance : ndarray, shape (n, 2, 2)
        Of numerator and denominator.
    freedom : ndarray, shape (n,)
        Degrees of freedom.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t2 = stats.t.ppf((1 + level) / 2, freedom) ** 2
        a = below**2 - t2 * covariance[:, 1, 1]
        b = above * below - t2 * covariance[:, 0, 1]
        c = above**2 - t2 * covariance[:, 0, 0]
        root = np.sqrt(np.maximum(b**2 - a * c, 0.0))
        low, high = (b - root) / a, (b + root) / a
    open_ended = ~(a > 0)
    low, high = np.where(open_ended, -np.inf, low), np.where(open_ended, np.inf, high)
    unknown = ~np.isfinite(covariance).all(axis=(1, 2)) | ~np.isfinite(above) | ~np.isfinite(below)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)

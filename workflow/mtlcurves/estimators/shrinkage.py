"""A map of weights drawn together: what all pairs say of each, and how likely each is nothing at all.

Measured weights x_ij of one fold of labels have known errors s_ij, most of them larger than the weights. The model

    x_ij = w_ij + error,   w_ij = 0 with probability pi,   else  w_ij ~ Normal(alpha_i + beta_j + u_i v_j, tau^2)

says that some targets gain more than others, some auxiliaries give more, and the rest has a low rank. Means come
from ridge-penalised alternating least squares, whose rank and penalty are those that best foretell entries held
out; pi and tau from the marginal likelihood (empirical Bayes). A pair's local
false-discovery rate is the probability, given its own measurement, that its weight is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from mtlcurves.curves.score_arrays import Floats, Mask

RANKS = (0, 1, 2, 3)
PENALTIES = (1.0, 4.0, 16.0)  # in units of the inverse variance of a typical weight
NULL_SHARES = np.concatenate([np.arange(0.02, 0.98, 0.04), [0.98, 0.99, 0.995]])
PARTS = 5  # of the entries; each is held out once

_ROUNDS = 30
_GRID = 40  # values of tau
_DROP = stats.chi2.ppf(0.95, 1) / 2  # of the log-likelihood, to the end of a 95 % region


@dataclass(frozen=True)
class Shrunken:
    """A map drawn together; arrays of shape (targets, auxiliaries), NaN where nothing was measured.

    Attributes
    ----------
    value, error : ndarray
        Mean and standard deviation of the weight given all measurements.
    null_probability : ndarray
        Local false-discovery rate.
    mean : ndarray
        What the other pairs foretell: alpha_i + beta_j + u_i v_j.
    rank : int
        Rank of u v; -1: no common mean foretells held-out entries better than 0 does.
    null_share, spread : float
        pi and tau.
    """

    value: Floats
    error: Floats
    null_probability: Floats
    mean: Floats
    rank: int
    null_share: float
    spread: float


def shrink(measured: Floats, error: Floats, seed: int = 0) -> Shrunken:
    """Draw a map of weights together.

    Parameters
    ----------
    measured, error : ndarray, shape (targets, auxiliaries)
        Weights of one fold of labels and their standard errors; NaN where a pair was not measured.
    seed : int
        Of the draw of held-out entries.
    """
    known = np.isfinite(measured) & np.isfinite(error) & (error > 0)
    x, s = np.where(known, measured, 0.0), np.where(known, error, 1.0)
    rank, penalty = _best_model(x, s, known, seed)
    mean = _low_rank(x, s, known, rank, penalty) if rank >= 0 else np.zeros_like(x)
    null_share, spread = _two_groups(x[known], s[known], mean[known])
    value, variance, null = _posterior(x, s, mean, null_share, spread)
    value, deviation, null, mean = (
        np.where(known, part, np.nan) for part in (value, np.sqrt(variance), null, mean)
    )
    return Shrunken(value, deviation, null, mean, rank, null_share, spread)


def _posterior(
    x: Floats, s: Floats, mean: Floats, null_share: float, spread: float
) -> tuple[Floats, Floats, Floats]:
    """Mean and variance of each weight, and the probability that it is 0."""
    total = s**2 + spread**2
    null = _null_probability(x, s, mean, null_share, spread)
    kept = spread**2 / total
    slab = mean + kept * (x - mean)
    value = (1 - null) * slab
    variance = (1 - null) * (kept * s**2 + slab**2) - value**2
    return value, np.maximum(variance, 0.0), null


def _null_probability(x: Floats, s: Floats, mean: Floats, null_share: float, spread: float) -> Floats:
    with np.errstate(divide="ignore"):
        spike = np.log(null_share) + stats.norm.logpdf(x, 0, s)
        slab = np.log1p(-null_share) + stats.norm.logpdf(x, mean, np.hypot(s, spread))
    return np.asarray(np.exp(spike - np.logaddexp(spike, slab)))


def _two_groups(x: Floats, s: Floats, mean: Floats) -> tuple[float, float]:
    """Estimate pi and tau: of all pairs of values that the data bear out, the one with the most nulls.

    Few or small weights look alike whether a few are large or many are tiny. A pair is called only where even the
    largest pi within the likelihood's 95 % region leaves its weight.
    """
    spreads = np.geomspace(0.05 * np.median(s), 3 * max(np.abs(x - mean).max(), np.median(s)), _GRID)
    spike = stats.norm.logpdf(x, 0, s)
    likelihood = np.empty((len(NULL_SHARES), _GRID))
    for k, spread in enumerate(spreads):
        slab = stats.norm.logpdf(x, mean, np.hypot(s, spread))
        for i, share in enumerate(NULL_SHARES):
            likelihood[i, k] = np.logaddexp(np.log(share) + spike, np.log1p(-share) + slab).sum()
    best = likelihood.max(axis=1)
    most = int(np.flatnonzero(best >= best.max() - _DROP)[-1])
    return float(NULL_SHARES[most]), float(spreads[likelihood[most].argmax()])


def _best_model(x: Floats, s: Floats, known: Mask, seed: int) -> tuple[int, float]:
    """Rank and penalty that foretell held-out entries best; rank -1 is no mean at all."""
    part = np.random.default_rng(seed).integers(0, PARTS, x.shape)
    losses = {(-1, PENALTIES[0]): float((known * (x / s) ** 2).sum())}
    for rank in RANKS:
        for penalty in PENALTIES:
            loss = 0.0
            for held in range(PARTS):
                seen = known & (part != held)
                foretold = _low_rank(x, s, seen, rank, penalty)
                loss += float((((x - foretold) / s) ** 2)[known & (part == held)].sum())
            losses[rank, penalty] = loss
    return min(losses, key=losses.__getitem__)


def _low_rank(x: Floats, s: Floats, known: Mask, rank: int, penalty: float) -> Floats:
    """Fit alpha_i + beta_j + u_i v_j by alternating ridge regressions, from a start that is not random."""
    weight = np.where(known, 1 / s**2, 0.0)
    typical = max(float(np.average((x**2 - s**2)[known])) if known.any() else 0.0, 0.02 * float(np.median(s**2)))
    ridge = penalty / typical
    n, m = x.shape
    left = np.concatenate([np.ones((n, 1)), np.zeros((n, 1 + rank))], axis=1)
    right = np.concatenate([np.zeros((m, 1)), np.ones((m, 1)), np.zeros((m, rank))], axis=1)
    if rank:
        u, d, vt = np.linalg.svd(np.where(known, x, 0.0), full_matrices=False)
        left[:, 2:], right[:, 2:] = u[:, :rank] * np.sqrt(d[:rank]), vt[:rank].T * np.sqrt(d[:rank])
    # columns: (1, alpha_i, u_i) times (beta_j, 1, v_j)
    scale = np.sqrt(typical)
    free_left, free_right = [1, *range(2, 2 + rank)], [0, *range(2, 2 + rank)]
    for _ in range(_ROUNDS):
        before = left @ right.T
        left[:, free_left] = _ridge(x - right[:, 0], right[:, free_left], weight, ridge, scale)
        right[:, free_right] = _ridge((x - left[:, [1]]).T, left[:, free_right], weight.T, ridge, scale)
        after = left @ right.T
        if np.abs(after - before).max() < 1e-6 * scale:
            break
    return np.asarray(left @ right.T)


def _ridge(response: Floats, design: Floats, weight: Floats, ridge: float, scale: float) -> Floats:
    """Solve one ridge regression for each row of `response`.

    The first coefficient is in the units of the weights; the others multiply factors in units of their root.
    """
    penalties = np.array([ridge] + [ridge * scale] * (design.shape[1] - 1))
    normal = np.einsum("nm,ma,mb->nab", weight, design, design) + np.diag(penalties)
    right = np.einsum("nm,nm,ma->na", weight, response, design)
    return np.asarray(np.linalg.solve(normal, right[:, :, None])[:, :, 0])

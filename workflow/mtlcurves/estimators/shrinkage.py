"""A map of weights drawn together: what all pairs say of each, and how likely each is too small to matter.

Measured weights x_ij of one fold of labels have known errors, most of them larger than the weights. The model

    x_ij = w_ij + e_i + e_ij,   w_ij = 0 with probability pi,
                                else w_ij ~ Normal(alpha_i + beta_j + u_i v_j, tau^2)

has an error e_i that all pairs of a target have in common: the noise of the reference trainings, which each of
them is compared with. Where most weights are 0 the pairs together show it; it is integrated out. The means say
that some targets gain more than others, some auxiliaries give more, and the rest has a low rank. They come from
ridge-penalised alternating least squares, whose rank and penalty are those that best foretell entries held out;
each entry's mean is the one foretold without it, so that a measurement is not used twice and what the means leave
uncertain counts in tau. Weights are averaged over pi and tau by their marginal likelihood (empirical Bayes).

Few or small weights look alike whether a few are large or many are tiny. So it is not asked whether a weight is 0
but whether it matters: whether it has a sign and at least the smallest size of interest. With a smallest size of 0
that is the local false sign rate (Stephens 2017, doi 10.1093/biostatistics/kxw041).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from mtlcurves.curves.score_arrays import Floats, Mask

RANKS = (0, 1, 2, 3)
PENALTIES = (1.0, 4.0, 16.0)  # in units of the inverse variance of a typical weight
NULL_SHARES = np.array([0.02, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.87, 0.93, 0.97, 0.99])
PARTS = 5  # of the entries; each is held out once

_ROUNDS = 30
_GRID = 14  # values of tau
_COMMON = np.linspace(-3, 3, 31)  # values of e_i, in its standard deviation
_OWN_SHARE = 0.05  # of a variance, that is not common at least
_DROP = stats.chi2.ppf(0.95, 1) / 2  # of the log-likelihood, to the end of a 95 % region
_LEAST = 1e-3  # share of the largest likelihood below which values of pi and tau are left out


@dataclass(frozen=True)
class Shrunken:
    """A map drawn together; arrays of shape (targets, auxiliaries), NaN where nothing was measured.

    Attributes
    ----------
    value, error : ndarray
        Mean and standard deviation of the weight given all measurements.
    null_probability : ndarray
        Probability that the weight does not matter: that it is smaller than the smallest of interest, or of the
        other sign. Under the largest pi that the data bear out, so that calls err on the safe side.
    mean : ndarray
        What the other pairs foretell: alpha_i + beta_j + u_i v_j.
    rank : int
        Rank of u v; -1: no common mean foretells held-out entries better than 0 does.
    null_share, spread : float
        The most likely pi, and tau.
    """

    value: Floats
    error: Floats
    null_probability: Floats
    mean: Floats
    rank: int
    null_share: float
    spread: float


def shrink(
    measured: Floats, error: Floats, common: Floats | float = 0.0, smallest: float = 0.0, seed: int = 0
) -> Shrunken:
    """Draw a map of weights together.

    Parameters
    ----------
    measured, error : ndarray, shape (targets, auxiliaries)
        Weights of one fold of labels and their standard errors; NaN where a pair was not measured.
    common : ndarray, shape (targets,)
        Standard deviation of the error that all pairs of a target have in common, a part of `error`.
    smallest : float
        Smallest size of a weight of interest.
    seed : int
        Of the draw of held-out entries.
    """
    known = np.isfinite(measured) & np.isfinite(error) & (error > 0)
    x, s = np.where(known, measured, 0.0), np.where(known, error, 1.0)
    common = np.broadcast_to(np.nan_to_num(common), len(x))
    alike = _Model(x, s, known, common, np.zeros_like(x))
    rank, mean = _best_model(x - alike.common_error()[:, None], s, known, seed)
    model = alike if rank < 0 else _Model(x, s, known, common, mean)
    value, variance = model.moments()
    share, spread = model.likeliest
    value, deviation, null, mean = (
        np.where(known, part, np.nan) for part in (value, np.sqrt(variance), model.too_small(smallest), mean)
    )
    return Shrunken(value, deviation, null, mean, rank, share, spread)


def chance_too_small(value: Floats, error: Floats, smallest: float) -> Floats:
    """Return the probability that a normal weight does not matter: is below `smallest` or of the other sign."""
    return np.asarray(stats.norm.sf((np.abs(value) - smallest) / error))


class _Model:
    """The two groups around given means: the likelihood of each pi and tau, and weights given the measurements.

    Arrays over weights have the shape (targets, auxiliaries, values of e_i).
    """

    def __init__(self, x: Floats, s: Floats, known: Mask, common: Floats, mean: Floats) -> None:
        self._known, self._mean = known[:, :, None], mean[:, :, None]
        self._steps = _COMMON if common.any() else np.zeros(1)
        self._common = common[:, None] * self._steps
        self._variance = np.maximum(s**2 - common[:, None] ** 2, _OWN_SHARE * s**2)[:, :, None]
        self._own = x[:, :, None] - self._common[:, None, :]  # the measurement without what is common
        largest = max(np.abs(x - mean)[known].max(initial=0), np.median(s[known]))
        self._spreads = np.geomspace(0.05 * np.median(s[known]), 3 * largest, _GRID)
        likelihood = np.array(
            [[self._of_rows(share, spread)[1].sum() for spread in self._spreads] for share in NULL_SHARES]
        )
        self._likelihood = likelihood - likelihood.max()

    @property
    def likeliest(self) -> tuple[float, float]:
        """The most likely pi and tau."""
        share, spread = np.unravel_index(self._likelihood.argmax(), self._likelihood.shape)
        return float(NULL_SHARES[share]), float(self._spreads[spread])

    def common_error(self) -> Floats:
        """Mean of e_i given all measurements, shape (targets,)."""
        return np.asarray(
            sum(weight * (self._of_rows(*at)[0] * self._common).sum(axis=1) for weight, *at in self._likely())
        )

    def moments(self) -> tuple[Floats, Floats]:
        """Mean and variance of each weight, over e_i, pi and tau."""
        first, second = np.zeros(self._known.shape[:2]), np.zeros(self._known.shape[:2])
        for weight, share, spread in self._likely():
            of_row, _ = self._of_rows(share, spread)
            some, mean, variance = self._weights(share, spread)
            first += weight * np.einsum("ije,ie->ij", some * mean, of_row)
            second += weight * np.einsum("ije,ie->ij", some * (mean**2 + variance), of_row)
        return first, np.maximum(second - first**2, 0.0)

    def too_small(self, smallest: float) -> Floats:
        """Probability of not mattering, in the likelier direction, under the largest pi within the 95 % region."""
        best = self._likelihood.max(axis=1)
        most = int(np.flatnonzero(best >= -_DROP)[-1])
        share, spread = NULL_SHARES[most], self._spreads[self._likelihood[most].argmax()]
        of_row, _ = self._of_rows(share, spread)
        some, mean, variance = self._weights(share, spread)
        matters = [
            np.einsum("ije,ie->ij", some * special.ndtr((sign * mean - smallest) / np.sqrt(variance)), of_row)
            for sign in (1, -1)
        ]
        return np.asarray(np.clip(1 - np.maximum(*matters), 0.0, 1.0))

    def _likely(self) -> Iterator[tuple[float, float, float]]:
        """Values of pi and tau that are not ruled out, each after its share of the likelihood."""
        share = np.exp(self._likelihood)
        share = np.where(share < _LEAST, 0.0, share)
        share /= share.sum()
        return ((float(share[i, k]), NULL_SHARES[i], self._spreads[k]) for i, k in np.argwhere(share > 0))

    def _of_rows(self, share: float, spread: float) -> tuple[Floats, Floats]:
        """Probability of each e_i given its target's measurements, and the likelihood of each target's."""
        row = np.where(self._known, self._density(share, spread)[0], 0.0).sum(axis=1)
        prior = stats.norm.logpdf(self._steps)
        row = row + prior - special.logsumexp(prior)
        total = special.logsumexp(row, axis=1)
        return np.exp(row - total[:, None]), total

    def _density(self, share: float, spread: float) -> tuple[Floats, Floats]:
        """Log-density of each measurement, and that of its second group alone; constants left out."""
        wide = self._variance + spread**2
        spike = np.log(share) - 0.5 * (self._own**2 / self._variance + np.log(self._variance))
        slab = np.log1p(-share) - 0.5 * ((self._own - self._mean) ** 2 / wide + np.log(wide))
        return np.logaddexp(spike, slab), slab

    def _weights(self, share: float, spread: float) -> tuple[Floats, Floats, Floats]:
        """Probability that a weight is not 0; its mean and variance if it is not."""
        either, slab = self._density(share, spread)
        kept = spread**2 / (spread**2 + self._variance)
        return np.exp(slab - either), self._mean + kept * (self._own - self._mean), kept * self._variance


def _best_model(x: Floats, s: Floats, known: Mask, seed: int) -> tuple[int, Floats]:
    """Rank that foretells held-out entries best, and each entry foretold without it; rank -1 is no mean at all."""
    part = np.random.default_rng(seed).integers(0, PARTS, x.shape)
    best = (float((known * (x / s) ** 2).sum()), -1, np.zeros_like(x))
    for rank in RANKS:
        for penalty in PENALTIES:
            foretold = np.zeros_like(x)
            for held in range(PARTS):
                foretold += _low_rank(x, s, known & (part != held), rank, penalty) * (part == held)
            loss = float((((x - foretold) / s) ** 2)[known].sum())
            best = min(best, (loss, rank, foretold), key=lambda model: model[0])
    return best[1], best[2]


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

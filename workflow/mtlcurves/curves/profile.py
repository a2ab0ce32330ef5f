"""The search behind the exponential fits: for any weight the best asymptote and amplitude, then the best weight.

For a fixed weight `a` the curve c - A exp(-offset - a x) is linear in c and A = e^b, whose bounds
0 <= A, c <= 1 and c - A >= lowest make a triangle. The best point of a triangle is the free least-squares
solution where it lies inside, else the best of three edges, each in closed form: the sum of squares as a
function of `a` alone is exact. It is searched on a fixed logarithmic grid and, between the neighbours of the
best grid point, by golden section. Nothing is random, and each curve is fitted from its own points alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

HIGHEST = 1.0
"""Upper bound of the asymptote c: no score exceeds 1."""
STEEPEST = 60.0
"""Bound of |a| times the largest |x|: exp(-60) is no gap at all."""

_SHAPES = np.geomspace(3e-3, STEEPEST, 34)
_GOLDEN = (np.sqrt(5) - 1) / 2
_STEPS = 48  # leaves 1e-10 of the bracket: closer, rounding hides the differences between sums of squares


@dataclass(frozen=True)
class CurvePoints:
    """Points of many curves; a row is a curve.

    Attributes
    ----------
    score : ndarray, shape (curves, points)
        Scores; where `differenced`, score differences from the point of the same offset with x = 0.
    x, offset : ndarray, shape (curves, points)
        Labels whose weight is sought, and the part of the exponent that is known.
    weight : ndarray, shape (curves, points)
        Weights of the squared residuals; 0 for missing points.
    differenced : ndarray of bool, shape (curves, points)
        Whether the point is a difference. c drops out of its model: exp(b - offset) (1 - exp(-a x)).
    """

    score: Floats
    x: Floats
    offset: Floats
    weight: Floats
    differenced: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        score: ArrayLike,
        x: ArrayLike,
        offset: ArrayLike = 0.0,
        weight: ArrayLike = 1.0,
        differenced: ArrayLike = False,
    ) -> CurvePoints:
        """Broadcast everything to (curves, points); a point with any NaN is missing and gets no weight."""
        given = (np.atleast_2d(np.asarray(part, float)) for part in (score, x, offset, weight, differenced))
        scores, xs, offsets, weights, flags = (np.array(part) for part in np.broadcast_arrays(*given))
        missing = ~np.isfinite(scores + xs + offsets + weights)
        for part in (scores, xs, offsets, weights):
            part[missing] = 0.0
        return cls(scores, xs, offsets, weights, flags.astype(bool))

    def __getitem__(self, rows: NDArray[np.intp]) -> CurvePoints:
        return CurvePoints(
            self.score[rows], self.x[rows], self.offset[rows], self.weight[rows], self.differenced[rows]
        )

    @property
    def largest_x(self) -> Floats:
        """Largest |x| of each curve, shape (curves,)."""
        present = self.weight > 0
        return np.asarray(np.abs(np.where(present, self.x, 0.0)).max(axis=1))

    def decay(self, a: Floats) -> Floats:
        """Return exp(-offset - a x), less exp(-offset) in differenced points.

        Parameters
        ----------
        a : ndarray, shape (curves, weights)
            Weights to try.

        Returns
        -------
        ndarray, shape (curves, weights, points)
        """
        exponent = -a[:, :, None] * self.x[:, None, :]
        shape = np.where(self.differenced[:, None, :], np.expm1(exponent), np.exp(exponent))
        return np.asarray(np.exp(-self.offset)[:, None, :] * shape)


def best_line(points: CurvePoints, a: Floats, lowest: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the best c and A within their bounds for given weights, and the sum of squares.

    Parameters
    ----------
    points : CurvePoints
        The curves.
    a : ndarray, shape (curves, weights)
        Weights to try.
    lowest : ndarray, shape (curves,)
        Lower bound of c - A.

    Returns
    -------
    c, amplitude, sse : ndarray, shape (curves, weights)
    """
    decay = points.decay(a)
    low = lowest[:, None]
    weight, score = points.weight[:, None, :], points.score[:, None, :]
    level = (~points.differenced).astype(float)[:, None, :]  # what multiplies c
    ll, ly = (weight * level).sum(-1), (weight * level * score).sum(-1)
    lh, hh = (weight * level * decay).sum(-1), (weight * decay**2).sum(-1)
    hy = (weight * decay * score).sum(-1)
    across = decay - level * (lh / ll)[:, :, None]  # the part of the decay that no shift of c can imitate
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = -(weight * across * score).sum(-1) / (weight * across**2).sum(-1)
        top = -(hy - HIGHEST * lh) / hh
        side = (ly - hy - low * (ll - lh)) / (ll - 2 * lh + hh)
    c_inside = (ly + inside * lh) / ll
    feasible = (inside >= 0) & (c_inside <= HIGHEST) & (c_inside - inside >= low)
    on_side = np.clip(np.nan_to_num(side), 0, HIGHEST - low)
    edges = [
        (np.clip(ly / ll, low, HIGHEST), np.zeros(1)),
        (np.array([HIGHEST]), np.clip(np.nan_to_num(top), 0, HIGHEST - low)),
        (low + on_side, on_side),
    ]
    c, A = (np.stack([np.broadcast_to(edge[i], lh.shape) for edge in edges]) for i in (0, 1))
    # without the constant sum of squared scores, which no choice of edge changes
    loss = c**2 * ll - 2 * c * ly + 2 * A * hy - 2 * c * A * lh + A**2 * hh
    best = loss.argmin(axis=0)[None]
    amplitude = np.where(feasible, inside, np.take_along_axis(A, best, 0)[0])
    asymptote = np.where(feasible, c_inside, np.take_along_axis(c, best, 0)[0])
    residual = score - level * asymptote[:, :, None] + amplitude[:, :, None] * decay
    return asymptote, amplitude, (weight * residual**2).sum(-1)


def search(points: CurvePoints, lowest: Floats, positive: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """Find the weight, and with it c and A, of the least sum of squares.

    Parameters
    ----------
    points : CurvePoints
        The curves, each with some x other than 0.
    lowest : ndarray, shape (curves,)
        Lower bound of c - A.
    positive : bool
        Whether negative weights are excluded.

    Returns
    -------
    a, c, amplitude, sse : ndarray, shape (curves,)
    """
    shapes = _SHAPES if positive else np.concatenate([-_SHAPES[::-1], [0.0], _SHAPES])
    padded = np.concatenate([[0.0 if positive else -STEEPEST], shapes, [STEEPEST]])
    scale = 1 / points.largest_x
    best = best_line(points, scale[:, None] * shapes, lowest)[2].argmin(axis=1)
    left, right = padded[best] * scale, padded[best + 2] * scale

    def loss(a: Floats) -> Floats:
        return best_line(points, a[:, None], lowest)[2][:, 0]

    low_probe, high_probe = right - _GOLDEN * (right - left), left + _GOLDEN * (right - left)
    low_loss, high_loss = loss(low_probe), loss(high_probe)
    for _ in range(_STEPS):
        lower = low_loss <= high_loss
        left, right = np.where(lower, left, low_probe), np.where(lower, high_probe, right)
        probe = np.where(lower, right - _GOLDEN * (right - left), left + _GOLDEN * (right - left))
        probed = loss(probe)
        low_probe, high_probe = np.where(lower, probe, high_probe), np.where(lower, low_probe, probe)
        low_loss, high_loss = np.where(lower, probed, high_loss), np.where(lower, low_loss, probed)
    a = (left + right) / 2
    c, amplitude, sse = (part[:, 0] for part in best_line(points, a[:, None], lowest))
    return a, c, amplitude, sse

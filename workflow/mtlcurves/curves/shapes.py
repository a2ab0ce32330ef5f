"""The forms as the fast fit sees them: a weighted mean of two levels, bent by one or two numbers.

Every form but EXPP3 can be written ``limit + (start - limit) * phi(x; theta)`` with at most two entries in
theta; given theta, the two levels are a linear least-squares problem (variable projection). EXPP3 is
``limit + offset(x; theta)``. x is scaled by its largest value, so theta is of order one for any data.

Bounds are part of each form's definition here. A level that the score has with endless data lies in [0, 1];
so does a level that it has with none, which may have a tighter lower bound (see
:func:`mtlcurves.curves.exponential.lowest_start`); rates times the largest x lie in [0.001, 60], exponents in
[0.1, 10]. Forms that have no such level (LIN2, LOG2, ILOG2, POW2, EXP2, VAP3, EXPP3) are free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtlcurves.curves.forms import Array, clipped_exp

FREE = (-np.inf, np.inf)
SCORE = (0.0, 1.0)
ZERO = (0.0, 0.0)
POSITIVE = (1e-6, np.inf)


@dataclass(frozen=True)
class Points:
    """Numbers of labels as the shapes take them; arrays broadcast over (..., points).

    Attributes
    ----------
    u, log_u : ndarray
        x over the largest fitted x, and its logarithm.
    log_scale : ndarray
        Logarithm of the largest fitted x.
    log_first : ndarray
        Logarithm of the smallest fitted u.
    """

    u: Array
    log_u: Array
    log_scale: Array
    log_first: Array

    @classmethod
    def of(cls, x: Array) -> Points:
        """Scale numbers of labels, shape (curves, points), each curve by its own largest."""
        scale = x.max(axis=-1, keepdims=True)
        u = x / scale
        log_u = np.log(u)
        return cls(u, log_u, np.log(scale), log_u.min(axis=-1, keepdims=True))

    def __getitem__(self, key: Any) -> Points:
        """Select curves, or add axes, alike in every array."""
        return Points(self.u[key], self.log_u[key], self.log_scale[key], self.log_first[key])


@dataclass(frozen=True)
class Axis:
    """One entry of theta: the coefficient it stands for, its bounds and where its grid of starts lies."""

    coefficient: str
    low: float
    high: float
    grid: tuple[float, ...]


@dataclass(frozen=True)
class Shape:
    """A form in terms of two levels and theta.

    Attributes
    ----------
    phi : callable
        ``phi(points, *theta)``, the weight of the start level.
    coefficients : callable
        ``coefficients(limit, start, points, *theta)``, the form's own coefficients, for x in labels.
    axes : tuple of Axis
        Entries of theta.
    limit, start : tuple of float
        Bounds of the two levels.
    start_is_score : bool
        Whether the start level is the score without data, which has a lower bound of its own.
    rising : bool
        Whether the start must lie below the limit.
    offset : callable or None
        ``offset(points, *theta)``, added to the curve.
    """

    phi: Callable[..., Array]
    coefficients: Callable[..., tuple[Array, ...]]
    axes: tuple[Axis, ...] = ()
    limit: tuple[float, float] = FREE
    start: tuple[float, float] = FREE
    start_is_score: bool = False
    rising: bool = False
    offset: Callable[..., Array] | None = None

    def grid(self) -> Array:
        """All combinations of the axes' starts, shape (combinations, axes)."""
        if not self.axes:
            return np.empty((1, 0))
        return np.stack(np.meshgrid(*(axis.grid for axis in self.axes), indexing="ij"), axis=-1).reshape(
            -1, len(self.axes)
        )


def _log_axis(coefficient: str, low: float, high: float, count: int) -> Axis:
    log_low, log_high = float(np.log(low)), float(np.log(high))
    return Axis(coefficient, log_low, log_high, tuple(np.linspace(log_low, log_high, count)))


def _signed_axis(coefficient: str, low: float, high: float, smallest: float, count: int) -> Axis:
    magnitudes = np.geomspace(smallest, max(-low, high), count)
    values = np.concatenate([-magnitudes[::-1], magnitudes])
    return Axis(coefficient, low, high, tuple(values[(values >= low) & (values <= high)]))


def _middle(p: Points) -> Array:
    # logarithm of the middle of the fitted sizes, where a sigmoid's two numbers are least entangled
    return p.log_first / 2


def _sigmoid(p: Points, log_k: Array, d: Array) -> Array:
    # k (u / middle)^d, which is a x^d with log a = _log_rate
    return clipped_exp(log_k + d * (p.log_u - _middle(p)))


def _log_rate(p: Points, log_k: Array, d: Array) -> Array:
    return log_k - d * (_middle(p) + p.log_scale)


def _exponential(p: Points, log_rate: Array) -> Array:
    return clipped_exp(-np.exp(log_rate) * p.u)


def _weibull(p: Points, log_k: Array, log_d: Array) -> Array:
    return clipped_exp(-_sigmoid(p, log_k, np.exp(log_d)))


def _weibull_rate(p: Points, log_k: Array, log_d: Array) -> tuple[Array, Array]:
    return clipped_exp(_log_rate(p, log_k, np.exp(log_d))), np.exp(log_d)


def _hill(p: Points, log_k: Array, log_d: Array) -> Array:
    return 1 / (1 + _sigmoid(p, log_k, np.exp(log_d)))


def _mmf4(limit: Array, start: Array, p: Points, log_k: Array, log_d: Array) -> tuple[Array, ...]:
    return start, clipped_exp(-_log_rate(p, log_k, np.exp(log_d))), limit, np.exp(log_d)


def _logpow3(_: Array, start: Array, p: Points, log_k: Array, c: Array) -> tuple[Array, ...]:
    c = np.where(np.abs(c) < 1e-9, 1e-9, c)  # b = log k / c does not exist for a flat curve
    return start, _middle(p) + p.log_scale - log_k / c, c


def _vap3(_: Array, start: Array, p: Points, b: Array, c: Array) -> tuple[Array, ...]:
    return np.log(start) - b - c * p.log_scale, b * np.exp(p.log_scale), c


def _pow3(limit: Array, start: Array, p: Points, log_c: Array) -> tuple[Array, ...]:
    c = np.exp(log_c)
    return limit, (limit - start) * clipped_exp(c * (p.log_first + p.log_scale)), c


def _log_shifted(p: Points, shift: Array) -> Array:
    # log(u + d), with d from the smallest fitted u, so that it stays positive
    return np.log(p.u - np.exp(p.log_first) + np.exp(shift))


def _pow4(limit: Array, start: Array, p: Points, log_c: Array, shift: Array) -> tuple[Array, ...]:
    c, scale = np.exp(log_c), np.exp(p.log_scale)
    amplitude = (limit - start) * clipped_exp(c * (shift + p.log_scale))
    return limit, amplitude, c, (np.exp(shift) - np.exp(p.log_first)) * scale


def _expp3_offset(p: Points, a: Array, shift: Array) -> Array:
    # exp(z) is far out of any score's range at z = 20; beyond, z grows so fast that points would coincide (and
    # fit perfectly) once clipped or rounded, so the offset goes on in log z
    log_z = a * (_log_shifted(p, shift) + p.log_scale)
    beyond = np.maximum(log_z - _LOG_20, 0.0)
    return np.asarray(-np.exp(np.exp(np.minimum(log_z, _LOG_20))) * (1 + 20 * beyond))


def _expp3(_: Array, start: Array, p: Points, a: Array, shift: Array) -> tuple[Array, ...]:
    return a, (np.exp(p.log_first) - np.exp(shift)) * np.exp(p.log_scale), start


_LOG_20 = float(np.log(20.0))
_RATE_GRID = (1e-3, 60.0, 36)
_SCALE_GRID = (float(np.exp(-12.0)), float(np.exp(12.0)), 25)
_EXPONENT = _log_axis("d", 0.1, 10.0, 15)
_SHIFT_GRID = (1e-3, 1e2, 14)


def _between_scores(
    phi: Callable[..., Array],
    coefficients: Callable[..., tuple[Array, ...]],
    *axes: Axis,
    rising: bool = False,
) -> Shape:
    return Shape(phi, coefficients, axes, SCORE, SCORE, start_is_score=True, rising=rising)


SHAPES: dict[str, Shape] = {
    "POW2": Shape(
        lambda p, b: clipped_exp(-b * p.log_u),
        lambda _, y, p, b: (-y * np.exp(b * p.log_scale), b),
        (_signed_axis("b", -5.0, 5.0, 0.02, 20),),
        limit=ZERO,
    ),
    "LOG2": Shape(lambda p: p.log_u, lambda c, y, p: (c - y, c + (c - y) * p.log_scale)),
    "EXP2": Shape(
        lambda p, b: clipped_exp(-b * p.u),
        lambda _, y, p, b: (y, b * np.exp(-p.log_scale)),
        (_signed_axis("b", -10.0, 50.0, 0.01, 25),),
        limit=ZERO,
    ),
    "LIN2": Shape(lambda p: p.u, lambda c, y, p: ((y - c) * np.exp(-p.log_scale), c)),
    "ILOG2": Shape(lambda p: 1 / (p.log_u + p.log_scale), lambda c, y, _: (c - y, c)),
    "POW3": Shape(
        lambda p, t: clipped_exp(-np.exp(t) * (p.log_u - p.log_first)),
        _pow3,
        (_log_axis("c", 0.01, 10.0, 40),),
        limit=SCORE,
    ),
    "EXP3": _between_scores(
        _exponential,
        lambda c, y, p, t: (np.exp(t - p.log_scale), np.log(c - y), c),
        _log_axis("a", *_RATE_GRID),
        rising=True,
    ),
    "VAP3": Shape(
        lambda p, b, c: clipped_exp(b * (1 / p.u - 1) + c * p.log_u),
        _vap3,
        (_signed_axis("b", -5.0, 5.0, 0.005, 10), _signed_axis("c", -5.0, 5.0, 0.02, 10)),
        limit=ZERO,
        start=POSITIVE,
    ),
    "EXPP3": Shape(
        lambda p, a, shift: np.ones_like(p.u + a + shift),
        _expp3,
        (_signed_axis("a", -5.0, 3.0, 0.01, 30), _log_axis("b", 1e-3, 1e2, 9)),
        limit=ZERO,
        offset=_expp3_offset,
    ),
    "EXPD3": _between_scores(
        _exponential, lambda c, y, p, t: (y, np.exp(t - p.log_scale), c), _log_axis("b", *_RATE_GRID)
    ),
    "LOGPOW3": Shape(
        lambda p, log_k, c: 1 / (1 + _sigmoid(p, log_k, c)),
        _logpow3,
        (_log_axis("b", *_SCALE_GRID), _signed_axis("c", -10.0, 10.0, 0.05, 9)),
        limit=ZERO,
        start=SCORE,
    ),
    "MMF4": _between_scores(_hill, _mmf4, _log_axis("b", *_SCALE_GRID), _EXPONENT),
    "WBL4": _between_scores(
        _weibull,
        lambda c, y, p, *t: (_weibull_rate(p, *t)[0], c - y, c, _weibull_rate(p, *t)[1]),
        _log_axis("a", *_SCALE_GRID),
        _EXPONENT,
    ),
    "EXP4": _between_scores(
        _weibull,
        lambda c, y, p, *t: (_weibull_rate(p, *t)[0], np.log(c - y), c, _weibull_rate(p, *t)[1]),
        _log_axis("a", *_SCALE_GRID),
        _EXPONENT,
        rising=True,
    ),
    "POW4": Shape(
        lambda p, t, shift: clipped_exp(-np.exp(t) * (_log_shifted(p, shift) - shift)),
        _pow4,
        (_log_axis("c", 0.01, 20.0, 16), _log_axis("d", *_SHIFT_GRID)),
        limit=SCORE,
    ),
    "JANOSCHEK4": _between_scores(
        _weibull,
        lambda c, y, p, *t: (c, c - y, *_weibull_rate(p, *t)),
        _log_axis("c", *_SCALE_GRID),
        _EXPONENT,
    ),
}

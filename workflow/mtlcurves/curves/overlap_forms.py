"""Curves of what is left of a correlation as fewer labels, or fewer shared ones, are there (P2 section 4.3).

The published claim is a sigmoid. Theory gives no threshold: similarity shrinks linearly with Ochiai overlap, and
the paper's own derivation gives a hyperbola, which has no inflection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

Floats = npt.NDArray[np.float64]

STEEPNESS, MIDPOINTS = (0.02, 0.05, 0.1, 0.2, 0.4), (10.0, 25.0, 40.0, 60.0, 80.0)
LINE = "linear in Ochiai"


@dataclass(frozen=True)
class Form:
    """A curve: its parameters, their bounds (those of P2's code), where to start; of the level in per cent.

    The straight line is of the Ochiai overlap itself.
    """

    curve: Callable[[Floats, Floats], Floats]
    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Fit:
    """A fitted form.

    Attributes
    ----------
    values : ndarray
        Parameters, in the form's order.
    r2, aicc : float
        Share of the variance explained, and Akaike's criterion corrected for few points.
    """

    values: Floats
    r2: float
    aicc: float


def _sigmoid(x: Floats, values: Floats) -> Floats:
    limit, steepness, midpoint, *floor = values
    return np.asarray(limit / (1 + np.exp(-steepness * (x - midpoint))) + sum(floor))


def _hyperbola(x: Floats, values: Floats) -> Floats:
    limit, midpoint = values
    part, half = x / 100, midpoint / 100
    # with h = half / (1 - half); limit where both parts are 0
    shared, other = part * (1 - half), (1 - part) * half
    return np.asarray(limit * shared / np.maximum(shared + other, 1e-12))


def _line(overlap: Floats, values: Floats) -> Floats:
    at_one, at_zero = values
    return np.asarray(at_zero + (at_one - at_zero) * overlap)


_GRID = tuple(product((0.7,), STEEPNESS, MIDPOINTS))
FORMS = {
    "sigmoid": Form(
        _sigmoid,
        ("limit", "steepness", "midpoint", "floor"),
        (0.0, 0.01, 0.0, -1.0),
        (1.5, 0.5, 100.0, 1.0),
        tuple((*start, 0.1) for start in _GRID),
    ),
    "sigmoid to 0": Form(_sigmoid, ("limit", "steepness", "midpoint"), (0.0, 0.01, 0.0), (1.5, 0.5, 100.0), _GRID),
    "hyperbola": Form(
        _hyperbola, ("limit", "midpoint"), (-1.5, 0.0), (1.5, 100.0), tuple((0.7, start) for start in MIDPOINTS)
    ),
    LINE: Form(_line, ("limit", "floor"), (-9, -9), (9, 9), ((0.7, 0.0),)),
}


def fit(form: Form, x: Floats, y: Floats, starts: tuple[tuple[float, ...], ...] | None = None) -> Fit:
    """Fit a form by least squares, from the best of its starts.

    Parameters
    ----------
    form : Form
        Curve.
    x, y : ndarray, shape (levels,)
        Levels in per cent (overlaps, for the straight line) and correlations.
    starts : tuple of tuple of float, optional
        Where to start, in place of the form's own.
    """

    def residuals(values: Floats) -> Floats:
        return form.curve(x, values) - y

    bounds = (form.low, form.high)
    tried = [least_squares(residuals, start, bounds=bounds) for start in starts or form.starts]
    best = min(tried, key=lambda one: one.cost)
    errors = 2 * best.cost
    total = float(((y - y.mean()) ** 2).sum())
    n, k = len(y), len(form.names) + 1  # the variance of the errors is estimated too
    room = n - k - 1
    aicc = n * np.log(max(errors, 1e-300) / n) + 2 * k * n / room if room > 0 else np.nan
    return Fit(np.asarray(best.x), 1 - errors / total if total > 0 else np.nan, float(aicc))

"""The linear half of variable projection: the two levels of a shape, given theta, within their bounds.

``y = limit + (start - limit) * phi`` has a closed-form least-squares solution; when it breaks a bound, the best
point lies on an edge of the box that it breaks, and each edge has a closed form too. All operations run over
any leading axes at once (curves, or curves x grid of theta).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mtlcurves.curves.forms import Array
from mtlcurves.curves.shapes import Points, Shape

# the smallest rise of a form that must rise: its exp(b) stays above 0, and b finite
SMALLEST_RISE = 1e-6


@dataclass(frozen=True)
class Box:
    """Bounds of the two levels; each array broadcasts over the curves."""

    limit_low: Array
    limit_high: Array
    start_low: Array
    start_high: Array

    def __getitem__(self, key: Any) -> Box:
        """Select curves, or add axes, alike in every bound."""
        bounds = (self.limit_low, self.limit_high, self.start_low, self.start_high)
        return Box(*(bound[key] for bound in bounds))


def project(shape: Shape, points: Points, theta: Array, y: Array, box: Box) -> tuple[Array, Array, Array]:
    """Best levels for given theta.

    Parameters
    ----------
    shape : Shape
        The form.
    points : Points
        Numbers of labels, (..., n).
    theta : ndarray, shape (..., axes)
        Nonlinear coefficients.
    y : ndarray, shape (..., n)
        Scores.
    box : Box
        Bounds of the levels, (...).

    Returns
    -------
    limit, start : ndarray, shape (...)
        The levels.
    residuals : ndarray, shape (..., n)
        y minus the curve.
    """
    entries = tuple(theta[..., k, None] for k in range(theta.shape[-1]))
    phi = shape.phi(points, *entries)
    target = y if shape.offset is None else y - shape.offset(points, *entries)
    limit, start = _levels(phi, target, box)
    if shape.rising:
        flat = start > limit - SMALLEST_RISE
        low = np.maximum(box.limit_low, box.start_low + SMALLEST_RISE)
        limit = np.where(flat, np.clip(target.mean(axis=-1), low, box.limit_high), limit)
        start = np.where(flat, limit - SMALLEST_RISE, start)
    return limit, start, target - limit[..., None] - (start - limit)[..., None] * phi


def sum_of_squares(residuals: Array) -> Array:
    """Sum of squares over the last axis."""
    return np.asarray(np.einsum("...n,...n->...", residuals, residuals))


def _levels(phi: Array, y: Array, box: Box) -> tuple[Array, Array]:
    mean_phi, mean_y = phi.mean(axis=-1), y.mean(axis=-1)
    centred = phi - mean_phi[..., None]
    variance = np.einsum("...n,...n->...", centred, centred)
    slope = np.einsum("...n,...n->...", centred, y) / np.where(variance > 1e-30, variance, np.inf)
    limit = mean_y - slope * mean_phi
    start = limit + slope
    broken = (
        (limit < box.limit_low) | (limit > box.limit_high) | (start < box.start_low) | (start > box.start_high)
    )
    if not broken.any():
        return limit, start
    bounds = tuple(np.broadcast_to(bound, broken.shape)[broken] for bound in vars(box).values())
    y_broken = np.broadcast_to(y, phi.shape)[broken]
    limit[broken], start[broken] = _on_edge(phi[broken], y_broken, limit[broken], start[broken], Box(*bounds))
    return limit, start


def _on_edge(phi: Array, y: Array, limit: Array, start: Array, box: Box) -> tuple[Array, Array]:
    # one candidate has the limit at its bound, the other the start; the better one is the constrained optimum
    rest = 1 - phi
    phi_phi, rest_rest = np.einsum("in,in->i", phi, phi), np.einsum("in,in->i", rest, rest)
    phi_rest = np.einsum("in,in->i", phi, rest)
    phi_y, rest_y = np.einsum("in,in->i", phi, y), np.einsum("in,in->i", rest, y)

    def loss(limit: Array, start: Array) -> Array:
        linear = limit * (limit * rest_rest - 2 * rest_y) + start * (start * phi_phi - 2 * phi_y)
        return np.asarray(linear + 2 * limit * start * phi_rest)

    limit_1 = np.clip(limit, box.limit_low, box.limit_high)
    start_1 = (phi_y - limit_1 * phi_rest) / np.maximum(phi_phi, 1e-300)
    start_1 = np.clip(start_1, box.start_low, box.start_high)
    start_2 = np.clip(start, box.start_low, box.start_high)
    limit_2 = (rest_y - start_2 * phi_rest) / np.maximum(rest_rest, 1e-300)
    limit_2 = np.clip(limit_2, box.limit_low, box.limit_high)
    first = loss(limit_1, start_1) <= loss(limit_2, start_2)
    return np.where(first, limit_1, limit_2), np.where(first, start_1, start_2)

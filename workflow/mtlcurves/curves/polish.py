"""A bounded, damped Newton polish of theta, for many curves at once and for every form alike.

The residuals are those after projection (the levels are solved for at every theta), so at most two numbers are
searched. Their first and second derivatives come from finite differences; where the full second derivative of the
loss is not positive, its Gauss-Newton part takes its place (Levenberg-Marquardt). The step is solved in closed
form, three dampings are tried in each round, and the best is kept.
"""

from __future__ import annotations

import numpy as np

from mtlcurves.curves.forms import Array
from mtlcurves.curves.projection import Box, project, sum_of_squares
from mtlcurves.curves.shapes import Points, Shape

# entries of theta are logarithms, or numbers of order one
_NUDGE = 1e-4
_ROUNDS = 150
_DAMPINGS = (0.1, 1.0, 10.0)
_LARGEST_DAMPING = 1e7
# a step that promises to lower the sum of squares by a smaller share is not worth taking
_TOLERANCE = 1e-11
# below, residuals are 1e-10 and a curve is met exactly
_EXACT = 1e-20


def polish(shape: Shape, points: Points, theta: Array, y: Array, box: Box) -> tuple[Array, Array]:
    """Improve theta from its starts until the sum of squares stands still.

    Parameters
    ----------
    shape : Shape
        The form.
    points : Points
        Numbers of labels, (fits, n).
    theta : ndarray, shape (fits, axes)
        Starts, within the axes' bounds.
    y : ndarray, shape (fits, n)
        Scores.
    box : Box
        Bounds of the levels, (fits,).

    Returns
    -------
    theta : ndarray, shape (fits, axes)
        Never worse than the start.
    sse : ndarray, shape (fits,)
        Sum of squared residuals.
    """
    theta = theta.copy()
    sse = sum_of_squares(project(shape, points, theta, y, box)[2])
    damping = np.full(len(theta), 1e-3)
    active = np.arange(len(theta)) if shape.axes else np.arange(0)
    for _ in range(_ROUNDS):
        if active.size == 0:
            break
        p, t, scores, bounds = points[active], theta[active], y[active], box[active]
        new_theta, new_sse, new_damping, promised = _round(
            shape, p, t, scores, bounds, sse[active], damping[active]
        )
        gain = sse[active] - new_sse
        theta[active], sse[active], damping[active] = new_theta, new_sse, new_damping
        enough = np.maximum(_TOLERANCE * new_sse, _EXACT)
        # without gain the step may only have been too bold: that ends when the damping has grown as well
        done = (promised <= enough) | ((gain <= enough) & ((gain > 0) | (new_damping > _LARGEST_DAMPING)))
        active = active[~done]
    return theta, sse


def _round(
    shape: Shape, points: Points, theta: Array, y: Array, box: Box, sse: Array, damping: Array
) -> tuple[Array, Array, Array, Array]:
    gradient, hessian = _derivatives(shape, points, theta, y, box)
    low, high = (np.array([getattr(axis, end) for axis in shape.axes]) for end in ("low", "high"))
    # an entry that presses on its bound stays there
    gradient = np.where(((theta <= low) & (gradient > 0)) | ((theta >= high) & (gradient < 0)), 0.0, gradient)
    dampings = damping * np.array(_DAMPINGS)[:, None]
    steps = _step(gradient, hessian, dampings)
    promised = -np.einsum("ik,sik->si", gradient, steps).min(axis=0)
    trials = np.clip(theta + steps, low, high)
    trial_sse = sum_of_squares(project(shape, points, trials, y, box)[2])
    best, fits = trial_sse.argmin(axis=0), np.arange(len(theta))
    better = trial_sse[best, fits] < sse
    return (
        np.where(better[:, None], trials[best, fits], theta),
        np.where(better, trial_sse[best, fits], sse),
        np.where(better, np.maximum(dampings[best, fits], 1e-12), damping * 1e3),
        promised,
    )


def _derivatives(shape: Shape, points: Points, theta: Array, y: Array, box: Box) -> tuple[Array, Array]:
    """Gradient and second derivative of half the sum of squares, shapes (fits, axes) and (fits, axes, axes)."""
    axes = theta.shape[1]
    unit = np.eye(axes)
    # here, a nudge ahead and behind along each axis, and one along both where there are two
    nudges = np.concatenate([np.zeros((1, axes)), unit, -unit, np.ones((axes - 1, axes))])
    residuals = project(shape, points, theta + _NUDGE * nudges[:, None], y, box)[2]
    here, ahead, behind = residuals[0], residuals[1 : 1 + axes], residuals[1 + axes : 1 + 2 * axes]
    jacobian = (ahead - behind) / (2 * _NUDGE)
    gradient = np.einsum("kin,in->ik", jacobian, here)
    gauss_newton = np.einsum("kin,lin->ikl", jacobian, jacobian)
    hessian = gauss_newton.copy()
    curved = (ahead - 2 * here + behind) / _NUDGE**2
    for k in range(axes):
        hessian[:, k, k] += np.einsum("in,in->i", curved[k], here)
    positive = hessian[:, 0, 0] > 0
    if axes == 2:
        mixed = (residuals[-1] - ahead[0] - ahead[1] + here) / _NUDGE**2
        hessian[:, 0, 1] += np.einsum("in,in->i", mixed, here)
        hessian[:, 1, 0] = hessian[:, 0, 1]
        positive &= hessian[:, 0, 0] * hessian[:, 1, 1] > hessian[:, 0, 1] ** 2
    return gradient, np.where(positive[:, None, None], hessian, gauss_newton)


def _step(gradient: Array, hessian: Array, damping: Array) -> Array:
    """Solve for the damped step; dampings (..., fits) give steps (..., fits, axes)."""
    diagonal = np.einsum("ikk->ik", hessian)
    damped = diagonal * (1 + damping[..., None]) + 1e-12 * diagonal.max(axis=1, keepdims=True) + 1e-300
    if gradient.shape[1] == 1:
        return np.asarray(-gradient / damped)
    off = np.where((gradient == 0).any(axis=1), 0.0, hessian[:, 0, 1])
    determinant = damped[..., 0] * damped[..., 1] - off**2
    determinant = np.where(determinant > 0, determinant, np.inf)
    first = damped[..., 1] * gradient[:, 0] - off * gradient[:, 1]
    second = damped[..., 0] * gradient[:, 1] - off * gradient[:, 0]
    return np.asarray(-np.stack([first, second], axis=-1) / determinant[..., None])

"""The curve of a target in its own labels and all others', fitted to every arm that has them at once.

One curve serves the single-task points (no labels of other tasks), the multi-task points and the points whose own
and complement size differ (equations 14 and 15 of P1, with one b and one c for both):

    score = c - exp(b - a_i n_i - a_iS n_S)

On multi-task points of equal sizes n_i and n_S are proportional, so only the sum of their shares is known there;
the single-task points tell them apart. P1 freezes a_i from a fit of its own and passes that fit's whole error on;
fitted together, both kinds of points correct each other.

All curves are fitted side by side: the best of a grid, then Levenberg and Marquardt's steps within the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mtlcurves.curves.profile import CurvePoints, best_line
from mtlcurves.curves.score_arrays import Floats, Mask

PARAMETERS = ("c", "b", "a_i", "a_iS")
"""Order of the coefficients on the last axis of every array here."""
MIN_POINTS = 5
"""Points a fit needs: one more than its coefficients."""

_OWN = np.geomspace(0.02, 20, 22)  # a_i times the largest n_i that are tried
_OTHERS = np.concatenate([-np.geomspace(4, 0.02, 10), [0], np.geomspace(0.02, 4, 10)])  # the same of a_iS
_LOWEST = np.array([0.0, -12.0, 1e-3, -60.0])  # bounds, own and complement labels scaled to 1
_HIGHEST = np.array([1.0, 0.0, 60.0, 60.0])
_STEPS = 80
_CONVERGED = 1e-12


@dataclass(frozen=True)
class BaseCurves:
    """Fitted curves, one for each target.

    Attributes
    ----------
    value : ndarray, shape (targets, 4)
        c, b, a_i and a_iS (per 1,000 labels); NaN where there is no fit.
    influence : ndarray, shape (targets, rotations, 4)
        What each rotation's scores pull the coefficients by, to first order; 0 for a coefficient at its bound.
        Their mean is 0; their spread over rotations is the coefficients' uncertainty.
    bound : ndarray of bool, shape (targets, 4)
        Whether a coefficient stands at a bound.
    misfit : ndarray, shape (targets,)
        Root mean square of the residuals of the mean scores.
    n_points : ndarray of int, shape (targets,)
        Points fitted.
    """

    value: Floats
    influence: Floats
    bound: Mask
    misfit: Floats
    n_points: NDArray[np.int64]

    def gap(self, own: Floats, complement: Floats) -> Floats:
        """Return exp(b - a_i n_i - a_iS n_S) for labels of shape (..., targets), in thousands."""
        _, b, a_i, a_iS = self.value.T
        return np.asarray(np.exp(b - a_i * own - a_iS * complement))


def fit_base(score: Floats, own: Floats, complement: Floats, valid: Mask, both: bool = True) -> BaseCurves:
    """Fit the base curve of every target to its mean scores.

    Parameters
    ----------
    score, own, complement : ndarray, shape (targets, points, rotations)
        Scores, and labels of the target and of all other tasks in thousands; NaN for points that do not exist.
    valid : ndarray of bool, shape (targets, rotations)
        Rotations that have a score at every point.
    both : bool
        False: a_iS is 0. For points of one kind only, whose own and complement labels are proportional.

    Returns
    -------
    BaseCurves
        Without a fit where there are fewer than :data:`MIN_POINTS` points or no valid rotation.
    """
    weight = valid[:, None, :] / np.maximum(valid.sum(axis=1), 1)[:, None, None]
    y, n_i, n_S = (np.nansum(part * weight, axis=2) for part in (score, own, complement))
    exists = np.isfinite(score).any(axis=2) & np.asarray(valid.any(axis=1))[:, None]
    enough = exists.sum(axis=1) >= MIN_POINTS
    scale_i, scale_S = (np.maximum(np.where(exists, part, 0).max(axis=1), 1e-12) for part in (n_i, n_S))
    u, w = n_i / scale_i[:, None], n_S / scale_S[:, None]
    free = np.ones((len(y), 4), bool)
    free[:, 3] = both & (w * exists > 0).any(axis=1)
    theta = _start(y, u, w, exists, free[:, 3])
    theta, bound = _polish(theta, y, u, w, exists, free)
    jacobian, residual = _linearised(theta, y, u, w, exists)
    active = free & ~bound
    solver = _solver(jacobian, active)
    scaled = np.stack([np.ones(len(y)), np.ones(len(y)), scale_i, scale_S], axis=1)
    by_rotation = (own / scale_i[:, None, None], complement / scale_S[:, None, None])
    expected = _curve(theta, *(np.nan_to_num(part) for part in by_rotation))
    deviation = np.where(valid[:, None, :] & exists[:, :, None], np.nan_to_num(score) - expected, 0.0)
    influence = np.einsum("tkp,tpr->trk", solver, deviation)
    influence = np.where(valid[:, :, None], influence - _mean_over(influence, valid), 0.0)
    count = exists.sum(axis=1)
    misfit = np.sqrt((residual**2).sum(axis=1) / np.maximum(count, 1))
    lost = ~enough
    value = np.where(lost[:, None], np.nan, theta / scaled)
    return BaseCurves(value, influence / scaled[:, None, :], bound & free, np.where(lost, np.nan, misfit), count)


def _mean_over(influence: Floats, valid: Mask) -> Floats:
    total = (influence * valid[:, :, None]).sum(axis=1)
    return np.asarray((total / np.maximum(valid.sum(axis=1), 1)[:, None])[:, None, :])


def _start(y: Floats, u: Floats, w: Floats, exists: Mask, others: Mask) -> Floats:
    """Return the best curve of a grid of weights; b and c are exact for each."""
    best = np.full(len(y), np.inf)
    theta = np.zeros((len(y), 4))
    steepness = np.broadcast_to(_OWN, (len(y), len(_OWN)))
    for share in _OTHERS:
        points = CurvePoints.of(y, u, share * w, exists.astype(float))
        c, amplitude, sse = best_line(points, steepness, np.zeros(len(y)))
        at = np.argmin(sse, axis=1)
        rows = np.arange(len(y))
        better = (sse[rows, at] < best) & (others | (share == 0))
        best = np.where(better, sse[rows, at], best)
        b = np.log(np.maximum(amplitude[rows, at], 1e-5))
        found = np.stack([c[rows, at], b, _OWN[at], np.full(len(y), share)], axis=1)
        theta = np.where(better[:, None], found, theta)
    return np.clip(theta, _LOWEST, _HIGHEST)


def _curve(theta: Floats, u: Floats, w: Floats) -> Floats:
    """Scores of scaled labels, shape (targets, points, ...)."""
    c, b, a_i, a_iS = (theta[:, k].reshape((-1,) + (1,) * (u.ndim - 1)) for k in range(4))
    return np.asarray(c - np.exp(np.clip(b - a_i * u - a_iS * w, -700, 50)))


def _linearised(theta: Floats, y: Floats, u: Floats, w: Floats, exists: Mask) -> tuple[Floats, Floats]:
    """Jacobian, shape (targets, points, 4), and residuals of the existing points."""
    gap = theta[:, :1] - _curve(theta, u, w)
    jacobian = np.stack([np.ones_like(gap), -gap, gap * u, gap * w], axis=2) * exists[:, :, None]
    return jacobian, np.where(exists, y - theta[:, :1] + gap, 0.0)


def _polish(theta: Floats, y: Floats, u: Floats, w: Floats, exists: Mask, free: Mask) -> tuple[Floats, Mask]:
    """Make damped Gauss-Newton steps within the bounds, each row with a damping of its own."""
    damping = np.full(len(theta), 1e-3)
    bound = np.zeros_like(free)
    jacobian, residual = _linearised(theta, y, u, w, exists)
    loss = (residual**2).sum(axis=1)
    for _ in range(_STEPS):
        gradient = np.einsum("tpk,tp->tk", jacobian, residual)  # towards a smaller loss
        bound = ((theta >= _HIGHEST) & (gradient > 0)) | ((theta <= _LOWEST) & (gradient < 0))
        active = free & ~bound
        step = _damped_step(jacobian, gradient, active, damping)
        tried = np.clip(theta + step, _LOWEST, _HIGHEST)
        new_jacobian, new_residual = _linearised(tried, y, u, w, exists)
        new_loss = (new_residual**2).sum(axis=1)
        better = new_loss < loss
        gained = np.where(better, loss - new_loss, 0).max(initial=0)
        theta = np.where(better[:, None], tried, theta)
        jacobian = np.where(better[:, None, None], new_jacobian, jacobian)
        residual = np.where(better[:, None], new_residual, residual)
        loss = np.where(better, new_loss, loss)
        damping = np.clip(np.where(better, damping / 5, damping * 4), 1e-12, 1e12)
        if gained < _CONVERGED and damping.min(initial=1e12) > 1e3:
            break
    return theta, bound


def _damped_step(jacobian: Floats, gradient: Floats, active: Mask, damping: Floats) -> Floats:
    normal = np.einsum("tpk,tpl->tkl", jacobian, jacobian)
    normal = np.where(active[:, :, None] & active[:, None, :], normal, 0.0)
    diagonal = np.einsum("tkk->tk", normal)
    extra = np.where(active, damping[:, None] * np.maximum(diagonal, 1e-12), 1.0)
    normal = normal + extra[:, :, None] * np.eye(4)
    return np.asarray(np.linalg.solve(normal, np.where(active, gradient, 0.0)[:, :, None])[:, :, 0])


def _solver(jacobian: Floats, active: Mask) -> Floats:
    """Return the linear map from residuals to coefficients, shape (targets, 4, points)."""
    masked = np.where(active[:, None, :], jacobian, 0.0)
    return np.asarray(np.linalg.pinv(masked, rcond=1e-9))

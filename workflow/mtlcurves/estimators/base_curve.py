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
from scipy import stats

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
_HALVINGS = 30  # of a bracket, to the end of an interval
_CONVERGED = 1e-10  # share of the sum of squares that a last step gains
_STUCK = 1e3  # damping beyond which no step is smaller than the sum's rounding


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


@dataclass(frozen=True)
class _Scaled:
    """Mean scores of every target, with labels scaled so that the largest is 1."""

    score: Floats
    own: Floats
    others: Floats
    exists: Mask
    scale: Floats

    @classmethod
    def of(cls, score: Floats, own: Floats, complement: Floats, valid: Mask) -> _Scaled:
        weight = valid[:, None, :] / np.maximum(valid.sum(axis=1), 1)[:, None, None]
        y, n_i, n_S = (np.nansum(part * weight, axis=2) for part in (score, own, complement))
        exists = np.isfinite(score).any(axis=2) & np.asarray(valid.any(axis=1))[:, None]
        scale_i, scale_S = (np.maximum(np.where(exists, part, 0).max(axis=1), 1e-12) for part in (n_i, n_S))
        one = np.ones(len(y))
        return cls(
            y,
            n_i / scale_i[:, None],
            n_S / scale_S[:, None],
            exists,
            np.stack([one, one, scale_i, scale_S], axis=1),
        )

    def free(self, both: bool) -> Mask:
        free = np.ones((len(self.score), 4), bool)
        free[:, 3] = both & (self.others * self.exists > 0).any(axis=1)
        return free


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
    data = _Scaled.of(score, own, complement, valid)
    free = data.free(both)
    theta, bound = _polish(_start(data, free[:, 3]), data, free)
    jacobian, residual = _linearised(theta, data)
    solver = _solver(jacobian, free & ~bound)
    by_rotation = (own / data.scale[:, 2, None, None], complement / data.scale[:, 3, None, None])
    expected = _curve(theta, *(np.nan_to_num(part) for part in by_rotation))
    deviation = np.where(valid[:, None, :] & data.exists[:, :, None], np.nan_to_num(score) - expected, 0.0)
    influence = np.einsum("tkp,tpr->trk", solver, deviation)
    influence = np.where(valid[:, :, None], influence - _mean_over(influence, valid), 0.0)
    count = data.exists.sum(axis=1)
    lost = count < MIN_POINTS
    misfit = np.sqrt((residual**2).sum(axis=1) / np.maximum(count, 1))
    value = np.where(lost[:, None], np.nan, theta / data.scale)
    return BaseCurves(
        value, influence / data.scale[:, None, :], bound & free, np.where(lost, np.nan, misfit), count
    )


def profile(
    score: Floats, own: Floats, complement: Floats, valid: Mask, parameter: str, level: float
) -> tuple[Floats, Floats]:
    """Return the ends of a coefficient's profile-likelihood interval, shape (targets,) each.

    The coefficient is held at a value and all others are fitted anew; the interval holds the values at which the
    residuals' sum of squares stays below its smallest value times 1 + t^2 / freedom. An end that is not found
    within the coefficient's bounds is infinite: the scores do not tell it.

    Parameters
    ----------
    score, own, complement, valid
        As in :func:`fit_base`.
    parameter : str
        One of :data:`PARAMETERS`.
    level : float
        Coverage.
    """
    data, at = _Scaled.of(score, own, complement, valid), PARAMETERS.index(parameter)
    free = data.free(True)
    best, _ = _polish(_start(data, free[:, 3]), data, free)
    freedom = data.exists.sum(axis=1) - free.sum(axis=1)
    with np.errstate(invalid="ignore"):
        t = stats.t.ppf((1 + level) / 2, np.maximum(freedom, 1))
    allowed = _loss(best, data) * (1 + t**2 / np.maximum(freedom, 1))
    held = free & (np.arange(4) != at)

    def fitted(start: Floats, value: Floats) -> tuple[Floats, Mask]:
        theta = start.copy()
        theta[:, at] = value
        theta = _polish(theta, data, held)[0]
        return theta, np.asarray(_loss(theta, data) <= allowed)

    ends = []
    for limit in (_LOWEST[at], _HIGHEST[at]):
        outside = np.full(len(best), limit)
        _, open_ended = fitted(best, outside)
        inside, theta = best[:, at].copy(), best
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            found, good = fitted(theta, middle)
            inside, outside = np.where(good, middle, inside), np.where(good, outside, middle)
            theta = np.where(good[:, None], found, theta)
        infinite = np.inf if limit > 0 and parameter != "b" else -np.inf
        ends.append(np.where(open_ended, infinite if limit else 0.0, inside / data.scale[:, at]))
    known = free[:, at] & (freedom > 0) & (data.exists.sum(axis=1) >= MIN_POINTS)
    return np.where(known, ends[0], np.nan), np.where(known, ends[1], np.nan)


def _loss(theta: Floats, data: _Scaled) -> Floats:
    return np.asarray((_linearised(theta, data)[1] ** 2).sum(axis=1))


def _mean_over(influence: Floats, valid: Mask) -> Floats:
    total = (influence * valid[:, :, None]).sum(axis=1)
    return np.asarray((total / np.maximum(valid.sum(axis=1), 1)[:, None])[:, None, :])


def _start(data: _Scaled, others: Mask) -> Floats:
    """Return the best curve of a grid of weights; b and c are exact for each."""
    y, u, w, exists = data.score, data.own, data.others, data.exists
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


def _linearised(theta: Floats, data: _Scaled) -> tuple[Floats, Floats]:
    """Jacobian, shape (targets, points, 4), and residuals of the existing points."""
    gap = theta[:, :1] - _curve(theta, data.own, data.others)
    jacobian = np.stack([np.ones_like(gap), -gap, gap * data.own, gap * data.others], axis=2)
    jacobian *= data.exists[:, :, None]
    return jacobian, np.where(data.exists, data.score - theta[:, :1] + gap, 0.0)


def _polish(theta: Floats, data: _Scaled, free: Mask) -> tuple[Floats, Mask]:
    """Make damped Gauss-Newton steps within the bounds, each row with a damping of its own."""
    damping = np.full(len(theta), 1e-3)
    bound = np.zeros_like(free)
    jacobian, residual = _linearised(theta, data)
    loss = (residual**2).sum(axis=1)
    for _ in range(_STEPS):
        gradient = np.einsum("tpk,tp->tk", jacobian, residual)  # towards a smaller loss
        bound = ((theta >= _HIGHEST) & (gradient > 0)) | ((theta <= _LOWEST) & (gradient < 0))
        active = free & ~bound
        step = _damped_step(jacobian, gradient, active, damping)
        tried = np.clip(theta + step, _LOWEST, _HIGHEST)
        new_jacobian, new_residual = _linearised(tried, data)
        new_loss = (new_residual**2).sum(axis=1)
        better = new_loss < loss
        ended = np.where(better, loss - new_loss <= _CONVERGED * new_loss, damping > _STUCK)
        theta = np.where(better[:, None], tried, theta)
        jacobian = np.where(better[:, None, None], new_jacobian, jacobian)
        residual = np.where(better[:, None], new_residual, residual)
        loss = np.where(better, new_loss, loss)
        damping = np.clip(np.where(better, damping / 5, damping * 4), 1e-12, 1e12)
        if ended.all():
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

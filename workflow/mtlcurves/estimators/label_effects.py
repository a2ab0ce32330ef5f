"""What labels beyond a reference point do to a target: the weights a_ij, from any set of allocations.

A training with extra labels has the score (P1, equation 16, less its reference point)

    score = m + G (1 - exp(- sum over j of a_ij D_j)),

where m is the score at the reference point of the same size, G the fitted gap there to the best score
(``base_curve``), and D_j the labels that task j has beyond the reference. The reference trainings are rows with
D = 0, and m is free for each size: a misfit of the base curve, and what a rotation does to all scores alike, then
cannot pass for transfer. One raised auxiliary (statTAG) and a row of a weighing design differ in D only.

Each target is a least-squares problem of its own, solved by Gauss and Newton's steps from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mtlcurves.curves.score_arrays import Floats, Mask
from mtlcurves.estimators.base_curve import BaseCurves
from mtlcurves.estimators.exposures import Exposures

_STEPS = 25
_CLOSE = 1e-10  # change of every exponent that ends the steps
_FARTHEST = 2.0  # largest change of an exponent in one step
_RANK = 1e-8  # share of the largest eigenvalue below which weights cannot be told apart
_PART = 1e-3  # share of a weight in what cannot be told apart, from which on it has no value


@dataclass(frozen=True)
class LabelEffects:
    """Weights of one target.

    Attributes
    ----------
    value : ndarray, shape (K,)
        a_ij per 1,000 labels; at the target itself the weight of its own labels within multi-task training. NaN
        where the trainings do not tell it from others.
    influence : ndarray, shape (R, K)
        What each rotation pulls the weights by, to first order, by way of the base curve too; 0 for rotations
        that are not used. Their mean is 0.
    unit_variance : ndarray, shape (K,)
        Variance of a weight if the scores of a rotation had independent errors of variance 1.
    noise_variance : float
        Variance of such errors, from the residuals within rotations; NaN without a degree of freedom.
    freedom : int
        Its degrees of freedom.
    """

    value: Floats
    influence: Floats
    unit_variance: Floats
    noise_variance: float
    freedom: int


def label_effects(data: Exposures, target: int, base: BaseCurves, valid: Mask, ridge: float = 0.0) -> LabelEffects:
    """Estimate the weights of one target.

    Parameters
    ----------
    data : Exposures
        Multi-task trainings, the reference points among them.
    target : int
        Position of the target among the tasks.
    base : BaseCurves
        Base curves of all targets.
    valid : ndarray of bool, shape (R,)
        Rotations to use: such as have a score in every row.
    ridge : float
        Penalty on the squared share of the gap that the mean extra labels of a task close, in squared scores.
        Needed where there are fewer rows than tasks.
    """
    used = np.flatnonzero(valid)
    score = data.score[:, used, target]
    extra, reference = data.extra[:, used].mean(axis=1), data.reference[:, used].mean(axis=1)
    own = reference[:, target]
    others = reference.sum(axis=1) - own
    _, b, a_i, a_iS = base.value[target]
    gap = np.exp(b - a_i * own - a_iS * others)
    problem = _Problem(extra, gap, data.size, ridge)
    weights = problem.solve(score.mean(axis=1))
    back, unknown = problem.back(weights)

    change = problem.change(weights)
    residual = problem.without_levels(score - change[:, None])
    # what a rotation does to the gap: the change's derivatives in c, b, a_i and a_iS
    by_base = change[:, None] * np.stack([np.zeros_like(own), np.ones_like(own), -own, -others], axis=1)
    pulled = back @ (residual - by_base @ base.influence[target, used].T)
    influence = np.zeros((len(valid), extra.shape[1]))
    influence[used] = (pulled - pulled.mean(axis=1, keepdims=True)).T

    # rotations differ from their mean by noise alone: levels apart, each row has R - 1 such differences
    within = residual - residual.mean(axis=1, keepdims=True)
    freedom = (len(score) - problem.n_levels) * (len(used) - 1)
    noise = float((within**2).sum() / freedom) if freedom > 0 else np.nan
    return LabelEffects(
        np.where(unknown, np.nan, weights), influence, (back**2).sum(axis=1) / max(len(used), 1), noise, freedom
    )


class _Problem:
    """One target's least squares: rows are trainings, columns tasks; the mean over the rotations is fitted."""

    def __init__(self, extra: Floats, gap: Floats, size: np.ndarray, ridge: float) -> None:
        self._extra, self._gap = extra, gap
        _, self._level = np.unique(size, return_inverse=True)
        self.n_levels = int(self._level.max(initial=-1)) + 1
        self._count = np.bincount(self._level, minlength=self.n_levels).astype(float)
        self._scale = np.abs(extra).max(axis=0, initial=0.0)  # largest extra labels of each task
        self._penalty = ridge

    def without_levels(self, rows: Floats) -> Floats:
        """Take each size's mean off its rows."""
        total = np.zeros((self.n_levels, *rows.shape[1:]))
        np.add.at(total, self._level, rows)
        mean = total / self._count.reshape((-1,) + (1,) * (rows.ndim - 1))
        return np.asarray(rows - mean[self._level])

    def change(self, weights: Floats) -> Floats:
        """Return what extra labels change the scores by, shape (rows,)."""
        return np.asarray(self._gap * -np.expm1(-(self._extra @ weights)))

    def _jacobian(self, weights: Floats) -> Floats:
        """Return the change's derivative, its levels taken off, in weights times the scale."""
        slope = self._gap * np.exp(-(self._extra @ weights))
        scaled = self._extra / np.where(self._scale > 0, self._scale, 1.0)
        return self.without_levels(slope[:, None] * scaled)

    def solve(self, score: Floats) -> Floats:
        """Return the weights of the smallest sum of squares."""
        weights = np.zeros(self._extra.shape[1])
        scale = np.where(self._scale > 0, self._scale, 1.0)
        for _ in range(_STEPS):
            jacobian = self._jacobian(weights)
            inverse, _ = self._inverse(jacobian)
            residual = self.without_levels(score - self.change(weights))
            step = inverse @ (jacobian.T @ residual - self._penalty * weights * scale)
            largest = np.abs(self._extra @ (step / scale)).max(initial=0.0)
            weights = weights + step / scale * min(1.0, _FARTHEST / max(largest, 1e-300))
            if largest < _CLOSE:
                break
        return weights

    def back(self, weights: Floats) -> tuple[Floats, Mask]:
        """Return the linear map from residuals to weights, shape (tasks, rows), and which weights are unknown."""
        jacobian = self._jacobian(weights)
        inverse, unknown = self._inverse(jacobian)
        scale = np.where(self._scale > 0, self._scale, 1.0)
        return np.asarray(inverse @ jacobian.T / scale[:, None]), unknown

    def _inverse(self, jacobian: Floats) -> tuple[Floats, Mask]:
        """Invert the normal matrix, in which weights that cannot be told apart share what they explain."""
        normal = jacobian.T @ jacobian
        length = np.sqrt(np.diag(normal))
        length = np.where(length > 0, length, 1.0)
        values, vectors = np.linalg.eigh(normal / np.outer(length, length) + np.diag(self._penalty / length**2))
        lost = values <= _RANK * values.max(initial=0.0)
        inverted = np.where(lost, 0.0, 1 / np.where(lost, 1.0, values))
        inverse = (vectors * inverted) @ vectors.T / np.outer(length, length)
        return inverse, np.asarray((vectors[:, lost] ** 2).sum(axis=1) > _PART)

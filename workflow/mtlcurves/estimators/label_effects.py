"""What labels beyond a reference point do to a target: the weights a_ij, from any set of allocations.

A training with extra labels has the score (P1, equation 16, less its reference point)

    score = m + G (1 - exp(- sum over j of a_ij D_j)),

where m is the score at the reference point of the same size, G the fitted gap there to the best score
(``base_curve``), and D_j the labels that task j has beyond the reference. The reference trainings are rows with
D = 0, and m is free for each size: a misfit of the base curve, and what a rotation does to all scores alike, then
cannot pass for transfer. One raised auxiliary (statTAG) and a row of a weighing design differ in D only. Where the
target itself is raised, trainings have an m of their own, and the gap that the base curve leaves at their labels:
their level may lie beyond the fitted limit, where no weight of own labels would fit.

Each target is a least-squares problem of its own, solved by Gauss and Newton's steps from 0. Where there are fewer
trainings than tasks, weights are drawn towards 0 (ridge regression) as their spread asks
(:mod:`mtlcurves.estimators.spread`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from mtlcurves.curves.score_arrays import Floats, Mask
from mtlcurves.estimators.base_curve import BaseCurves
from mtlcurves.estimators.exposures import Exposures

_STEPS = 25
_CLOSE = 1e-10  # change of every exponent that ends the steps
_FARTHEST = 2.0  # largest change of an exponent in one step
_RANK = 1e-8  # share of the largest eigenvalue below which weights cannot be told apart
_SURE = 1e-6  # part of a column that others do not explain, from which on it is told apart for certain
_PART = 1e-3  # share of a weight in what cannot be told apart, from which on it has no value


@dataclass(frozen=True)
class LabelEffects:
    """Weights of one target.

    Attributes
    ----------
    value : ndarray, shape (K,)
        a_ij per 1,000 labels; NaN at the target itself, and where the trainings do not tell one from others.
    influence : ndarray, shape (R, K)
        What each rotation pulls the weights by, to first order, by way of the base curve too; 0 for rotations
        that are not used. Their mean is 0.
    unit_variance : ndarray, shape (K,)
        Variance of a weight if the scores of a rotation had independent errors of variance 1.
    noise_variance : float
        Variance of such errors, from the residuals within rotations; NaN without a degree of freedom.
    freedom : int
        Its degrees of freedom.
    alike : float
        Mean correlation of the errors of two weights of other tasks: trainings that both are compared with.
    drawn_variance : ndarray or None, shape (K,)
        Where weights are drawn towards 0: their variance given the trainings, what the draw distorts included.
    """

    value: Floats
    influence: Floats
    unit_variance: Floats
    noise_variance: float
    freedom: int
    alike: float
    drawn_variance: Floats | None = None


def label_effects(
    data: Exposures, target: int, base: BaseCurves, valid: Mask, spread: float | None = None
) -> LabelEffects:
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
    spread : float, optional
        Standard deviation of what the largest extra labels of another task do to the exponent; weights are drawn
        towards 0 accordingly, but for that of the target's own labels. Left out: weights are free.
    """
    problem = Problem.of(data, target, base, valid)
    weights = problem.solve(spread)
    back, unknown = problem.back(weights, spread)

    change = problem.change(weights)
    residual = problem.without_levels(problem.score - change[:, None])
    # what a rotation does to the gap: the change's derivatives in c, b, a_i and a_iS
    own, others = problem.own, problem.others
    by_base = change[:, None] * np.stack([np.zeros_like(own), np.ones_like(own), -own, -others], axis=1)
    pulled = back @ (residual - by_base @ base.influence[target, valid].T)
    influence = np.zeros((len(valid), len(weights)))
    influence[valid] = (pulled - pulled.mean(axis=1, keepdims=True)).T
    return LabelEffects(
        np.where(unknown, np.nan, weights),
        influence,
        (back**2).sum(axis=1) / max(problem.n_rotations, 1),
        problem.noise_variance,
        problem.freedom,
        _mean_correlation(np.delete(back, target, axis=0)),
        None if spread is None else problem.drawn_variance(weights, spread),
    )


def _mean_correlation(back: Floats) -> float:
    """Return the mean correlation of what independent errors do to two weights, shape (weights, rows)."""
    length = np.sqrt((back**2).sum(axis=1, keepdims=True))
    unit = back[length[:, 0] > 0] / length[length[:, 0] > 0]
    n = len(unit)
    return float(((unit.sum(axis=0) ** 2).sum() - n) / (n * (n - 1))) if n > 1 else 0.0


class Problem:
    """One target's least squares: rows are trainings, columns tasks; the mean over the rotations is fitted.

    Attributes
    ----------
    score : ndarray, shape (rows, rotations)
        Scores of the rotations that are used.
    own, others : ndarray, shape (rows,)
        Labels of the target, and of all other tasks at the reference point, in thousands.
    n_rotations, n_levels : int
        Rotations used; sizes, with the target raised or not, each with a level of its own.
    noise_variance, freedom
        As in :class:`LabelEffects`.
    """

    def __init__(
        self,
        extra: Floats,
        gap: Floats,
        own: Floats,
        others: Floats,
        level: NDArray[np.int64],
        score: Floats,
        target: int,
    ) -> None:
        self._extra, self._gap, self.own, self.others, self.score = extra, gap, own, others, score
        _, self._level = np.unique(level, return_inverse=True)
        self.n_levels = int(self._level.max(initial=-1)) + 1
        self._count = np.bincount(self._level, minlength=self.n_levels).astype(float)
        largest = np.abs(extra).max(axis=0, initial=0.0)
        self._scale = np.where(largest > 0, largest, 1.0)  # largest extra labels of each task
        self._is_other = np.arange(extra.shape[1]) != target
        self.n_rotations = score.shape[1]
        # rotations differ from their mean by noise alone: levels apart, each row has R - 1 such differences
        within = self.without_levels(score - score.mean(axis=1, keepdims=True))
        self.freedom = (len(score) - self.n_levels) * (self.n_rotations - 1)
        self.noise_variance = float((within**2).sum() / self.freedom) if self.freedom > 0 else np.nan

    @classmethod
    def of(cls, data: Exposures, target: int, base: BaseCurves, valid: Mask) -> Problem:
        """Lay out the problem of one target; arguments as of :func:`label_effects`."""
        extra, reference = data.extra[:, valid].mean(axis=1), data.reference[:, valid].mean(axis=1)
        raised, own = extra[:, target] != 0, reference[:, target] + extra[:, target]
        others = reference.sum(axis=1) - reference[:, target]
        extra = np.where(np.arange(extra.shape[1]) == target, 0.0, extra)
        _, b, a_i, a_iS = base.value[target]
        gap = np.exp(b - a_i * own - a_iS * others)
        return cls(extra, gap, own, others, 2 * data.size + raised, data.score[:, valid, target], target)

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
        return self.without_levels(slope[:, None] * self._extra / self._scale)

    def solve(self, spread: float | None = None) -> Floats:
        """Return the weights of the smallest sum of squares, penalised as their spread asks."""
        weights = np.zeros(self._extra.shape[1])
        score, penalty = self.score.mean(axis=1), self._penalty(spread)
        for _ in range(_STEPS):
            jacobian = self._jacobian(weights)
            residual = self.without_levels(score - self.change(weights))
            uphill = jacobian.T @ residual - penalty * weights * self._scale
            step = self._step(jacobian, penalty, uphill) / self._scale
            largest = np.abs(self._extra @ step).max(initial=0.0)
            weights = weights + step * min(1.0, _FARTHEST / max(largest, 1e-300))
            if largest < _CLOSE:
                break
        return weights

    def back(self, weights: Floats, spread: float | None = None) -> tuple[Floats, Mask]:
        """Return the linear map from residuals to weights, shape (tasks, rows), and which weights are unknown."""
        jacobian = self._jacobian(weights)
        inverse, unknown = self._inverse(jacobian, self._penalty(spread))
        return np.asarray(inverse @ jacobian.T / self._scale[:, None]), unknown

    def drawn_variance(self, weights: Floats, spread: float) -> Floats:
        """Return the variance of each weight given the scores, if weights scatter around 0 by `spread`."""
        inverse, _ = self._inverse(self._jacobian(weights), self._penalty(spread))
        return np.asarray(np.diag(inverse) * self.noise_variance / self.n_rotations / self._scale**2)

    def others_alone(self, weights: Floats) -> tuple[Floats, Floats]:
        """Make the problem linear at some weights.

        Returns
        -------
        z : ndarray, shape (rows,)
            Mean scores that other tasks' weights times their scale explain, with noise.
        jacobian : ndarray, shape (rows, tasks - 1)
            What explains them.
        """
        jacobian = self._jacobian(weights)
        residual = self.without_levels(self.score.mean(axis=1) - self.change(weights))
        z = residual + jacobian @ (weights * self._scale)
        return z, jacobian[:, self._is_other]

    def _penalty(self, spread: float | None) -> Floats:
        """Penalty on the square of each weight times its scale, in squared scores."""
        if spread is None:
            return np.zeros(len(self._scale))
        return np.asarray(self._is_other * self.noise_variance / self.n_rotations / spread**2)

    def _step(self, jacobian: Floats, penalty: Floats, uphill: Floats) -> Floats:
        """Solve the normal equations, by Cholesky where weights are told apart: ten times as fast."""
        normal = jacobian.T @ jacobian + np.diag(penalty)
        length = np.sqrt(np.diag(normal))
        length = np.where(length > 0, length, 1.0)
        normal /= np.outer(length, length)
        normal[np.diag_indices_from(normal)] += np.diag(normal) == 0  # no extra labels: the weight stays 0
        try:
            factor = linalg.cho_factor(normal)
        except linalg.LinAlgError:
            factor = None
        if factor is None or (np.diag(factor[0]) ** 2).min(initial=1.0) < _SURE:
            return np.asarray(self._inverse(jacobian, penalty)[0] @ uphill)
        return np.asarray(linalg.cho_solve(factor, uphill / length) / length)

    def _inverse(self, jacobian: Floats, penalty: Floats) -> tuple[Floats, Mask]:
        """Invert the normal matrix, in which weights that cannot be told apart share what they explain."""
        normal = jacobian.T @ jacobian + np.diag(penalty)
        length = np.sqrt(np.diag(normal))
        length = np.where(length > 0, length, 1.0)
        values, vectors = np.linalg.eigh(normal / np.outer(length, length))
        lost = values <= _RANK * values.max(initial=0.0)
        inverted = np.where(lost, 0.0, 1 / np.where(lost, 1.0, values))
        inverse = (vectors * inverted) @ vectors.T / np.outer(length, length)
        return inverse, np.asarray((vectors[:, lost] ** 2).sum(axis=1) > _PART)

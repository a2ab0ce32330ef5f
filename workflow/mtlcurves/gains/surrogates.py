"""Predictors of gains that are linear in who is in the group.

Each task has a regression of its own over the groups that hold it, by ridge; the penalty is the same for all
tasks, the one of the least leave-one-out error. With the largest penalty the prediction is the task's mean gain.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mtlcurves.curves.score_arrays import Floats, Mask

PENALTIES = np.geomspace(0.01, 1e4, 25)


def mean_gain(members: Mask, gains: Floats, wanted: Mask) -> Floats:
    """Predict the mean gain of each task, whatever the group.

    Parameters
    ----------
    members : ndarray of bool, shape (groups, tasks)
        Groups that were trained.
    gains : ndarray, shape (groups, tasks)
        Their tasks' gains; NaN where there is none.
    wanted : ndarray of bool, shape (wanted groups, tasks)
        Groups to predict.

    Returns
    -------
    ndarray, shape (wanted groups, tasks)
        Predicted gains; those of tasks outside the group have no meaning. A task of no trained group has the mean
        of all gains.
    """
    known = np.isfinite(gains) & members
    total = np.where(known, gains, 0.0).sum(axis=0)
    overall = total.sum() / max(known.sum(), 1)
    mean = np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), overall)
    return np.broadcast_to(mean, wanted.shape)


def linear_gain(members: Mask, gains: Floats, wanted: Mask) -> Floats:
    """Predict by a linear surrogate on subsets (Li, Nguyen and Zhang 2023, arXiv 2303.14582).

    The gain of task i is theta_0 plus the sum of theta_ij over the group's other tasks j. Parameters as in
    :func:`mean_gain`.
    """
    return _by_task(members, gains, wanted, _presence)


def higher_order_gain(members: Mask, gains: Floats, wanted: Mask) -> Floats:
    """Predict the mean of a task's gains with each of the others alone (Standley et al. 2020).

    Pairs that were not trained are estimated from the larger groups that hold them, by the same equation; so it
    learns from the same trainings as its competitors. Parameters as in :func:`mean_gain`.
    """
    return _by_task(members, gains, wanted, _share)


def _presence(members: Mask) -> Floats:
    return members.astype(float)


def _share(members: Mask) -> Floats:
    return np.asarray(members / np.maximum(members.sum(axis=1, keepdims=True), 1))


def _by_task(members: Mask, gains: Floats, wanted: Mask, features: Callable[[Mask], Floats]) -> Floats:
    predicted = mean_gain(members, gains, wanted).copy()
    known = np.isfinite(gains) & members
    fits = []
    for task in np.flatnonzero(known.sum(axis=0) > 2):
        others = np.arange(members.shape[1]) != task
        rows = known[:, task]
        x, y = features(members[np.ix_(rows, others)]), gains[rows, task]
        fits.append((task, x.mean(axis=0), *_ridge_path(x, y), features(wanted[:, others])))
    if fits:
        best = int(np.argmin(sum(errors for _, _, _, errors, _ in fits)))
        for task, centre, weights, _, new in fits:
            predicted[:, task] += (new - centre) @ weights[best]
    return predicted


def _ridge_path(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Fit centred ridge regressions; weights and summed squared leave-one-out errors, by penalty."""
    n = len(y)
    u, s, v = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    shrunk = s**2 / (s**2 + PENALTIES[:, None])
    centred = y - y.mean()
    residual = centred - (shrunk * (u.T @ centred)) @ u.T
    leverage = 1 / n + shrunk @ (u**2).T
    scale = np.where(s > 0, s, 1.0)
    weights = (shrunk / scale * (u.T @ centred)) @ v
    return weights, ((residual / np.maximum(1 - leverage, 1e-6)) ** 2).sum(axis=1)

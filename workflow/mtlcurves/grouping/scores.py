"""What an affinity says of a set of groups (Fifty et al. 2021).

An affinity is a matrix [from, onto]: what the task `from` does for the task `onto`. In a group, a task has the
mean over the other members of their affinity onto it. A task may be in several groups and counts with its best; a
set of groups is worth the mean over all tasks. A task alone has the diagonal: its affinity for itself where that
is wanted, or 0, which says that nothing is gained from others. (The code published with the paper gives it -1e6,
so that no task is ever alone.) What is added to all affinities onto one task, the diagonal's too, changes no
choice. Transfer weights, which add up in the model of the curves, are averaged like any other affinity; by their
sum a task would stay with all whose weight for it is above 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def member_scores(affinity: Floats, members: Mask) -> Floats:
    """Score every task in every group.

    Parameters
    ----------
    affinity : ndarray, shape (tasks, tasks)
        [from, onto]; the diagonal is the score of a task alone.
    members : ndarray of bool, shape (groups, tasks)
        Who is in which group.

    Returns
    -------
    ndarray, shape (groups, tasks)
        -inf where the task is not in the group.
    """
    alone = np.diag(affinity)
    others = affinity - np.diag(alone)
    size = members.sum(axis=1)
    mean = members @ others / np.maximum(size - 1, 1)[:, None]
    return np.where(members, np.where(size[:, None] == 1, alone, mean), -np.inf)


def set_score(affinity: Floats, members: Mask) -> float:
    """Score a set of groups: the mean over tasks of each one's best score; -inf where a task is in no group."""
    return float(member_scores(affinity, members).max(axis=0).mean())


def serving_groups(affinity: Floats, members: Mask) -> NDArray[np.intp]:
    """Tell the group that serves each task: that of its best score, the first of equals; shape (tasks,)."""
    return np.asarray(member_scores(affinity, members).argmax(axis=0))


def checked(affinity: Floats) -> Floats:
    """Return an affinity as numbers of double precision.

    Raises
    ------
    ValueError
        When it is not square or not finite.
    """
    matrix = np.asarray(affinity, float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.isfinite(matrix).all():
        raise ValueError(f"an affinity must be a square matrix of finite numbers; found shape {matrix.shape}")
    return matrix

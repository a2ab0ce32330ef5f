"""Groups of many tasks: a beam search, hierarchical clustering, and improvement task by task."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from mtlcurves.grouping.scores import Floats, Mask, set_score

BEAM = 32  # partial partitions kept
_PASSES = 20
_GAIN = 1e-12


def beam_groups(affinity: Floats, budget: int, width: int = BEAM) -> Mask:
    """Put one task after the other into groups, and keep the best partial partitions.

    Those with the strongest links come first. A group of n tasks is worth the sum of their links over n - 1, so
    a task that joins changes it by its own links alone.

    Parameters
    ----------
    affinity : ndarray, shape (tasks, tasks)
        [from, onto].
    budget : int
        Groups at most.
    width : int
        Partial partitions kept.

    Returns
    -------
    ndarray of bool, shape (groups, tasks)
        A partition.
    """
    n = len(affinity)
    links, alone = affinity + affinity.T, np.diag(affinity)
    np.fill_diagonal(links, 0.0)
    members = np.zeros((1, budget, n), dtype=bool)
    within = np.zeros((1, budget))
    for task in np.argsort(-np.abs(links).sum(axis=0), kind="stable"):
        joined = within + members @ links[:, task]
        size, opened = members.sum(axis=2), members.any(axis=2)
        added = np.where(opened, joined / np.maximum(size, 1), alone[task])
        own = _worth(members, within, alone)
        total = own.sum(axis=1, keepdims=True) - own + added
        # of the empty groups the first alone: the others would be the same partition
        total[~opened & (np.cumsum(~opened, axis=1) > 1)] = -np.inf
        order = np.argsort(-total, axis=None, kind="stable")[:width]
        state, group = np.unravel_index(order[np.isfinite(total.ravel()[order])], total.shape)
        members, within = members[state], within[state]
        place = np.arange(len(state))
        members[place, group, task] = True
        within[place, group] = joined[state, group]
    return _used(members[0])


def _worth(members: Mask, within: Floats, alone: Floats) -> Floats:
    """Worth of each group of each partial partition."""
    size = members.sum(axis=2)
    return np.where(size == 1, members @ alone, within / np.maximum(size - 1, 1))


def clustered_groups(affinity: Floats, budget: int) -> Mask:
    """Cut the tree of average linkage into one to `budget` clusters, and return the best of these partitions.

    Two tasks are the closer, the larger the sum of their affinities for each other.
    """
    links = affinity + affinity.T
    distance = links.max() - links
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    cuts = [fcluster(tree, n, criterion="maxclust") for n in range(1, budget + 1)]
    partitions = [cut == np.unique(cut)[:, None] for cut in cuts]
    return max(partitions, key=lambda members: set_score(affinity, members))


def polished(affinity: Floats, members: Mask, budget: int) -> Mask:
    """Improve groups until no single change helps.

    A change puts one task into a group, takes it out, or moves it from one to another; a task may so come to stand
    in several groups.

    Parameters
    ----------
    affinity : ndarray, shape (tasks, tasks)
        [from, onto].
    members : ndarray of bool, shape (groups, tasks)
        Groups to start from.
    budget : int
        Groups at most.
    """
    n = members.shape[1]
    members = np.vstack([members, np.zeros((budget - len(members), n), dtype=bool)])
    score = set_score(affinity, members)
    for _ in range(_PASSES):
        before = score
        for task in range(n):
            tried = [_changed(members, task, column) for column in _columns(members[:, task])]
            scores = [set_score(affinity, other) for other in tried]
            best = int(np.argmax(scores))
            if scores[best] > score + _GAIN * max(1.0, abs(score)):
                members, score = tried[best], scores[best]
        if score == before:
            break
    return _used(members)


def _columns(column: Mask) -> list[Mask]:
    """List what a task's membership may become: as it is, one group more or less, one in place of another."""
    one = np.eye(len(column), dtype=bool)
    toggled = [column ^ row for row in one]
    moved = [column ^ one[a] ^ one[b] for a in np.flatnonzero(column) for b in np.flatnonzero(~column)]
    return [new for new in [column, *toggled, *moved] if new.any()]


def _changed(members: Mask, task: int, column: Mask) -> Mask:
    other = members.copy()
    other[:, task] = column
    return other


def _used(members: Mask) -> Mask:
    """Leave out empty groups and repeated ones, and sort the others by their tasks."""
    return np.asarray(np.unique(members[members.any(axis=1)], axis=0)[::-1])

"""The best groups by an affinity, at most so many: exactly for few tasks, by heuristics for many.

Exactly: a set of groups is as good as the best way to part the tasks into sets that are served by one group each.
So let v(T) be the most that one group can be worth to the tasks T that it serves, over all groups that hold T; the
best b groups then follow by dynamic programming over the sets of tasks served,

    f(b, S) = max over T in S, the first task of S in T, of v(T) + f(b - 1, S - T).

Both steps cost 3^K for K tasks, where trying all sets of b groups costs 2^(bK).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mtlcurves.grouping.heuristics import beam_groups, clustered_groups, polished
from mtlcurves.grouping.scores import Floats, Mask, checked, member_scores, set_score

EXACT_TASKS = 12
_EQUAL = 1e-12  # relative; fewer groups are chosen where more are no better than that

Sets = NDArray[np.int64]


def best_groups(affinity: Floats, budget: int) -> Mask:
    """Choose at most `budget` groups, every task in at least one.

    Up to :data:`EXACT_TASKS` tasks the result is the best there is; beyond, it is the better of a beam search and
    of hierarchical clustering, both improved task by task. Equal input gives equal output.

    Parameters
    ----------
    affinity : ndarray, shape (tasks, tasks)
        [from, onto]; the diagonal is the score of a task alone (see :mod:`mtlcurves.grouping.scores`).
    budget : int
        Groups at most.

    Returns
    -------
    ndarray of bool, shape (groups, tasks)

    Raises
    ------
    ValueError
        When the affinity is not square or not finite, or the budget is below 1.
    """
    affinity = checked(affinity)
    if budget < 1:
        raise ValueError(f"a budget must be at least 1; found {budget}")
    if len(affinity) <= EXACT_TASKS:
        return exact_groups(affinity, budget)
    found = [polished(affinity, groups(affinity, budget), budget) for groups in (beam_groups, clustered_groups)]
    return max(found, key=lambda members: set_score(affinity, members))


def exact_groups(affinity: Floats, budget: int) -> Mask:
    """Find the best groups; memory and time grow as 3^tasks."""
    n = len(affinity)
    everything = (1 << n) - 1
    worth, group = _best_group_of_served(affinity)
    best = np.full((budget + 1, everything + 1), -np.inf)
    best[0, 0] = 0.0
    served = np.zeros((budget + 1, everything + 1), dtype=np.int64)
    for wanted in range(1, everything + 1):
        first = wanted & -wanted
        parts = first | _subsets(wanted ^ first)
        totals = worth[parts] + best[:budget, wanted ^ parts]
        choice = totals.argmax(axis=1)
        best[1:, wanted] = totals[np.arange(budget), choice]
        served[1:, wanted] = parts[choice]
    full = best[:, everything]
    n_groups = int(np.argmax(full >= full.max() - _EQUAL * max(1.0, abs(full.max()))))
    chosen, rest = [], everything
    for left in range(n_groups, 0, -1):
        part = served[left, rest]
        chosen.append(int(group[part]))
        rest ^= int(part)
    return _bits(np.array(sorted(set(chosen))), n)


def _best_group_of_served(affinity: Floats) -> tuple[Floats, Sets]:
    """Find the best group for every set of tasks that it may serve, and its worth to them; both by set."""
    n = len(affinity)
    sets = np.arange(1 << n)
    members = _bits(sets, n)
    scores = member_scores(affinity, members)
    worth, group = np.full(len(sets), -np.inf), sets.copy()
    for served in range(1, len(sets)):
        holders = served | _subsets((len(sets) - 1) ^ served)
        totals = scores[np.ix_(holders, members[served])].sum(axis=1)
        place = int(totals.argmax())
        worth[served], group[served] = totals[place], holders[place]
    return worth, group


def _subsets(of: int) -> Sets:
    """All subsets of a set of bits, ascending, the empty one too."""
    found = np.zeros(1, dtype=np.int64)
    while of:
        found = np.concatenate([found, found | (of & -of)])
        of &= of - 1
    return found


def _bits(sets: Sets, n: int) -> Mask:
    """Spread sets of bits over `n` columns."""
    return (sets[:, None] >> np.arange(n) & 1).astype(bool)

"""Random partitions of tasks into groups: what groups look like that nobody chose."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from mtlcurves.grid.seeds import absorb, state_of

Mask = npt.NDArray[np.bool_]

SEED = 0  # of the partitions that groups by gradients are set against


def random_partition(n_tasks: int, n_groups: int, seed: int, number: int) -> Mask:
    """Draw a partition into exactly `n_groups` groups, none empty, each such partition with equal probability.

    Of the S(n, b) partitions of n tasks into b groups (Stirling numbers of the second kind), S(n-1, b-1) have the
    last task alone, and the others have it in any of the b groups of the rest: S(n, b) = S(n-1, b-1) + b S(n-1,
    b). Draws of different numbers are independent, so a partition may come up twice.

    Parameters
    ----------
    n_tasks, n_groups : int
        At least one task a group.
    seed, number : int
        What the draw depends on, besides the two numbers before.

    Returns
    -------
    ndarray of bool, shape (n_groups, n_tasks)
        Groups by their first task.

    Raises
    ------
    ValueError
        When there are fewer tasks than groups, or no group.
    """
    if not 1 <= n_groups <= n_tasks:
        raise ValueError(f"{n_tasks} tasks cannot be parted into {n_groups} groups")
    bits = absorb(state_of("random partitions", seed, number, n_groups), np.arange(2 * n_tasks, dtype=np.uint64))
    uniform = (bits >> np.uint64(11)) * 2.0**-53
    group, left = [], n_groups
    for task in range(n_tasks - 1, -1, -1):
        # the groups numbered below `left` are those of the tasks before
        if uniform[2 * task] < _partitions(task, left - 1) / _partitions(task + 1, left):
            left -= 1
            group.append(left)
        else:
            group.append(int(uniform[2 * task + 1] * left))
    members = np.array(group[::-1]) == np.arange(n_groups)[:, None]
    return np.asarray(members[np.argsort(members.argmax(axis=1), kind="stable")])


@cache
def _partitions(n: int, b: int) -> int:
    """Stirling number of the second kind."""
    row = [1]  # of no task
    for _ in range(n):
        row = [0, *(row[k - 1] + (k * row[k] if k < len(row) else 0) for k in range(1, len(row) + 1))]
    return row[b] if 0 <= b < len(row) else 0

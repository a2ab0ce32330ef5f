"""Groups of tasks as trainings, and how their trainings are spread over jobs.

How many partitions there are follows from the configuration; who is in which group is known when the study runs.
So a job is planned by the partitions it has, and finds their groups in a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mtlcurves.grid.allocations import Allocation

RANDOM = "random"
ARM = "group"


def group_allocation(group: str, tasks: Sequence[str], size: int) -> Allocation:
    """All tasks of a group at one size."""
    return Allocation(dict.fromkeys(tasks, size), ARM, group, None, size)


def trained_groups(rows: Iterable[Any], bundle: str, size: int) -> list[Allocation]:
    """List what a job trains: its groups, each once.

    Parameters
    ----------
    rows : iterable
        Rows of table ``groups``, with the attributes group, bundle and task.
    bundle : str
        The job's bundle.
    size : int
        Training folds of every member.
    """
    members: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.bundle == bundle:
            members.setdefault(row.group, {})[row.task] = None
    return [group_allocation(group, list(tasks), size) for group, tasks in members.items()]


def random_bundle(partition: int, per_bundle: int) -> str:
    """Name the bundle of a random partition (from 1)."""
    return f"{RANDOM}-{(partition - 1) // per_bundle:03d}"


def partitions_of_bundles(methods: Sequence[str], n_random: int, per_bundle: int) -> dict[str, int]:
    """Count the partitions of each bundle: some random ones, or the one of a method."""
    counts: dict[str, int] = {}
    for partition in range(1, n_random + 1):
        name = random_bundle(partition, per_bundle)
        counts[name] = counts.get(name, 0) + 1
    return counts | dict.fromkeys(methods, 1)


def expected_groups(tasks: Sequence[str], n_partitions: int, budget: int, size: int) -> list[Allocation]:
    """Stand-ins for the groups of some partitions, to plan by: as many, of equal sizes."""
    cuts = [len(tasks) * i // budget for i in range(budget + 1)]
    groups = [tasks[a:b] for a, b in zip(cuts, cuts[1:], strict=False)]
    return [
        group_allocation(f"{place}-{number}", group, size)
        for place in range(n_partitions)
        for number, group in enumerate(groups)
    ]

"""The table of groups: those that an affinity chooses, and random ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mtlcurves.grid.groups import RANDOM, random_bundle
from mtlcurves.grid.partitions import random_partition
from mtlcurves.grouping.matrices import tag_matrix, transfer_matrix
from mtlcurves.grouping.scores import Floats, Mask, member_scores, serving_groups
from mtlcurves.grouping.search import best_groups
from mtlcurves.grouping_sections import Grouping
from mtlcurves.provenance import digest

COLUMNS = ["method", "partition", "group", "bundle", "task", "serves", "predicted"]


def make_groups(
    method: str,
    tasks: Sequence[str],
    settings: Grouping,
    per_bundle: int,
    size: int,
    metric: str,
    affinity: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Choose groups by one method.

    Parameters
    ----------
    method : str
        tag, transfer or random.
    tasks : sequence of str
        Tasks of the study; their order changes nothing.
    settings : Grouping
        Budget, number and seed of the random partitions.
    per_bundle : int
        Random partitions of a job.
    size : int
        Training folds, for the TAG affinity.
    metric : str
        Score, for the transfer weights.
    affinity : pandas.DataFrame, optional
        Table ``tag_affinity`` or ``transfer_estimates``; random needs none.

    Returns
    -------
    pandas.DataFrame
        Table ``groups``.

    Raises
    ------
    DataError
        When the table holds no affinity between any two tasks.
    """
    tasks = sorted(tasks)
    partitions = [
        random_partition(len(tasks), settings.budget, settings.seed, number)
        for number in range(1, settings.random_partitions + 1)
    ]
    drawn = random_groups(partitions, tasks, per_bundle)
    if affinity is None:
        return drawn
    matrix = tag_matrix(affinity, tasks, size) if method == "tag" else transfer_matrix(affinity, tasks, metric)
    chosen = chosen_groups(method, matrix, tasks, settings.budget)
    # what the random partitions have is trained there
    trained = dict(zip(drawn["group"], drawn["bundle"], strict=True))
    return chosen.assign(bundle=chosen["group"].map(trained).fillna(method))


def chosen_groups(method: str, affinity: Floats, tasks: Sequence[str], budget: int) -> pd.DataFrame:
    """Choose the best groups by an affinity [from, onto] of `tasks`."""
    members = best_groups(affinity, budget)
    scores, serving = member_scores(affinity, members), serving_groups(affinity, members)
    table = _rows(members, tasks)
    place, task = np.nonzero(members)
    table["serves"] = serving[task] == place
    table["predicted"] = scores[place, task]
    return table.assign(method=method, partition=1, bundle=method)[COLUMNS]


def random_groups(partitions: Sequence[Mask], tasks: Sequence[str], per_bundle: int) -> pd.DataFrame:
    """Lay out random partitions, from 1; a group that occurs again is trained by the job of the first."""
    tables = [_rows(members, tasks).assign(partition=i) for i, members in enumerate(partitions, start=1)]
    table = pd.concat(tables, ignore_index=True)
    first = table.groupby("group")["partition"].transform("min")
    table["bundle"] = [random_bundle(number, per_bundle) for number in first]
    return table.assign(method=RANDOM, serves=True, predicted=np.nan)[COLUMNS]


def _rows(members: Mask, tasks: Sequence[str]) -> pd.DataFrame:
    """Group and task of every membership, group by group."""
    place, task = (axis.tolist() for axis in np.nonzero(members))
    names = [digest(*(tasks[i] for i in np.flatnonzero(row).tolist()))[:12] for row in members]
    return pd.DataFrame({"group": [f"group-{names[i]}" for i in place], "task": [tasks[i] for i in task]})

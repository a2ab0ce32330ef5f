"""Groups of tasks by the similarity of their gradients, and random ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from mtlcurves.gradient_runs import ALONE, RANDOM, TOGETHER, joined, random_bundle
from mtlcurves.gradient_sections import GradientGroups
from mtlcurves.grid.partitions import SEED, random_partition
from mtlcurves.grouping.matrices import distances, gradient_matrix
from mtlcurves.grouping.scores import Floats, Mask, member_scores, serving_groups
from mtlcurves.grouping.search import best_groups


def make_gradient_groups(
    log: pd.DataFrame, tasks: Sequence[str], window: str, settings: GradientGroups, per_bundle: int
) -> pd.DataFrame:
    """Choose groups by linkage and by search, and draw random partitions, for every number of groups.

    Beside them stand all tasks in one network, and each task alone.

    Parameters
    ----------
    log : pandas.DataFrame
        Table ``gradient_log`` of the trainings with all labels.
    tasks : sequence of str
        Tasks of the study, in its order.
    window : str
        Logged steps that similarities are the mean of.
    settings : GradientGroups
        Numbers of groups, and of random partitions.
    per_bundle : int
        Random partitions of a job.

    Returns
    -------
    pandas.DataFrame
        Schema ``gradient_groups``. A group that occurs again is trained by the job of the first.

    Raises
    ------
    mtlcurves.errors.DataError
        When no similarity is known between any two tasks.
    """
    matrix = gradient_matrix(log, tasks, window)
    references = {TOGETHER: np.ones((1, len(tasks)), dtype=bool), ALONE: np.eye(len(tasks), dtype=bool)}
    tables = [
        _laid_out(members, matrix, tasks, name, len(members), 1, name) for name, members in references.items()
    ]
    for count in settings.counts:
        chosen = {"linkage": linked_groups(matrix, count), "search": best_groups(matrix, count)}
        for method, members in chosen.items():
            tables.append(_laid_out(members, matrix, tasks, method, count, 1, f"{method}-{count}"))
        for number in range(1, settings.random_partitions + 1):
            drawn = random_partition(len(tasks), count, SEED, number)
            bundle = random_bundle(count, number, per_bundle)
            tables.append(_laid_out(drawn, matrix, tasks, RANDOM, count, number, bundle))
    whole = pd.concat(tables, ignore_index=True)
    whole["bundle"] = whole.groupby("group")["bundle"].transform("first")
    return whole


def linked_groups(similarity: Floats, count: int) -> Mask:
    """Cut the tree of average linkage, of distances 1 - similarity, into `count` groups, or fewer among equals."""
    cluster = fcluster(
        linkage(squareform(distances(similarity), checks=False), method="average"), count, criterion="maxclust"
    )
    return np.asarray(cluster == np.unique(cluster)[:, None])


def _laid_out(
    members: Mask, matrix: Floats, tasks: Sequence[str], method: str, count: int, partition: int, bundle: str
) -> pd.DataFrame:
    place, task = np.nonzero(members)
    names = [joined([tasks[i] for i in np.flatnonzero(row).tolist()]) for row in members]
    return pd.DataFrame(
        {
            "method": method,
            "n_groups": count,
            "partition": partition,
            "group": [names[i] for i in place.tolist()],
            "bundle": bundle,
            "task": [tasks[i] for i in task.tolist()],
            "serves": serving_groups(matrix, members)[task] == place,
            "predicted": member_scores(matrix, members)[place, task],
        }
    )


def groups_of_bundle(groups: pd.DataFrame, bundle: str) -> list[list[str]]:
    """List the groups that a job trains, each once: the tasks of each, in the study's order."""
    own = groups[groups["bundle"] == bundle].drop_duplicates(["group", "task"])
    return [list(rows["task"]) for _, rows in own.groupby("group", sort=False)]

"""What groupings are worth: held-out scores against all tasks in one network, each task alone, and chance.

A partition's score in a rotation is the mean over tasks of what the group that serves the task scores on the test
fold. It is compared with the reference of the same rotation, replicate, size and tasks. The random partitions say
how good groups are that nobody chose: a chosen partition's P-value is its rank among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mtlcurves.curves.score_arrays import Floats, dense
from mtlcurves.curves.statistics import paired_t
from mtlcurves.grid.groups import RANDOM
from mtlcurves.schemas import SCHEMAS

KEYS = ["method", "partition"]
ALL_IN_ONE, SINGLE_TASK = "all_in_one", "single_task"
REFERENCES = {ALL_IN_ONE: ("mtl", "all"), SINGLE_TASK: ("stl", None)}


def compare_groupings(
    groups: pd.DataFrame,
    group_points: pd.DataFrame,
    points: pd.DataFrame,
    metrics: Sequence[str],
    size: int,
    test_to_train: float,
) -> pd.DataFrame:
    """Compare every partition with both references.

    Parameters
    ----------
    groups : pandas.DataFrame
        Table ``groups``, of all methods.
    group_points, points : pandas.DataFrame
        Grid points of the groups, and of the arms stl and mtl, as
        :func:`~mtlcurves.curves.score_arrays.read_scores` gives them; replicate 0 and `size` are used.
    metrics : sequence of str
        Scores.
    size : int
        Training folds.
    test_to_train : float
        Folds tested on over folds trained on, for the variance of Nadeau and Bengio.

    Returns
    -------
    pandas.DataFrame
        Table ``grouping_results``.
    """
    serving = groups[groups["serves"]]
    described = describe_partitions(groups, KEYS)
    tasks, rotations = sorted(serving["task"].unique()), sorted(group_points["rotation"].unique())
    own = group_points[(group_points["replicate"] == 0) & (group_points["size"] == size)]
    tables = []
    for metric in metrics:
        served = _served(serving, own, described, tasks, rotations, metric)
        references = {
            name: reference_scores(points, arm, subset, tasks, rotations, size, metric)
            for name, (arm, subset) in REFERENCES.items()
        }
        entrants = pd.concat([described, pd.DataFrame({"method": list(references)})], ignore_index=True).assign(
            metric=metric, size=size
        )
        scores = np.concatenate([served, np.stack(list(references.values()))])
        for name, reference in references.items():
            compared = set_against(entrants, scores, reference, test_to_train).assign(against=name)
            tables.append(compared[compared["method"] != name])
    return pd.concat(tables, ignore_index=True)[list(SCHEMAS["grouping_results"].columns)]


def reference_scores(
    points: pd.DataFrame,
    arm: str,
    subset: str | None,
    tasks: Sequence[str],
    rotations: Sequence[int],
    size: int,
    metric: str,
) -> Floats:
    """Lay out one arm's scores of replicate 0 at one size; shape (tasks, rotations), NaN where there is none."""
    rows = points[(points["arm"] == arm) & (points["size"] == size) & (points["replicate"] == 0)]
    rows = rows[rows["task"].isin(tasks) & rows["rotation"].isin(rotations)]
    if subset is not None:
        rows = rows[rows["subset"] == subset]
    return dense(rows, {"task": tasks, "rotation": rotations}, [metric])[metric]


def describe_partitions(groups: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Describe every partition: its groups as text, their number and size, and what was predicted.

    Parameters
    ----------
    groups : pandas.DataFrame
        Columns ``group``, ``task``, ``serves`` and ``predicted``, and the keys.
    keys : sequence of str
        Columns that tell partitions apart.

    Returns
    -------
    pandas.DataFrame
        The keys, ``groups``, ``n_groups``, and means over tasks in their serving groups: ``serving_size``, the
        tasks in the group, and ``predicted``.
    """
    rows = []
    for key, own in groups.groupby(list(keys), sort=False):
        members = ["; ".join(sorted(rows["task"])) for _, rows in own.groupby("group", sort=False)]
        size = own.groupby("group")["task"].transform("size")
        serving = own.assign(serving_size=size)[own["serves"]][["serving_size", "predicted"]].mean()
        named = dict(zip(keys, key, strict=True))
        rows.append(named | {"groups": " | ".join(sorted(members)), "n_groups": len(members)} | serving.to_dict())
    return pd.DataFrame(rows)


def _served(
    serving: pd.DataFrame,
    points: pd.DataFrame,
    partitions: pd.DataFrame,
    tasks: Sequence[str],
    rotations: Sequence[int],
    metric: str,
) -> Floats:
    """Score of every task by the group that serves it; shape (partitions, tasks, rotations)."""
    numbered = serving.merge(partitions[KEYS].assign(place=np.arange(len(partitions))), on=KEYS)
    scores = points[["arm", "subset", "task", "rotation", metric]].rename(columns={"subset": "group"})
    rows = numbered.merge(scores, on=["group", "task"])
    # a group that two affinities chose is trained by a job of each, to the same scores
    rows = rows.drop_duplicates(["place", "task", "rotation"])
    levels = {"place": range(len(partitions)), "task": tasks, "rotation": rotations}
    return dense(rows, levels, [metric])[metric]


def set_against(
    entrants: pd.DataFrame, scores: Floats, reference: Floats, test_to_train: float = 0.0
) -> pd.DataFrame:
    """Compare scores with a reference, and rank what is not random among what is.

    Parameters
    ----------
    entrants : pandas.DataFrame
        A row for each partition; column ``method`` says which are random.
    scores : ndarray, shape (entrants, tasks, rotations)
        More is better; NaN where there is none. Seeds may take the place of rotations.
    reference : ndarray, shape (tasks, rotations)
        What they are compared with.
    test_to_train : float
        As :func:`compare_groupings`; 0 for seeds of one rotation.

    Returns
    -------
    pandas.DataFrame
        The entrants with columns ``score`` to ``p_random`` of table ``grouping_results``.
    """
    both = np.isfinite(scores) & np.isfinite(reference)
    n = both.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        differences = np.where(both, scores - reference, 0.0).sum(axis=1) / n
        score = np.where(both, scores, 0.0).sum(axis=1) / n
    test = paired_t(differences, test_to_train)
    is_random = (entrants["method"] == RANDOM).to_numpy()
    chance = test.mean[is_random]
    better = (chance >= test.mean[:, None]).sum(axis=1)
    ranked = ~is_random & np.isfinite(test.mean)
    return entrants.assign(
        score=paired_t(score).mean,
        difference=test.mean,
        sd=test.sd,
        low=test.low,
        high=test.high,
        p=test.p,
        n_tasks=both.any(axis=2).sum(axis=1),
        n_rotations=test.n,
        n_random=len(chance),
        n_better=pd.array(np.where(ranked, better, -1), dtype="Int64"),
        p_random=np.where(ranked, (1 + better) / (1 + len(chance)), np.nan),
    ).assign(n_better=lambda table: table["n_better"].mask(table["n_better"] < 0))

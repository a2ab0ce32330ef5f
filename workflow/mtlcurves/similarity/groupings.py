"""Whether groups of tasks with similar gradients train better networks than other groups (P2 section 4.5).

The paper tests one choice against ten random partitions by a t test that takes the choice for a constant, and
scores the rows that were trained on. Here the test fold is scored, differences are paired by task and seed, and a
choice's P-value is its rank among the random partitions. All trainings share one split, so an interval over seeds
says how well this split's difference is known, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from mtlcurves.curves.score_arrays import Floats, dense
from mtlcurves.gradient_runs import ALONE, RANDOM, TOGETHER
from mtlcurves.grouping.results import ALL_IN_ONE, SINGLE_TASK, describe_partitions, set_against
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.benefit import ERRORS

NAME = "gradient_grouping_results"
KEYS = ["method", "asked", "partition"]
REFERENCES = {TOGETHER: ALL_IN_ONE, ALONE: SINGLE_TASK}


def compare_gradient_groups(groups: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Compare every partition with all tasks in one network, with each task alone, and with random partitions.

    Parameters
    ----------
    groups : pandas.DataFrame
        Table ``gradient_groups``.
    scores : pandas.DataFrame
        Table ``gradient_scores`` of all its groups.

    Returns
    -------
    pandas.DataFrame
        Schema ``gradient_grouping_results``.
    """
    groups = groups.rename(columns={"n_groups": "asked"}).replace({"method": REFERENCES})
    partitions = describe_partitions(groups, KEYS).rename(columns={"n_groups": "n_networks"})
    serving = groups[groups["serves"]].merge(partitions[KEYS].assign(place=partitions.index), on=KEYS)
    test = scores[scores["rows"] == "test"].rename(columns={"trained": "group"})
    tables = [
        table.assign(metric=metric)
        for metric, own in test.groupby("metric", sort=False, observed=True)
        for table in _compared(partitions, serving, own, -1.0 if metric in ERRORS else 1.0)
    ]
    whole = pd.concat(tables, ignore_index=True).rename(columns={"asked": "n_groups", "n_rotations": "n_seeds"})
    return whole[list(SCHEMAS[NAME].columns)]


def _compared(
    partitions: pd.DataFrame, serving: pd.DataFrame, scores: pd.DataFrame, sign: float
) -> Iterator[pd.DataFrame]:
    """Compare the partitions into each number of groups, by one metric; `sign` is -1 where less is better."""
    rows = serving.merge(scores[["group", "task", "seed", "score"]], on=["group", "task"])
    tasks, seeds = sorted(serving["task"].unique()), sorted(rows["seed"].unique())
    levels: dict[str, Sequence[object]] = {"place": range(len(partitions)), "task": tasks, "seed": seeds}
    array = sign * dense(rows, levels, ["score"])["score"]
    references = {name: array[partitions.index[partitions["method"] == name][0]] for name in REFERENCES.values()}
    is_reference = partitions["method"].isin(references)
    for asked in partitions.loc[~is_reference, "asked"].unique():
        entrants = partitions[is_reference | (partitions["asked"] == asked)]
        own = array[entrants.index]
        chance = _mean(own[(entrants["method"] == RANDOM).to_numpy()])
        for name, reference in (references | {RANDOM: chance}).items():
            table = set_against(entrants.assign(asked=asked), own, reference).assign(against=name)
            yield table[table["method"] != name].assign(score=lambda table: sign * table["score"])


def _mean(scores: Floats) -> Floats:
    """Mean over partitions, of what is known; NaN where nothing is."""
    known = np.isfinite(scores)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, scores, 0.0).sum(axis=0) / known.sum(axis=0))

"""What training two tasks together gives each of them, against each alone, on folds that no network saw.

The published definition averages both tasks' gains and scores the rows that were trained on. Here each direction
has a number of its own, paired by rotation and seed: the same folds, and initial weights drawn alike.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from mtlcurves.curves.statistics import MeanTest, benjamini_hochberg, paired_t
from mtlcurves.gradient_runs import FULL, joined
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import Floats

NAME = "pair_benefit"
ERRORS = {"rmse"}
"""Metrics of which less is better; their gain is what they fall by."""


def pair_benefits(scores: pd.DataFrame, tasks: list[str], margin: float, test_to_train: float) -> pd.DataFrame:
    """Set every task's score beside each partner against its score alone.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table ``gradient_scores``.
    tasks : list of str
        Tasks of the study, in its order.
    margin : float
        Difference below which two networks count as equally good.
    test_to_train : float
        Size of a test set over that of its training set, for the variance over rotations.

    Returns
    -------
    pandas.DataFrame
        Schema ``pair_benefit``.
    """
    test = scores[(scores["rows"] == "test") & (scores["view"] == FULL)]
    pairs = {joined(pair): pair for pair in combinations(tasks, 2)}
    partners = [dict(zip(pair, pair[::-1], strict=True)) for pair in pairs.values()]
    partner_of = pd.DataFrame(
        [(name, *each) for name, both in zip(pairs, partners, strict=True) for each in both.items()],
        columns=["trained", "task", "partner"],
    )
    keys = ["encoder", "metric", "task", "rotation", "seed"]
    by_itself = test["task"].map({task: joined([task]) for task in tasks})
    alone = test.loc[test["trained"] == by_itself, [*keys, "score"]]
    paired = test.merge(partner_of, on=["trained", "task"]).merge(alone, on=keys, suffixes=("", "_alone"))
    sign = np.where(paired["metric"].isin(ERRORS), -1.0, 1.0)
    paired["gain"] = sign * (paired["score"] - paired["score_alone"]).astype(float)
    rows = [
        dict(zip(["encoder", "metric", "task", "partner"], names, strict=True)) | _row(own, margin, test_to_train)
        for names, own in paired.groupby(["encoder", "metric", "task", "partner"], sort=False, observed=True)
    ]
    table = pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))
    of_metric = table.groupby(["encoder", "metric"], observed=True)["p"]
    table["q"] = of_metric.transform(lambda p: benjamini_hochberg(p.to_numpy(float)))
    return table


def _row(own: pd.DataFrame, margin: float, test_to_train: float) -> dict[str, object]:
    known = own[own["gain"].notna()]
    rotations = known.groupby("rotation")["gain"].mean()
    counts = {"n_trainings": len(known), "n_rotations": len(rotations)}
    if known.empty:
        return counts | {"status": "no training has a score both alone and together"}
    # seeds of one rotation share every compound: they say how well this split's gain is known, no more
    if len(rotations) > 1:
        found, over = paired_t(rotations.to_numpy(float), test_to_train), "rotations"
    else:
        found, over = paired_t(known["gain"].to_numpy(float)), "seeds"
    return counts | _described(found, margin) | {"over": over, "status": "ok"}


def _described(found: MeanTest, margin: float) -> dict[str, object]:
    mean, low, high = (float(value) for value in (found.mean, found.low, found.high))
    if not np.isfinite(low):
        verdict = "unclear"
    elif -margin < low and high < margin:
        verdict = "equal"
    else:
        verdict = "gain" if low > 0 else "loss" if high < 0 else "unclear"
    numbers = {"benefit": mean, "standard_error": float(found.error), "low": low, "high": high}
    return numbers | {"p": float(found.p), "verdict": verdict}


def of_pair(benefit: Floats) -> Floats:
    """Average both directions of a matrix [partner, task], as published; NaN where one is unknown."""
    return np.asarray((benefit + benefit.T) / 2)

"""Similarities of gradients over all trainings: means, corrected for overlap, and against shuffled labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.gradient_runs import SHUFFLED
from mtlcurves.similarity.matrices import CROSS, PAIR, SERIES

KEYS = ["encoder", "view", "window", "part", *PAIR]


def summarise(log: pd.DataFrame, overlap: pd.DataFrame, size_overlap: float | None = None) -> pd.DataFrame:
    """Average similarities over rotations and seeds.

    Late in a training the mean gradient of a task is near 0, and what two tasks' gradients share is what their
    common compounds share: similarity = Ochiai overlap x similarity on the same compounds. So it is divided by the
    overlap, and its error too; not the part of different compounds (cross), from which overlap takes nothing.

    Parameters
    ----------
    log : pandas.DataFrame
        Table ``gradient_log``.
    overlap : pandas.DataFrame
        Table ``overlap``.
    size_overlap : float, optional
        Jaccard overlap of the views ``size-<n>``.

    Returns
    -------
    pandas.DataFrame
        Schema ``gradient_similarity``.
    """
    # of each training that has a similarity, the variance of its mean over batches
    own = log.assign(variance=log["standard_error"].where(log["similarity"].notna()) ** 2)
    groups = own.groupby(KEYS, sort=False, observed=True)
    table = groups.agg(
        similarity=("similarity", "mean"),
        between=("similarity", "sem"),
        variance=("variance", "mean"),
        n_trainings=("similarity", "count"),
        n_batches=("n_batches", "sum"),
        reason=("status", "first"),
    ).reset_index()
    # one training has no spread over trainings; its batches have
    within = (table["variance"] / table["n_trainings"]) ** 0.5
    table["standard_error"] = table["between"].where(table["n_trainings"] > 1, within)
    shared = overlap_of_views(table, overlap, size_overlap)
    shared = shared.where((shared > 0) & (table["part"] != CROSS))
    table["corrected"] = table["similarity"] / shared
    table["corrected_error"] = table["standard_error"] / shared
    # few trainings may agree by chance more than their batches allow
    larger = pd.concat([table["standard_error"], within], axis=1).max(axis=1)
    table["z"] = _against_shuffled(table, larger)
    known = table["n_trainings"] > 0
    table["status"] = table["reason"].where(~known, "ok").where(known, "in no training: " + table["reason"])
    return table.drop(columns=["between", "variance", "reason"])


def overlap_of_views(pairs: pd.DataFrame, overlap: pd.DataFrame, size_overlap: float | None = None) -> pd.Series:
    """Return the Ochiai overlap that two tasks are expected to have among the labels of a view.

    Thinning both tasks to a share p leaves p^2 of the shared compounds and p of each task's, so p times the
    overlap. In the arms of a fixed Jaccard overlap J all tasks have equally many labels, and Ochiai is 2J / (1 +
    J).

    Parameters
    ----------
    pairs : pandas.DataFrame
        Columns ``view``, ``task_a`` and ``task_b``.
    overlap : pandas.DataFrame
        Table ``overlap``, of all labels.
    size_overlap : float, optional
        Jaccard overlap of the views ``size-<n>``.
    """
    of_pair = overlap.set_index(PAIR)["ochiai"]
    full = pd.Series(of_pair.reindex(pd.MultiIndex.from_frame(pairs[PAIR])).to_numpy(), index=pairs.index)
    parts = pairs["view"].str.split("-", n=1)
    arm, level = parts.str[0], pd.to_numeric(parts.str[1], errors="coerce").astype(float)
    jaccard = level.where(arm.isin(["core", "blocks"])).where(
        arm != "size", np.nan if size_overlap is None else size_overlap
    )
    thinned = full * level.where(arm == "thinned", 1.0)
    return thinned.where(jaccard.isna(), 2 * jaccard / (1 + jaccard))


def _against_shuffled(table: pd.DataFrame, error: pd.Series) -> pd.Series:
    """Standardise similarities by those of tasks with shuffled labels, which have nothing in common.

    Shuffled pairs differ by the noise of their batches, which every pair has of its own already, and by what tasks
    have in common by chance.
    """
    shuffled = table["view"].str.startswith(f"{SHUFFLED}-")
    series = table.assign(noise=error**2)[shuffled].groupby(SERIES, observed=True)
    chance = series["similarity"].agg(["mean", "var"]).assign(noise=series["noise"].mean())
    own = chance.reindex(pd.MultiIndex.from_frame(table[SERIES])).set_axis(table.index)
    scale = (error**2 + (own["var"] - own["noise"].fillna(0)).clip(lower=0)) ** 0.5
    return pd.Series((table["similarity"] - own["mean"]) / scale.where(scale > 0))

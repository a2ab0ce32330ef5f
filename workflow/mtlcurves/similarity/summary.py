"""Similarities of gradients over all trainings: means, corrected for overlap, and against shuffled labels."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from mtlcurves.gradient_runs import FULL, SHUFFLED, THINNED
from mtlcurves.similarity.batch_overlap import batch_overlap
from mtlcurves.similarity.matrices import CROSS, PAIR, SERIES

KEYS = ["encoder", "view", "window", "part", *PAIR]


def summarise(
    log: pd.DataFrame, overlap: pd.DataFrame, views: pd.DataFrame, batch: int, size_overlap: float | None = None
) -> pd.DataFrame:
    """Average similarities over rotations and seeds.

    As far as the mean gradient of a task is near 0, what two tasks' gradients share is what their common compounds
    share: similarity = Ochiai overlap in a batch x similarity on the same compounds. So it is divided by that
    overlap, and its error too; not the part of different compounds (cross), from which overlap takes nothing.

    Parameters
    ----------
    log : pandas.DataFrame
        Table ``gradient_log``.
    overlap, views : pandas.DataFrame
        Tables ``overlap`` and ``label_views``.
    batch : int
        Compounds in a batch.
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
    shared = _batch_overlap_of_views(table, overlap, views, batch, size_overlap)
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
    full = _of_pairs(overlap, "ochiai", pairs)
    arm, level = _arm_and_level(pairs["view"])
    jaccard = level.where(arm.isin(["core", "blocks"])).where(
        arm != "size", np.nan if size_overlap is None else size_overlap
    )
    thinned = full * level.where(arm.isin(THINNED), 1.0)
    return thinned.where(jaccard.isna(), 2 * jaccard / (1 + jaccard))


def _batch_overlap_of_views(
    pairs: pd.DataFrame, overlap: pd.DataFrame, views: pd.DataFrame, batch: int, size_overlap: float | None
) -> pd.Series:
    """Return the expected overlap of two tasks' labels in the batches of a view; parts are of half-batches."""
    arm, level = _arm_and_level(pairs["view"])
    # labels are dealt out anew where they are shuffled, and lie where they lay
    drawn_as = pairs["view"].where(arm != SHUFFLED, FULL)
    means = views.groupby("view")[["n_compounds", "least_labels"]].mean().reindex(drawn_as).set_axis(pairs.index)
    kept = level.where(arm.isin(THINNED), 1.0)
    equal = arm.isin(["core", "blocks", "size"])  # all tasks have the same number of labels
    n_a, n_b = (
        (_of_pairs(overlap, count, pairs) * kept).where(~equal, means["least_labels"]) for count in ("n_a", "n_b")
    )
    both = overlap_of_views(pairs, overlap, size_overlap) * (n_a * n_b) ** 0.5
    part_a, part_b, part_both = ((count / means["n_compounds"]).to_numpy() for count in (n_a, n_b, both))
    found, whole = np.empty(len(pairs)), (pairs["part"] == "all").to_numpy(bool)
    for own, size in ((whole, batch), (~whole, math.ceil(batch / 2))):
        found[own] = batch_overlap(part_a[own], part_b[own], part_both[own], size)
    return pd.Series(found, index=pairs.index)


def _of_pairs(overlap: pd.DataFrame, column: str, pairs: pd.DataFrame) -> pd.Series:
    known = overlap.set_index(PAIR)[column].reindex(pd.MultiIndex.from_frame(pairs[PAIR]))
    return pd.Series(known.to_numpy(float), index=pairs.index)


def _arm_and_level(view: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Take the name of a view apart; full has no level."""
    parts = view.str.split("-", n=1)
    return parts.str[0], pd.to_numeric(parts.str[1], errors="coerce").astype(float)


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

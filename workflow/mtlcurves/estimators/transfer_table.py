"""The tables of a study's transfer: every estimator and metric, the map drawn together, and what checks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.curves.fold_labels import fold_labels
from mtlcurves.curves.statistics import benjamini_hochberg
from mtlcurves.estimators.additivity import lack_of_fit
from mtlcurves.estimators.blocks import normal_error
from mtlcurves.estimators.estimate import LEVEL, Estimator, estimate, table
from mtlcurves.estimators.exposures import exposures
from mtlcurves.estimators.labels_needed import labels_needed
from mtlcurves.estimators.null import calibrated, null_scale
from mtlcurves.estimators.reliability import split_half
from mtlcurves.estimators.shrinkage import chance_too_small, shrink
from mtlcurves.schemas import SCHEMAS
from mtlcurves.transfer_schemas import DRAWN

ESTIMATORS: tuple[Estimator, ...] = ("joint", "paired")
UNPUBLISHED = ["common_error", "profile_low", "profile_high", "p_calibrated", "q", "q_map"]
UNPUBLISHED += ["exchange_rate", "exchange_low", "exchange_high"]
MIN_PAIRS = 20
"""Pairs that a map needs to be drawn together."""


class TransferTables(NamedTuple):
    """What a study says of transfer; each by the schema of its name."""

    transfer_estimates: pd.DataFrame
    labels_needed: pd.DataFrame
    additivity: pd.DataFrame
    map_reliability: pd.DataFrame


def estimate_transfer(
    points: pd.DataFrame,
    allocations: pd.DataFrame,
    counts: pd.DataFrame,
    metrics: Sequence[str],
    targets: Sequence[float],
    staged: pd.DataFrame | None = None,
    shuffled: pd.DataFrame | None = None,
    smallest_effect: float = 0.0,
) -> TransferTables:
    """Estimate the transfer of one recipe.

    Parameters
    ----------
    points : pandas.DataFrame
        Its grid points (:func:`~mtlcurves.curves.score_arrays.read_scores`).
    allocations, counts : pandas.DataFrame
        Tables ``allocations``, and ``label_counts`` of the recipe's split.
    metrics : sequence of str
        Scores.
    targets : sequence of float
        Scores for which the labels needed are foretold.
    staged : pandas.DataFrame, optional
        Table ``transfer``, to stand beside the estimates.
    shuffled : pandas.DataFrame, optional
        Grid points of auxiliaries with shuffled labels, to calibrate the P-values of the pairs.
    smallest_effect : float
        Share of the gap to the best score that a fold of labels must close, or widen, to matter.
    """
    estimates, needed, checks, halves = [], [], [], []
    smallest = -np.log1p(-smallest_effect)  # as a weight
    for metric in metrics:
        data = exposures(points, allocations, counts, metric)
        for estimator in ESTIMATORS:
            found = estimate(data, estimator)
            written = table(found, estimator)
            if written.empty:
                continue
            written = corrected(written.assign(p_calibrated=np.nan, q=np.nan, q_map=np.nan), "p")
            if shuffled is not None and not shuffled.empty:
                references = pd.concat([points[points["arm"].isin(["stl", "mtl"])], shuffled], ignore_index=True)
                nothing = estimate(exposures(references, allocations, counts, metric), estimator)
                written = _calibrated(written, table(nothing, estimator))
            estimates.append(drawn_together(written, smallest).assign(metric=metric))
            checks.append(lack_of_fit(found).assign(metric=metric, estimator=estimator))
            halves.append(split_half(data, estimator).assign(metric=metric, estimator=estimator))
            if estimator == "joint":
                needed.append(labels_needed(found, targets).assign(metric=metric))
        if staged is not None:
            published = as_published(staged[staged["metric"] == metric])
            estimates.append(drawn_together(published, smallest).assign(metric=metric))
    parts = {"transfer_estimates": estimates, "labels_needed": needed, "additivity": checks}
    parts["map_reliability"] = halves
    recipe = str(points["recipe"].iloc[0])
    return TransferTables(**{name: _joined(tables, name).assign(recipe=recipe) for name, tables in parts.items()})


def _calibrated(written: pd.DataFrame, nothing: pd.DataFrame) -> pd.DataFrame:
    """Fill in the P-values of pairs that shuffled auxiliaries calibrate, and correct these for multiple tests."""
    scale = null_scale(nothing[nothing["coefficient"] == "a_ij"])
    pair = written["coefficient"] == "a_ij"
    p, freedom = (written.loc[pair, name].to_numpy(float) for name in ("p", "freedom"))
    written.loc[pair, "p_calibrated"] = calibrated(p, freedom, scale)
    return corrected(written, "p" if np.isnan(scale) else "p_calibrated")


def _joined(tables: list[pd.DataFrame], name: str) -> pd.DataFrame:
    filled = [part for part in tables if not part.empty]
    if not filled:
        return pd.DataFrame(columns=list(SCHEMAS[name].columns))
    return pd.concat(filled, ignore_index=True)


def as_published(staged: pd.DataFrame) -> pd.DataFrame:
    """Write P1's three stages as estimates; their errors are those of each stage alone."""
    weights = staged[staged["coefficient"].isin(["a_i", "a_iS", "a_ij"])]
    freedom = weights["n_rotations"].to_numpy(float) - 1
    value, error = (weights[name].to_numpy(float) for name in ("value", "standard_error"))
    with np.errstate(divide="ignore", invalid="ignore"):
        known = (error > 0) & (freedom > 0)
        p = np.where(known, 2 * stats.t.sf(np.abs(value) / error, freedom), np.nan)
        half = np.where(known, stats.t.ppf((1 + LEVEL) / 2, freedom) * error, np.nan)
    kept = ["target", "auxiliary", "coefficient", "value", "per_fold", "standard_error", "status", "n_rotations"]
    found = weights[kept].assign(estimator="staged", freedom=freedom, low=value - half, high=value + half, p=p)
    found[UNPUBLISHED] = np.nan
    return corrected(found, "p")


def corrected(found: pd.DataFrame, column: str) -> pd.DataFrame:
    """Correct the pairs' P-values for multiple tests: over the auxiliaries of a target, and over the map."""
    pair = found["coefficient"] == "a_ij"
    found.loc[pair, "q"] = found[pair].groupby("target", sort=False)[column].transform(benjamini_hochberg)
    found.loc[pair, "q_map"] = benjamini_hochberg(found.loc[pair, column])
    return found


def drawn_together(found: pd.DataFrame, smallest: float = 0.0) -> pd.DataFrame:
    """Add what all pairs of a map say of each.

    Parameters
    ----------
    found : pandas.DataFrame
        Estimates of one map.
    smallest : float
        Smallest weight of a fold of labels that matters.
    """
    pairs = found[found["coefficient"] == "a_ij"]
    blank = found.assign(shrunken=np.nan, shrunken_error=np.nan, null_probability=np.nan)
    if pairs["standard_error"].notna().sum() < MIN_PAIRS:
        return blank
    tasks = sorted(set(pairs["target"]) | set(pairs["auxiliary"]))
    at = [pd.Index(tasks).get_indexer(pd.Index(pairs[key])) for key in ("target", "auxiliary")]
    labels = fold_labels(pairs).to_numpy(float)
    if (pairs["status"] == DRAWN).all():  # together already
        value, error, fold = (pairs[name].to_numpy(float) for name in ("value", "standard_error", "per_fold"))
        null = chance_too_small(fold, error * labels, smallest)
        blank.loc[pairs.index, ["shrunken", "shrunken_error"]] = np.stack([value, error], axis=1)
        blank.loc[pairs.index, "null_probability"] = null
        return blank
    # in units of a fold: weights of one label differ by the hundredfold sizes of the tasks
    maps = np.full((3, len(tasks), len(tasks)), np.nan)
    error = normal_error(*(pairs[name].to_numpy(float) for name in ("value", "standard_error", "freedom")))
    maps[:, *at] = pairs["per_fold"], error * labels, pairs["common_error"] * labels
    common = pd.DataFrame(maps[2]).median(axis=1).to_numpy()
    drawn = shrink(maps[0], maps[1], common, smallest)
    blank.loc[pairs.index, "shrunken"] = drawn.value[*at] / labels
    blank.loc[pairs.index, "shrunken_error"] = drawn.error[*at] / labels
    blank.loc[pairs.index, "null_probability"] = drawn.null_probability[*at]
    return blank

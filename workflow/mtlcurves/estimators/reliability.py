"""Would other rotations draw the same map? Half of them against the other half.

A map of weights may rank pairs by noise alone. Its rotations are therefore cut into two halves, again and again,
and the map of the one correlated with that of the other. No half is fitted anew: a rotation's pull on each weight
is known to first order, base curve included (:mod:`mtlcurves.estimators.label_effects`), so the map of a half
is the whole map and the mean pull of its rotations.

The halves test on different compounds, but train on many of the same ones: what they share by that is in the
correlation, too, and new compounds may agree less.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from mtlcurves.curves.score_arrays import Floats, Mask
from mtlcurves.estimators.estimate import MIN_ROTATIONS, Estimated, labels_of_a_fold

SPLITS = 200
"""Splits that are drawn where there are more."""
MIN_PAIRS = 10
FEW_ROTATIONS = f"fewer than {2 * MIN_ROTATIONS} rotations"
FEW_PAIRS = f"fewer than {MIN_PAIRS} pairs"

COLUMNS = ["n_pairs", "n_rotations", "n_splits", "spearman", "low", "high", "within_targets", "whole", "status"]


def split_half(found: Estimated, seed: int = 0) -> pd.DataFrame:
    """Correlate the maps of halves of the rotations.

    Parameters
    ----------
    found : Estimated
        What an estimator found.
    seed : int
        Seed of the draw of splits, where not all are taken.

    Returns
    -------
    pandas.DataFrame
        Schema ``map_reliability`` without recipe, metric and estimator: one row, or none without a map.
    """
    value, influence, target = _map(found)
    n, rotations = len(value), influence.shape[1]
    if not n:
        return pd.DataFrame(columns=COLUMNS)
    status = FEW_ROTATIONS if rotations < 2 * MIN_ROTATIONS else FEW_PAIRS if n < MIN_PAIRS else "ok"
    agreements = np.array([_agreement(value, influence, target, half) for half in _halves(rotations, seed)])
    if status != "ok":
        return _row(n, rotations, 0, [np.nan] * 5, status)
    overall, within = agreements[:, 0], agreements[:, 1]
    low, high = np.quantile(overall, [0.05, 0.95])
    mean = float(overall.mean())
    whole = 2 * mean / (1 + mean) if mean > 0 else 0.0
    return _row(n, rotations, len(agreements), [mean, low, high, float(np.mean(within)), whole], status)


def _row(n: int, rotations: int, splits: int, numbers: list[float], status: str) -> pd.DataFrame:
    return pd.DataFrame([[n, rotations, splits, *numbers, status]], columns=COLUMNS)


def _map(found: Estimated) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Weights of a fold of labels, what every rotation pulls them by, and the target of each."""
    folds = labels_of_a_fold(found.data)
    values, pulls, targets = [np.zeros(0)], [np.zeros((0, found.valid.shape[1]))], [np.zeros(0, dtype=np.int64)]
    for target, effects in enumerate(found.effects):
        # a target with rotations left out has no value in every half
        if effects is None or not found.valid[target].all():
            continue
        known = np.isfinite(effects.value) & (effects.unit_variance > 0)
        known[target] = False
        values.append(effects.value[known] * folds[known])
        pulls.append(effects.influence[:, known].T * folds[known, None])
        targets.append(np.full(int(known.sum()), target))
    return np.concatenate(values), np.concatenate(pulls), np.concatenate(targets)


def _halves(rotations: int, seed: int) -> Iterator[Mask]:
    """Yield the first half of each split: every split where they are few, else some drawn at random."""
    size = rotations // 2
    several = comb(rotations, size) // (2 if rotations % 2 == 0 else 1)
    if several <= SPLITS:
        # of halves of equal size, each split comes twice among the combinations: once from either side
        for chosen in islice(combinations(range(rotations), size), several):
            yield np.isin(np.arange(rotations), chosen)
        return
    rng = np.random.default_rng(seed)
    for _ in range(SPLITS):
        yield rng.permutation(rotations) < size


def _agreement(value: Floats, influence: Floats, target: NDArray[np.int64], half: Mask) -> tuple[float, float]:
    """Spearman's correlation of the two halves' maps, over all pairs and within targets."""
    first, second = (value + influence[:, part].mean(axis=1) for part in (half, ~half))
    within = [_ranks(rows, target) for rows in (first, second)]
    scale = np.sqrt((within[0] ** 2).sum() * (within[1] ** 2).sum())
    overall = float(stats.spearmanr(first, second).statistic) if len(value) > 1 else np.nan
    return overall, float((within[0] * within[1]).sum() / scale) if scale > 0 else np.nan


def _ranks(values: Floats, target: NDArray[np.int64]) -> Floats:
    """Rank each target's values among themselves, less their mean."""
    ranks = pd.Series(values).groupby(target).rank()
    return np.asarray(ranks - ranks.groupby(target).transform("mean"))

"""Would other rotations draw the same map? Half of them against the other half.

A map of weights may rank pairs by noise alone. Its rotations are therefore cut into two halves, again and again;
each half is estimated by itself, and the map of the one correlated with that of the other. (What a rotation pulls
each weight by is known to first order, which would save the estimates; where scores are noisy it is too far off.)

The halves test on different compounds, but train on many of the same ones: what they share by that is in the
correlation, too, and new compounds may agree less.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from mtlcurves.curves.score_arrays import Floats
from mtlcurves.estimators.estimate import MIN_ROTATIONS, Estimator, estimate, labels_of_a_fold
from mtlcurves.estimators.exposures import Exposures

SPLITS = 10
FEWER_SPLITS = 5
MANY_TASKS = 100
"""Tasks from which on fewer splits are taken: an estimate takes half a minute, and there are pairs enough."""
MIN_PAIRS = 10
FEW_ROTATIONS = f"fewer than {2 * MIN_ROTATIONS} rotations"
FEW_PAIRS = f"fewer than {MIN_PAIRS} pairs"

COLUMNS = ["n_pairs", "n_rotations", "n_splits", "spearman", "low", "high", "within_targets", "whole", "status"]


def split_half(data: Exposures, estimator: Estimator, seed: int = 0) -> pd.DataFrame:
    """Correlate the maps of halves of the rotations.

    Parameters
    ----------
    data : Exposures
        Trainings of one recipe.
    estimator : str
        joint or paired.
    seed : int
        Seed of the draw of splits.

    Returns
    -------
    pandas.DataFrame
        Schema ``map_reliability`` without recipe, metric and estimator: one row, or none where nothing is raised.
    """
    n = len(data.rotations)
    if not data.extra.any():
        return pd.DataFrame(columns=COLUMNS)
    if n < 2 * MIN_ROTATIONS:
        return _row(0, n, [], FEW_ROTATIONS)
    maps = [
        [_map(data.some_rotations(half), estimator) for half in halves]
        for halves in _splits(n, FEWER_SPLITS if len(data.tasks) >= MANY_TASKS else SPLITS, seed)
    ]
    pairs = min(int((np.isfinite(first) & np.isfinite(second)).sum()) for first, second in maps)
    if pairs < MIN_PAIRS:
        return _row(pairs, n, [], FEW_PAIRS)
    return _row(pairs, n, [_agreement(*halves) for halves in maps], "ok")


def _row(pairs: int, rotations: int, agreements: list[tuple[float, float]], status: str) -> pd.DataFrame:
    numbers = [np.nan] * 5
    if agreements:
        overall, within = np.array(agreements).T
        mean = float(overall.mean())
        whole = 2 * mean / (1 + mean) if mean > 0 else 0.0
        numbers = [mean, *np.quantile(overall, [0.05, 0.95]), float(within.mean()), whole]
    return pd.DataFrame([[pairs, rotations, len(agreements), *numbers, status]], columns=COLUMNS)


def _splits(rotations: int, count: int, seed: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    rng = np.random.default_rng(seed)
    for _ in range(count):
        order = rng.permutation(rotations)
        yield np.sort(order[: rotations // 2]), np.sort(order[rotations // 2 :])


def _map(data: Exposures, estimator: Estimator) -> Floats:
    """Weights of a fold of labels, a row for each target; NaN where unknown, and on the diagonal."""
    found = np.full((len(data.tasks), len(data.tasks)), np.nan)
    for target, effects in enumerate(estimate(data, estimator).effects):
        if effects is not None:
            found[target] = np.where(effects.unit_variance > 0, effects.value, np.nan)
    np.fill_diagonal(found, np.nan)
    return found * labels_of_a_fold(data)


def _agreement(first: Floats, second: Floats) -> tuple[float, float]:
    """Spearman's correlation of two maps, over all pairs and among the auxiliaries of a target."""
    both = np.isfinite(first) & np.isfinite(second)
    overall = float(stats.spearmanr(first[both], second[both]).statistic)
    one, other = (_ranks_within(np.where(both, found, np.nan)) for found in (first, second))
    scale = np.sqrt(np.nansum(one**2) * np.nansum(other**2))
    return overall, float(np.nansum(one * other) / scale) if scale > 0 else np.nan


def _ranks_within(found: Floats) -> Floats:
    """Rank each target's weights among themselves, less their mean."""
    ranks = pd.DataFrame(found).rank(axis=1)
    return ranks.sub(ranks.mean(axis=1), axis=0).to_numpy()

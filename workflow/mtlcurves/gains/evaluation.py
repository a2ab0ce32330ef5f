"""How well gains are predicted: predictors learn from some partitions' groups and are tried on other partitions.

Whole partitions are held out, and a group that occurs in one of them is not learned from. All predictors learn
from the same groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.curves.score_arrays import Floats, Mask
from mtlcurves.curves.statistics import paired_t
from mtlcurves.gains.attention import attention_gain
from mtlcurves.gains.combinations import Combinations, trained_combinations
from mtlcurves.gains.surrogates import higher_order_gain, linear_gain, mean_gain
from mtlcurves.schemas import SCHEMAS

Predictor = Callable[[Mask, Floats, Mask], Floats]
PREDICTORS: dict[str, Predictor] = {
    "mean": mean_gain,
    "linear": linear_gain,
    "higher_order": higher_order_gain,
    "attention": attention_gain,
}
PARTS = 5
SHARES = (0.25, 0.5, 1.0)  # of the partitions that are not held out
COLUMNS = list(SCHEMAS["gain_prediction"].columns)[1:]  # of one metric


def predict_gains(
    groups: pd.DataFrame, group_points: pd.DataFrame, points: pd.DataFrame, metrics: Sequence[str], size: int
) -> pd.DataFrame:
    """Cross-validate every predictor; parameters as in :func:`~mtlcurves.gains.combinations.trained_combinations`.

    Returns
    -------
    pandas.DataFrame
        Table ``gain_prediction``.
    """
    tables = [
        evaluate(trained_combinations(groups, group_points, points, metric, size)).assign(metric=metric)
        for metric in metrics
    ]
    return pd.concat(tables, ignore_index=True)[list(SCHEMAS["gain_prediction"].columns)]


def evaluate(data: Combinations, predictors: Mapping[str, Predictor] = PREDICTORS) -> pd.DataFrame:
    """Try predictors on held-out partitions, after learning from a share of the others.

    Returns
    -------
    pandas.DataFrame
        Columns of table ``gain_prediction`` without the metric; no rows where all groups are of one task.
    """
    n = data.partitions.shape[1]
    if n == 0:
        return pd.DataFrame(columns=COLUMNS)
    parts = min(PARTS, n)
    rows = []
    for share in SHARES:
        errors = {name: np.full(n, np.nan) for name in predictors}
        ranks: dict[str, list[float]] = {name: [] for name in predictors}
        n_learned, n_partitions = [], []
        for part in range(parts):
            held = np.asarray(np.arange(n) % parts == part)
            chosen = np.flatnonzero(~held)[: max(1, round(share * (~held).sum()))]
            tried = np.asarray(data.partitions[:, held].any(axis=1))
            learned = data.partitions[:, chosen].any(axis=1) & ~tried
            n_learned.append(int(learned.sum()))
            n_partitions.append(len(chosen))
            for name, predict in predictors.items():
                found = predict(data.members[learned], data.gains[learned], data.members[tried])
                errors[name][held] = _partition_errors(found, data, tried, held)
                ranks[name] += _rank_correlations(found, np.where(data.members, data.gains, np.nan)[tried])
        for name in predictors:
            row = {"method": name, "n_partitions": max(n_partitions), "n_trained": float(np.mean(n_learned))}
            rows.append(row | _summary(errors[name], errors["mean"], ranks[name]))
    return pd.DataFrame(rows)


def _partition_errors(predicted: Floats, data: Combinations, tried: Mask, held: Mask) -> Floats:
    """Mean absolute error over the tasks of each held-out partition; NaN where no task has a gain."""
    gains = np.where(data.members, data.gains, np.nan)[tried]
    absolute, known = np.abs(predicted - gains), np.isfinite(gains)
    inside = data.partitions[np.ix_(tried, held)].T.astype(float)
    with np.errstate(invalid="ignore"):
        return np.asarray((inside @ np.where(known, absolute, 0.0).sum(axis=1)) / (inside @ known.sum(axis=1)))


def _rank_correlations(predicted: Floats, gains: Floats) -> list[float]:
    """Spearman over groups, for every task with four or more of them and predictions that differ."""
    found = []
    for task in range(gains.shape[1]):
        known = np.isfinite(gains[:, task])
        x, y = predicted[known, task], gains[known, task]
        if len(x) >= 4 and np.ptp(x) > 0 and np.ptp(y) > 0:
            found.append(float(stats.spearmanr(x, y).statistic))
    return found


def _summary(errors: Floats, baseline: Floats, ranks: Sequence[float]) -> dict[str, float]:
    own, paired = paired_t(errors), paired_t(errors - baseline)
    return {
        "error": float(own.mean),
        "low": float(own.low),
        "high": float(own.high),
        "against_mean": float(paired.mean),
        "against_low": float(paired.low),
        "against_high": float(paired.high),
        "spearman": float(np.mean(ranks)) if ranks else np.nan,
        "n_held_out": int(own.n),
    }

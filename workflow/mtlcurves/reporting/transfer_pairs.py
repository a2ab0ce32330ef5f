"""Transfer estimates as people read them: by one estimator, in a unit that needs no equation, with a verdict.

A weight w of one fold of labels shrinks the gap between a score and its limit to exp(-w) of what it was (equation
15 of P1), whatever the labels that are there already. So 1 - exp(-w) is the share of the gap that the fold closes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.curves.fold_labels import fold_labels
from mtlcurves.reporting.names import ordered_tasks
from mtlcurves.transfer_schemas import DRAWN, PREFERRED

NOTHING, GAINS, LOSES, UNKNOWN = "not told from nothing", "gain", "loss", "no interval"
TOO_MUCH = 0.5  # of the gap: no fold of another task's labels closes that much


def chosen_estimator(estimates: pd.DataFrame) -> str:
    """Name the estimator that a study is read by: the first of those preferred that it has."""
    found = set(estimates["estimator"])
    return next((name for name in PREFERRED if name in found), "")


def default_rows(estimates: pd.DataFrame, recipe: str = "main") -> pd.DataFrame:
    """Keep the rows of the estimator that a study is read by."""
    own = estimates[estimates["recipe"] == recipe]
    return own[own["estimator"] == chosen_estimator(own)]


def closed_share(weight: pd.Series) -> pd.Series:
    """Return the share of the gap that labels of some weight close; negative where they widen it."""
    return pd.Series(-np.expm1(-weight.to_numpy(float)), weight.index)


def read_pairs(rows: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Translate the weights a_ij of some estimates, and say which are called.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of table ``transfer_estimates``; those of tasks that are not in `tasks` are left out.
    tasks : pandas.DataFrame
        Table ``tasks``.
    significance : float
        False-discovery rate over the map.

    Returns
    -------
    pandas.DataFrame
        The rows of a_ij, with the columns ``closed``, ``closed_low`` and ``closed_high`` (share of the gap that
        one fold of the auxiliary's labels closes, with its interval), ``closed_shrunken`` (drawn together with the
        map), ``shown`` (the latter, or ``closed`` where the map is too small for it), ``fold`` (labels of a fold,
        in thousands), ``verdict``, and names and families of both tasks. ``status`` says of a pair too where it
        cannot be significant: where it would have to close more than :data:`TOO_MUCH` of the gap.
    """
    pairs = rows[(rows["coefficient"] == "a_ij") & rows["value"].notna()]
    order = ordered_tasks(tasks).set_index("task")
    pairs = pairs[pairs["target"].isin(order.index) & pairs["auxiliary"].isin(order.index)]
    fold = fold_labels(pairs)
    pairs = pairs.assign(fold=fold, closed=closed_share(pairs["per_fold"]))
    for name, weight in (("low", "low"), ("high", "high"), ("shrunken", "shrunken")):
        pairs[f"closed_{name}"] = closed_share(pairs[weight] * fold)
    drawn = pairs["closed_shrunken"]
    pairs["shown"] = drawn.where(drawn.notna(), pairs["closed"])
    pairs["verdict"] = _verdict(pairs, significance)
    pairs["needed"] = _needed(pairs, significance)
    hopeless = (pairs["status"] == "ok") & ~is_called(pairs) & (pairs["needed"] > TOO_MUCH)
    told = "cannot be significant with " + pairs["n_rotations"].astype(int).astype(str) + " rotations"
    pairs["status"] = pairs["status"].astype(object).mask(hopeless, told)
    for side in ("target", "auxiliary"):
        for column, name in (("label", "name"), ("family", "family")):
            pairs[f"{side}_{name}"] = pairs[side].map(order[column])
    return pairs.reset_index(drop=True)


def _verdict(pairs: pd.DataFrame, significance: float) -> pd.Series:
    called = (pairs["q_map"] < significance) & (pairs["status"] == "ok")
    verdict = pd.Series(NOTHING, pairs.index)
    known = (pairs["p"].notna() & (pairs["status"] == "ok")) | (pairs["low"].notna() & (pairs["status"] == DRAWN))
    verdict[~known] = UNKNOWN
    verdict[called & (pairs["closed"] > 0)] = GAINS
    verdict[called & (pairs["closed"] < 0)] = LOSES
    return verdict


def _needed(pairs: pd.DataFrame, significance: float) -> pd.Series:
    """Share of the gap that a pair would have to close, to be called as the only one of its metric."""
    n = pairs.groupby("metric")["p"].transform("count").astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = stats.t.isf(significance / n.to_numpy() / 2, pairs["freedom"].to_numpy(float))
    return closed_share((t * pairs["standard_error"] * pairs["fold"]).astype(float))


def is_called(pairs: pd.DataFrame) -> pd.Series:
    """Say which pairs are called."""
    return pairs["verdict"].isin([GAINS, LOSES])

"""The report's tables of transfer: strongest pairs, own labels and all others', labels needed, additivity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mtlcurves.reporting.display import Shown, cells
from mtlcurves.reporting.style import metric_name
from mtlcurves.reporting.transfer_pairs import chosen_estimator, default_rows, read_pairs

MOST_PAIRS = 40
_FILE = "tables/transfer_estimates.csv"
_APART = 0.1  # of an interval's length: how far off another has to end to be shown beside it


def transfer_tables(
    tables: Mapping[str, pd.DataFrame], names: pd.Series, metric: str, significance: float
) -> list[Shown]:
    """Prepare the tables of transfer that a study has, for one score.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name.
    names : pandas.Series
        Name of each task, in the order of the figures.
    metric : str
        Score.
    significance : float
        False-discovery rate at which a pair of tasks is called.
    """
    own = {
        name: tables[name][(tables[name]["recipe"] == "main") & (tables[name]["metric"] == metric)]
        for name in ("transfer_estimates", "labels_needed", "additivity")
        if name in tables
    }
    shown = []
    if len(estimates := own.get("transfer_estimates", pd.DataFrame())):
        rows = default_rows(estimates)
        if (rows["coefficient"] == "a_ij").any():
            shown.append(_pairs(rows, tables["tasks"], metric, significance))
        if (rows["coefficient"] == "a_iS").any():
            shown.append(_own_and_others(rows, names))
        if len(checks := own.get("additivity", pd.DataFrame())):
            checks = checks[checks["estimator"] == chosen_estimator(estimates)]
            shown += [_additivity(checks, names, metric)] if len(checks) else []
    if len(needed := own.get("labels_needed", pd.DataFrame())):
        shown.append(_labels_needed(needed, names, metric))
    return shown


def _own_and_others(rows: pd.DataFrame, names: pd.Series) -> Shown:
    table = _of_tasks(rows[rows["coefficient"].isin(["a_i", "a_iS"])], names)
    fold = (table["per_fold"] / table["value"]).astype(float)
    for end in ("low", "high"):
        table[f"fold_{end}"] = fold * table[end]
    apart = (table["profile_low"] - table["low"]).abs().fillna(0) + (table["profile_high"] - table["high"]).abs()
    differs = apart > _APART * (table["high"] - table["low"])
    ends = zip(fold * table["profile_low"], fold * table["profile_high"], differs, strict=True)
    table["profile"] = [_interval(low, high) if shown else "" for low, high, shown in ends]
    table["labels_of"] = table["coefficient"].map({"a_i": "its own", "a_iS": "all others"})
    headings = {"task": "task", "labels_of": "labels", "per_fold": "weight of a fold", "fold_low": "low"}
    headings |= {"fold_high": "high", "profile": "by profile likelihood, where it differs", "status": "status"}
    content = cells(table, headings | {"n_rotations": "rotations"}, once=["status", "profile"])
    note = (
        "What one fold of a task's own labels, and of all other tasks' labels together, adds to the exponent: a "
        "weight of 0.1 closes a tenth of the gap. 90 % intervals from the scatter of rotations; the profile "
        "likelihood, which does not take the curve for a straight line near its best fit, is shown where an end "
        "differs by a tenth of the interval. Where both differ much, trust neither."
    )
    return Shown("own_and_others", "Own labels and all others'", note, "transfer", *content, _FILE)


def _additivity(checks: pd.DataFrame, names: pd.Series, metric: str) -> Shown:
    last = checks[checks["to_size"] == checks.groupby("target")["to_size"].transform("max")]
    table = _of_tasks(last, names)
    headings = {"task": "target", "from_size": "from folds", "to_size": "to folds", "observed_change": "observed"}
    headings |= {
        "predicted_change": "foretold",
        "difference": "difference",
        "low": "low",
        "high": "high",
        "p": "P",
    }
    content = cells(table, headings | {"n_rotations": "rotations"})
    note = (
        f"Change of the {metric_name(metric)} when all tasks are raised together, against the sum of what the "
        "weights of single tasks foretell; 90 % intervals. Where they differ, the weights do not add up, and "
        "several purchases at once do not bring what each would by itself."
    )
    return Shown("additivity", "Do weights add up?", note, "transfer", *content, "tables/additivity.csv")


def _labels_needed(needed: pd.DataFrame, names: pd.Series, metric: str) -> Shown:
    table = _of_tasks(needed, names)
    table["more"] = (table["labels_needed"] - table["labels_now"]).clip(lower=0)
    table["reason"] = table["status"].where(table["status"] != "ok", "").str.removeprefix("refused: ")
    headings = {"task": "task", "labels_now": "labels at hand", "score": metric_name(metric)}
    headings |= {"labels_needed": "labels needed", "low": "low", "high": "high", "more": "still to be measured"}
    content = cells(table, headings | {"reason": "why there is no number"}, once=["reason"])
    note = (
        f"Own labels that bring each task to a {metric_name(metric)}, other tasks as they are; 90 % intervals. "
        "0: the other tasks' labels are enough. No number: the curve's limit is not known well enough."
    )
    return Shown("labels_needed", "Labels needed", note, "transfer", *content, "tables/labels_needed.csv")


def _of_tasks(rows: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Name the targets, and sort them as figures do."""
    place = rows["target"].map({task: k for k, task in enumerate(names.index)})
    rows = rows.assign(task=rows["target"].map(names), place=place)
    return rows[place.notna()].sort_values("place", kind="stable").reset_index(drop=True)


def _pairs(rows: pd.DataFrame, tasks: pd.DataFrame, metric: str, significance: float) -> Shown:
    pairs = read_pairs(rows, tasks, significance)
    table = pairs.sort_values("shown", key=abs, ascending=False, kind="stable").head(MOST_PAIRS)
    table = table.assign(fold_labels=(1000 * table["fold"]).round(), interval=_rate_intervals(table))
    for name in ("closed", "closed_low", "closed_high", "closed_shrunken"):
        table[name] = 100 * table[name]
    headings = {"auxiliary_name": "auxiliary", "target_name": "target", "fold_labels": "labels of a fold"}
    headings |= {"closed": "gap closed, %", "closed_low": "low", "closed_high": "high"}
    headings |= {
        "closed_shrunken": "drawn together",
        "null_probability": "P that it does not matter",
        "q_map": "q over the map",
    }
    headings |= {"verdict": "verdict", "exchange_rate": "own labels one is worth", "interval": "its interval"}
    content = cells(table, headings | {"status": "status", "n_rotations": "rotations"}, once=["status"])
    note = (
        f"The {len(table)} strongest of {len(pairs):,} ordered pairs, gains and losses alike, by what one fold of "
        f"the auxiliary's labels closes of the gap between the {metric_name(metric)} of the target and its limit; "
        "90 % intervals. The strongest of many are larger than they would be found again. An open interval has "
        "no end: the rate is not identified."
    )
    return Shown("transfer_estimates", "Strongest transfers", note, "transfer", *content, _FILE)


def _rate_intervals(pairs: pd.DataFrame) -> list[str]:
    """Write the intervals of exchange rates, which may have no end."""
    ends = zip(pairs["exchange_low"].astype(float), pairs["exchange_high"].astype(float), strict=True)
    return [_interval(low, high) for low, high in ends]


def _interval(low: float, high: float) -> str:
    if np.isnan(low):
        return ""
    text = f"{low:.2g} to {high:.2g}" if np.isfinite([low, high]).all() else "open"
    return text.replace("-", "\N{MINUS SIGN}")

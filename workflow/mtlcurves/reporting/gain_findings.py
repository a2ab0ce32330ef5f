"""Whether what tasks gain in a group can be predicted from other groups, in words: how, and how well."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.grouping_names import PREDICTOR_NAMES
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.style import metric_name, shared_decimals, signed
from mtlcurves.reporting.words import interval_text, listed

MEAN = "mean"


def gain_findings(tables: Mapping[str, pd.DataFrame], metric: str) -> list[Finding]:
    """Say which way predicts the gains of held-out partitions best, learned from the most, or that none does.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name; without ``gain_prediction`` nothing is said.
    metric : str
        Score the sentence is about.
    """
    table = tables.get("gain_prediction", pd.DataFrame(columns=["metric", "method", "n_partitions", "error"]))
    known = table[(table["metric"] == metric) & table["error"].notna()]
    own = known[known["n_partitions"] == known["n_partitions"].max()]
    others = own[own["method"] != MEAN].sort_values("error")
    if others.empty or len(others) == len(own):
        return []
    least = float(own.loc[own["method"] == MEAN, "error"].iloc[0])
    digits = shared_decimals([least, *others["error"]])
    better, name = others[others["against_high"] < 0], metric_name(metric)
    learned = f"learned from {plural(int(own['n_partitions'].iloc[0]), 'random partition')}"
    if len(better):
        sentence = _best(better.iloc[0], name, learned, digits)
    else:
        sentence = _none(others.iloc[0], least, name, learned, digits)
    return [Finding(sentence, _detail(others, digits))]


def _best(row: pd.Series, score: str, learned: str, digits: int) -> str:
    return (
        f"The {PREDICTOR_NAMES[row['method']]} predicts best what tasks gain in a group ({score}): {learned}, it "
        f"errs by {row['error']:.{digits}f} on average for held-out ones, {_against(row, digits)} against each "
        "task's mean gain."
    )


def _none(row: pd.Series, least: float, score: str, learned: str, digits: int) -> str:
    return (
        f"No way to predict what tasks gain in a group ({score}) is told to be better than each task's mean gain: "
        f"{learned}, that errs by {least:.{digits}f} on average for held-out ones; the "
        f"{PREDICTOR_NAMES[row['method']]}, the best of them, changes that by {_against(row, digits)}."
    )


def _against(row: pd.Series, digits: int) -> str:
    """Write an error less the mean's, with its interval."""
    interval = interval_text(row["against_low"], row["against_high"], digits) or "no interval is known"
    return f"{signed(row['against_mean'], digits)} ({interval})"


def _detail(others: pd.DataFrame, digits: int) -> str:
    names = [f"the {PREDICTOR_NAMES[row['method']]} {_against(row, digits)}" for _, row in others.iterrows()]
    ranks = [
        f"{PREDICTOR_NAMES[row['method']]} {signed(row['spearman'], 2)}"
        for _, row in others.iterrows()
        if np.isfinite(row["spearman"])
    ]
    ranked = f" Spearman of predicted and found gains, mean over tasks: {', '.join(ranks)}." if ranks else ""
    return (
        f"Mean absolute errors over {plural(int(others['n_held_out'].iloc[0]), 'held-out partition')}, taken for "
        f"independent although they share what is learned from. Against the mean gain's: {listed(names)}.{ranked}"
    )

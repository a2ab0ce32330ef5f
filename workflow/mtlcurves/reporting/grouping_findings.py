"""Whether groups of tasks are better than one network for all, in words: by how much, and against chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.grouping_names import ALL_IN_ONE, METHOD_NAMES, RANDOM, SINGLE_TASK
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.style import metric_name, signed
from mtlcurves.reporting.words import interval_text, p_value

Tables = Mapping[str, pd.DataFrame]

DIGITS = 4  # means over tasks differ by thousandths

CIRCULAR = {
    "transfer": "The weights were measured on the same test folds, which flatters this choice: part of a gain is "
    "the noise that it was chosen by.",
    "tag": "The affinities are means over rotations, and what one rotation tests on the others train on: this "
    "choice has seen those labels, though no score on them, which may flatter it.",
}
"""Ways to choose groups that have seen the labels they are judged by, and what that does."""
RARE = 0.05  # of random partitions are as large, or as small, where size is said to be tested too


def grouping_findings(tables: Tables, metric: str) -> list[Finding]:
    """Say of every choice of groups what it changes against both references, and how it ranks among random ones.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name; without ``grouping_results`` nothing is said.
    metric : str
        Score the sentences are about.
    """
    results = tables.get("grouping_results", pd.DataFrame(columns=["metric", "method"]))
    own = results[results["metric"] == metric]
    chosen = [name for name in dict.fromkeys(own["method"]) if name not in (RANDOM, ALL_IN_ONE, SINGLE_TASK)]
    return [_finding(name, own) for name in chosen]


def _finding(method: str, results: pd.DataFrame) -> Finding:
    rows = results[results["method"] == method]
    whole, alone = (rows[rows["against"] == name].iloc[0] for name in (ALL_IN_ONE, SINGLE_TASK))
    groups, score = f"Groups of tasks chosen {METHOD_NAMES[method]}", metric_name(whole["metric"])
    if not np.isfinite(whole["difference"]):
        return Finding(f"{groups} have no {score} beside that of one network for all tasks.")
    networks, tasks, rotations = (plural(int(whole[f"n_{unit}s"]), unit) for unit in ("group", "task", "rotation"))
    sentences = [
        f"{groups} ({networks}) change mean {score} by {change_text(whole)} against "
        f"one network for all {tasks} and by {change_text(alone)} against each task alone, over {rotations}.",
        _rank(whole),
        sizes_text(whole, results),
        *([CIRCULAR[method]] if method in CIRCULAR else []),
    ]
    return Finding(" ".join(sentences), _detail(results, whole))


def change_text(row: pd.Series) -> str:
    """Write a difference of scores with its interval and P-value."""
    if not np.isfinite(row["difference"]):
        return "an unknown amount"
    if not np.isfinite(row["low"]):
        return signed(row["difference"], DIGITS)
    interval = interval_text(row["low"], row["high"], DIGITS)
    return f"{signed(row['difference'], DIGITS)} ({interval}, P {p_value(row['p'])})"


def _rank(row: pd.Series) -> str:
    n, better = int(row["n_random"]), int(row["n_better"])
    as_good = f"{better or 'none'} did as well or better (P {p_value(row['p_random'])})"
    return f"Of {plural(n, 'random partition')}, {as_good}."


def sizes_text(row: pd.Series, results: pd.DataFrame) -> str:
    """Set the size of the groups beside that of random ones, which alone may make them better or worse.

    Parameters
    ----------
    row : pandas.Series
        The chosen groups.
    results : pandas.DataFrame
        Rows of the same table with the random partitions that they are ranked among.
    """
    chance = results.loc[(results["method"] == RANDOM) & (results["against"] == ALL_IN_ONE), "serving_size"]
    own, (low, middle, high) = row["serving_size"], chance.quantile([0, 0.5, 1])
    text = (
        f"A task's group has {own:.1f} tasks on average, in random partitions {low:.1f} to {high:.1f} "
        f"(median {middle:.1f})"
    )
    if chance.quantile(RARE) <= own <= chance.quantile(1 - RARE):
        return f"{text}."
    more, beyond = ("more", own > high) if own > middle else ("fewer", own < low)
    which = "all" if beyond else "nearly all"
    return f"{text}: {more} than in {which} of them, so the rank partly tests size."


def _detail(results: pd.DataFrame, whole: pd.Series) -> str:
    own = results[results["against"] == ALL_IN_ONE]
    chance, alone = (own.loc[own["method"] == name, "difference"] for name in (RANDOM, SINGLE_TASK))
    low, middle, high = (signed(value, DIGITS) for value in chance.quantile([0, 0.5, 1]))
    return (
        f"{plural(int(whole['size']), 'training fold')}; Nadeau-Bengio test over rotations. Against one network "
        f"for all tasks, random partitions have {low} to {high} (median {middle}), and each task alone has "
        f"{signed(alone.iloc[0], DIGITS)}."
    )

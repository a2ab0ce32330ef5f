"""What balancing the tasks changes against the plain sum, in words: effect sizes, and what counts as none."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mtlcurves.curves.balancing import BETTER, EQUIVALENT, UNDECIDED, WORSE
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.style import metric_name, signed
from mtlcurves.reporting.words import are, have, p_value

Tables = Mapping[str, pd.DataFrame]

_NAMED = 3  # ways of one verdict that a sentence names


def balancing_findings(tables: Tables, metric: str) -> list[Finding]:
    """Say by how much balanced trainings differ from the plain sum, over all sizes, and what is equivalent to it.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name; without ``balancing`` nothing is said.
    metric : str
        Score the sentence is about.
    """
    table = tables.get("balancing", pd.DataFrame())
    if table.empty:
        return []
    own = table[(table["metric"] == metric) & table["size"].isna()]
    own = own[own["subset"] == ("all" if (own["subset"] == "all").any() else own["subset"].iloc[0])]
    judged, score = own[own["verdict"].notna()].sort_values("difference"), metric_name(metric)
    if judged.empty:
        return [Finding(f"Whether balancing the tasks changes {score} is not known: {own['undefined'].iloc[0]}.")]
    sizes = table.loc[table["recipe"].isin(judged["recipe"]), "size"].nunique()
    measured = (
        f"{count_text(judged['n_tasks'], 'task')} and {count_text(judged['n_rotations'], 'rotation')}, over "
        f"{plural(int(sizes), 'size')}"
    )
    low, high = judged.iloc[0], judged.iloc[-1]
    changed = _named(low) if len(judged) == 1 else f"{_named(low)} to {_named(high)}"
    sentence = f"Balancing the tasks changes mean {score} by {changed} against the plain sum ({measured}). "
    return [Finding(sentence + _verdicts(judged, own[own["verdict"].isna()]), _detail(judged))]


def _named(row: pd.Series) -> str:
    interval = f"90 % interval {signed(row['low'])} to {signed(row['high'])}"
    return f"{signed(row['difference'])} ({row['recipe']}; {interval})"


def _verdicts(judged: pd.DataFrame, others: pd.DataFrame) -> str:
    margin, n = f"\N{PLUS-MINUS SIGN}{judged['margin'].iloc[0]:g}", len(judged) + len(others)
    texts = {
        EQUIVALENT: f"equivalent to it (the interval within {margin})",
        BETTER: "better",
        WORSE: "worse",
        UNDECIDED: "undecided",
    }
    parts = []
    for verdict, text in texts.items():
        names = list(judged.loc[judged["verdict"] == verdict, "recipe"])
        if names:
            listed = f": {', '.join(names)}" if len(names) <= _NAMED and len(names) < n else ""
            count = "all" if 1 < len(names) == n else len(names)
            parts.append(f"{count} {are(len(names))} {text}{listed}")
    for reason, unknown in others.groupby("undefined", sort=False)["recipe"]:
        parts.append(f"{len(unknown)} {have(len(unknown))} no verdict: {', '.join(unknown)} ({reason})")
    return f"Of {plural(n, 'way')} of balancing, {'; '.join(parts)}."


def _detail(judged: pd.DataFrame) -> str:
    least = judged.sort_values("p_equivalence").iloc[-1]
    ratios = judged["seconds_ratio"].dropna()
    ends = dict.fromkeys(f"{ratio:.2g}" for ratio in (ratios.min(), ratios.max()))
    cost = f" A training takes {' to '.join(ends)} times the plain sum's." if len(ratios) else ""
    return (
        "Two one-sided tests over rotations with the Nadeau-Bengio correction, not corrected for their number. "
        f"The largest P-value of a difference beyond the margin is {p_value(least['p_equivalence'])} "
        f"({least['recipe']}).{cost}"
    )

"""Which signal to trust when, in words: what the figure of signals shows at a glance."""

from __future__ import annotations

import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.signals import NAMES, shown_signals, stratum_name, stratum_range
from mtlcurves.reporting.style import metric_name, percent, signed
from mtlcurves.reporting.words import interval_text, listed

BENEFIT, DESIGNED = "benefit", "designed"
SEEN = (
    " Where gains are of several rotations, compounds that one is scored on are training compounds of others, and "
    "signals are means over rotations."
)
LONG_NAMES = dict(
    zip(
        NAMES.values(),
        (
            "the similarity of gradients",
            "similarity divided by overlap",
            "the similarity of gradients of different compounds",
        ),
        strict=True,
    )
)


def signals_findings(signals: pd.DataFrame, window: str, significance: float) -> list[Finding]:
    """Say which signals tell what tasks gain from each other, and, where it is known, what they have in common.

    Parameters
    ----------
    signals : pandas.DataFrame
        Table ``signals_and_benefit``.
    window : str
        Logged steps of the similarities.
    significance : float
        False-discovery rate over all signals, outcomes and thirds.
    """
    shown = shown_signals(signals, window, significance)
    outcomes = [BENEFIT, *([DESIGNED] if DESIGNED in set(shown["outcome"]) else [])]
    return [_finding(shown[shown["outcome"] == outcome], outcome, significance) for outcome in outcomes]


def _finding(own: pd.DataFrame, outcome: str, significance: float) -> Finding:
    """Say of one outcome which signals tell it, over all pairs and in which thirds."""
    known = own[own["spearman"].notna()]
    if known.empty:
        reason = own["status"].iloc[0] if len(own) else "there is no such number"
        what = "what tasks gain from each other" if outcome == BENEFIT else "what was designed"
        return Finding(f"Which signal tells {what} could not be tested: {reason}.")
    what = "what was designed to be alike in two tasks"
    if outcome == BENEFIT:
        what = f"what a task gains in {metric_name(own['metric'].iloc[0])} from another"
    whole, thirds = known[known["stratum"] == "all"], known[known["stratum"] != "all"]
    over = f"Over {count_text(whole['n_pairs'], 'direction')}" if len(whole) else "Over all pairs"
    numbers = [f"{_name(row['label'])} {_numbers(row)}" for _, row in whole.iterrows()]
    return Finding(
        f"{over}, {_told(whole, what)} {_in_thirds(thirds)}",
        f"Rank correlations, judged together at a false-discovery rate of {percent(significance)}, and only where "
        f"the interval agrees: {'; '.join(numbers)}. A signal that nothing was shown of may still tell something."
        f"{SEEN if outcome == BENEFIT else ''}",
    )


def _told(rows: pd.DataFrame, what: str) -> str:
    """Say of all pairs which signals go with an outcome, which run against it, and of which nothing was shown."""
    told, rest = rows[rows["told"]], [_name(label) for label in rows.loc[~rows["told"], "label"]]
    parts = []
    for verb, own in (
        ("is foretold by", told[told["spearman"] > 0]),
        ("runs against", told[told["spearman"] < 0]),
    ):
        named = [f"{_name(row['label'])} ({_numbers(row)})" for _, row in own.iterrows()]
        parts += [f"{verb} {listed(named)}"] * bool(named)
    if rest:
        parts.append(f"is not found to go with {listed(rest, 'or')}")
    return f"{what} {', and '.join(parts)}."


def _in_thirds(rows: pd.DataFrame) -> str:
    """Name the thirds of the pairs, by overlap and by labels, in which a signal is told from nothing."""
    if rows.empty:
        return "Pairs do not differ enough in overlap and labels to be parted by them."
    told = rows[rows["told"]]
    if told.empty:
        return "In no third of the pairs by overlap or by labels is a signal told from nothing."
    parts = [
        f"{_name(row['label'])} among pairs with {stratum_name(row)} ({stratum_range(row)}; {_numbers(row)})"
        for _, row in told.iterrows()
    ]
    return f"In thirds of the pairs, told from nothing: {'; '.join(parts)}."


def _numbers(row: pd.Series) -> str:
    return ", ".join(filter(None, [signed(row["spearman"], 2), interval_text(row["low"], row["high"])]))


def _name(label: str) -> str:
    return LONG_NAMES.get(label, label)

"""Which signal to trust when, in words: what the figure of signals shows at a glance."""

from __future__ import annotations

import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.signals import NAMES, shown_signals, stratum_name, stratum_range
from mtlcurves.reporting.style import metric_name, percent, signed
from mtlcurves.reporting.words import listed

BENEFIT = "benefit"
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


def signals_finding(signals: pd.DataFrame, window: str, significance: float) -> Finding:
    """Say which signals tell what tasks gain from each other, over all pairs and in which thirds.

    Parameters
    ----------
    signals : pandas.DataFrame
        Table ``signals_and_benefit``.
    window : str
        Logged steps of the similarities.
    significance : float
        False-discovery rate over all signals and thirds.
    """
    shown = shown_signals(signals, window, significance)
    own = shown[shown["outcome"] == BENEFIT]
    known = own[own["spearman"].notna()]
    if known.empty:
        reason = own["status"].iloc[0] if len(own) else "there is no such number"
        return Finding(f"Which signal tells what tasks gain from each other could not be tested: {reason}.")
    score = metric_name(own["metric"].iloc[0])
    whole, thirds = known[known["stratum"] == "all"], known[known["stratum"] != "all"]
    over = f"Over {plural(int(whole['n_pairs'].max()), 'direction')}" if len(whole) else "Over all pairs"
    sentence = f"{over}, {_told(whole, score)} {_in_thirds(thirds)}"
    detail = (
        f"Rank correlations, judged together at a false-discovery rate of {percent(significance)}, and only where "
        "the interval agrees. A signal that nothing was shown of may still tell something: the intervals of the "
        "figure say how much."
    )
    return Finding(sentence, detail)


def _told(rows: pd.DataFrame, score: str) -> str:
    """Say of all pairs which signals go with the gains, which run against them, and of which nothing was shown."""
    told, rest = rows[rows["told"]], [_name(label) for label in rows.loc[~rows["told"], "label"]]
    parts = []
    for verb, own in (
        ("is foretold by", told[told["spearman"] > 0]),
        ("runs against", told[told["spearman"] < 0]),
    ):
        named = [f"{_name(row['label'])} ({_numbers(row)})" for _, row in own.iterrows()]
        parts += [f"{verb} {' and '.join(named)}"] * bool(named)
    if rest:
        parts.append(f"is not found to go with {listed(rest, 'or')}")
    return f"what a task gains in {score} from another {', and '.join(parts)}."


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
    ends = " to ".join(signed(row[end], 2) for end in ("low", "high"))
    return f"{signed(row['spearman'], 2)}, 95 % interval {ends}"


def _name(label: str) -> str:
    return LONG_NAMES.get(label, label)

"""What transfers between tasks, in words that keep from a wrong purchase: what is called, what is not known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mtlcurves.curves.families import FamilyBlocks, family_blocks
from mtlcurves.curves.statistics import benjamini_hochberg
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.map_reliability import reliability_finding
from mtlcurves.reporting.names import count_text, ordered_tasks, plural
from mtlcurves.reporting.style import metric_name, percent
from mtlcurves.reporting.transfer_pairs import (
    GAINS,
    LOSES,
    TOO_MUCH,
    UNKNOWN,
    closed_share,
    default_rows,
    is_called,
    read_pairs,
)
from mtlcurves.reporting.words import are, have, number, per_cent, points

Tables = Mapping[str, pd.DataFrame]

_SURE = 0.8  # probability from which on a weight is said to matter
_TO = " to "


def transfer_findings(
    tables: Tables, metric: str, significance: float, raised: str, smallest: float
) -> list[Finding]:
    """Say which pairs are called, what could not be seen, what other labels are worth, and what to mind.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name.
    metric : str
        Score the sentences are about.
    significance : float
        False-discovery rate over the map.
    raised : str
        How an auxiliary's labels were raised, such as ``from 1 fold to 9``; empty where none was.
    smallest : float
        Share of the gap that a fold of labels must close, or widen, to matter.
    """
    estimates = tables.get("transfer_estimates", pd.DataFrame())
    rows = default_rows(estimates) if len(estimates) else estimates
    rows = rows[rows["metric"] == metric] if len(rows) else rows
    pairs = read_pairs(rows, tables["tasks"], significance) if len(rows) else pd.DataFrame()
    if pairs.empty:
        nothing = "No task's labels were raised on their own, so nothing is said about transfer between tasks."
        return [Finding(nothing), *_others(rows)]
    families = ordered_tasks(tables["tasks"]).set_index("task")["family"]
    return [
        _called(pairs.assign(gap=_in_scores(pairs, tables, metric)), families, metric, significance, raised),
        _unseen(pairs),
        *reliability_finding(tables, metric, str(pairs["estimator"].iloc[0])),
        *_matters(pairs, smallest),
        *_others(rows),
        _before_a_purchase(pairs, _additivity(tables, pairs, metric, significance)),
    ]


def _called(pairs: pd.DataFrame, families: pd.Series, metric: str, significance: float, raised: str) -> Finding:
    strongest = pairs.sort_values("shown", key=abs, ascending=False, kind="stable")
    gains, losses = (strongest[strongest["verdict"] == verdict] for verdict in (GAINS, LOSES))
    n, rate = plural(len(pairs), "ordered pair"), f"a map-wide false-discovery rate of {percent(significance)}"
    if gains.empty and losses.empty:
        sentence = (
            f"None of {n} of tasks is called at {rate}: these data give no reason to buy labels of one task for "
            f"another. The largest estimate, which may be noise: {_in_words(strongest.iloc[0], metric)}."
        )
    else:
        sentence = (
            f"Of {n} of tasks, {len(gains) + len(losses):,} {are(len(gains) + len(losses))} called at {rate}"
        )
        sentence += f": {plural(len(gains), 'gain')} and {len(losses):,} loss{'' if len(losses) == 1 else 'es'}."
        for kind, found in (("gain", gains), ("loss", losses)):
            if len(found):
                sentence += f" The strongest {kind}: {_in_words(found.iloc[0], metric)}."
    blocks = family_blocks(pairs[["target", "auxiliary"]].assign(value=pairs["shown"].astype(float)), families)
    if blocks is not None:
        matter = "matter" if blocks.as_much < significance else "are not shown to matter"
        sentence += f" Families {matter} (permutation P {blocks.as_much:.2g})."
    how = f", auxiliaries raised {raised}" if raised else ""
    detail = (
        f"{pairs['estimator'].iloc[0]} estimates, {count_text(pairs['n_rotations'], 'rotation')}{how}; "
        f"Benjamini-Hochberg over all pairs. {_family_detail(blocks)}"
    )
    return Finding(sentence, detail.strip())


def _in_words(pair: pd.Series, metric: str) -> str:
    """Say what a fold of labels does, and what one label is worth, each with its interval."""
    labels = f" ({1000 * pair['fold']:,.0f})" if np.isfinite(pair["fold"]) else ""
    gap = f"the gap between the {metric_name(metric)} of {pair['target_name']} and its limit"
    closed, low, high = (float(pair[name]) for name in ("closed", "closed_low", "closed_high"))
    verb, sign = ("closes {} of " + gap, 1) if closed >= 0 else ("widens " + gap + " by {}", -1)
    ends = sorted([sign * low, sign * high]) if np.isfinite([low, high]).all() else []
    known = f"90 % interval {per_cent(ends[0])}{_TO}{per_cent(ends[1])}" if ends else "no interval"
    drawn = pair["closed_shrunken"]
    together = f"; {per_cent(sign * drawn)} drawn together with the map" if pd.notna(drawn) else ""
    text = f"one fold of labels of {pair['auxiliary_name']}{labels} {verb.format(per_cent(sign * closed))} "
    return text + f"({known}{together}){pair['gap']}{_exchange(pair)}"


def _in_scores(pairs: pd.DataFrame, tables: Tables, metric: str) -> pd.Series:
    """Say of each pair what it is in points of the score, where the target's curve has a limit."""
    if "curves" not in tables or "mean_scores" not in tables:
        return pd.Series("", pairs.index)
    gap = pairs["target"].map(present_gaps(tables["curves"], tables["mean_scores"], metric)).astype(float)
    changes, name = (gap * pairs["shown"]).abs(), metric_name(metric)
    texts = [
        f"; that gap is now about {number(size)}, so this is {points(change)} {name}"
        if np.isfinite(size)
        else f"; that gap is not identified, so nobody can say how much {name} this is"
        for size, change in zip(gap, changes, strict=True)
    ]
    return pd.Series(texts, pairs.index)


def present_gaps(curves: pd.DataFrame, scores: pd.DataFrame, metric: str) -> pd.Series:
    """Return by task how far its multi-task score at the largest size is from its curve's limit, where known."""
    limit, last = (
        table[(table["recipe"] == "main") & (table["arm"] == "mtl") & (table["subset"] == "all")]
        for table in (curves, scores)
    )
    limit = limit[(limit["metric"] == metric) & (limit["form"] == "EXP3") & (limit["coefficient"] == "c")]
    last = last[(last["metric"] == metric) & (last["size"] == last["size"].max())]
    gap = limit[limit["status"] == "ok"].set_index("task")["value"] - last.set_index("task")["score"]
    return pd.Series(gap[gap > 0], dtype=float)


def _exchange(pair: pd.Series) -> str:
    rate, low, high = (float(pair[name]) for name in ("exchange_rate", "exchange_low", "exchange_high"))
    if np.isnan(rate) or np.isnan(low):
        return ""
    target, auxiliary = pair["target_name"], pair["auxiliary_name"]
    if not np.isfinite([low, high]).all():
        return f"; what one label of {auxiliary} is worth in labels of {target} is not identified"
    verb = "is worth" if rate >= 0 else "costs as much as"
    sign = 1 if rate >= 0 else -1
    worth, ends = number(sign * rate), sorted([sign * low, sign * high])
    return (
        f"; one label of {auxiliary} {verb} {worth} label{'' if worth == '1' else 's'} of {target} "
        f"({number(ends[0])}{_TO}{number(ends[1])})"
    )


def _matters(pairs: pd.DataFrame, smallest: float) -> list[Finding]:
    """Say how many weights are large enough to matter, by what the whole map says of each."""
    doubt = pairs["null_probability"].astype(float)
    if doubt.isna().all():
        return []
    sure, small = int((doubt <= 1 - _SURE).sum()), int((doubt[is_called(pairs)] > 0.5).sum())
    least = f"at least {per_cent(smallest)} of the gap" if smallest else "the gap at all"
    sentence = (
        f"Of {plural(len(pairs), 'pair')}, {sure:,} {are(sure)} more than {percent(_SURE)} likely to change "
        f"{least} by one fold of labels, in the direction shown."
    )
    if small:
        sentence += f" {small:,} of the pairs called {are(small)} more likely smaller than that."
    return [
        Finding(
            sentence,
            "From all pairs together: a weight matters if it has the sign shown and at least that size "
            "(curves.smallest_effect). This is no test, and rests on what pairs have in common.",
        )
    ]


def _unseen(pairs: pd.DataFrame) -> Finding:
    """Say how small an effect this study could have seen."""
    known = pairs[pairs["verdict"] != UNKNOWN]
    rotations = count_text(pairs["n_rotations"], "rotation")
    if known.empty:
        return Finding(f"With {rotations} no pair can be significant: no weight has an interval.")
    error = (known["standard_error"] * known["fold"]).astype(float)
    half = float(closed_share(((known["high"] - known["low"]) / 2 * known["fold"]).astype(float)).median())
    freedom, smallest = float(known["freedom"].median()), float(known["needed"].median())
    sentence = (
        f"What could not be seen: half of the pairs' 90 % intervals are wider than \N{PLUS-MINUS SIGN}"
        f"{per_cent(half)} of the gap for one fold of labels; smaller effects are lost in this study's noise."
    )
    if known["p"].isna().all():
        sentence += " There were fewer trainings than tasks, so no pair is tested: all are drawn towards 0."
    elif smallest > TOO_MUCH:
        sentence += (
            f" With {rotations} a pair cannot be significant on its own: it would have to change more than "
            f"{per_cent(TOO_MUCH)} of the gap by one fold of labels."
        )
    else:
        sentence += (
            f" To be called as the only one of {plural(len(pairs), 'pair')}, a typical one has to change the gap "
            f"by {per_cent(smallest)}."
        )
    lost = len(pairs) - len(known)
    detail = f"{lost:,} of {plural(len(pairs), 'pair')} {have(lost)} no interval; " if lost else ""
    return Finding(
        sentence,
        f"{detail}typical standard error {per_cent(float(closed_share(error).median()))} of the gap, "
        f"{_distribution(freedom)}. A pair that is not called is not shown to be worth nothing.",
    )


def _distribution(freedom: float) -> str:
    """Name what P-values are from; variances that all agree have a prior without limit."""
    return "normal distribution" if freedom > 1000 else f"Student's t with {freedom:.3g} degrees of freedom"


def _others(rows: pd.DataFrame) -> list[Finding]:
    """Say what labels of all other tasks are worth, where single-task curves tell it."""
    others = rows[rows["coefficient"] == "a_iS"] if len(rows) else rows
    if others.empty:
        return []
    known = others[(others["status"] == "ok") & others["exchange_rate"].notna() & others["exchange_low"].notna()]
    targets = plural(len(others), "target")
    if known.empty:
        return [Finding(f"What labels of all other tasks are worth is not identified in any of {targets}.")]
    rate = known["exchange_rate"].astype(float)
    told, costs = int((known["exchange_low"] > 0).sum()), int((known["exchange_high"] < 0).sum())
    sentence = (
        f"One label of other tasks, taken as they come, is worth {number(float(rate.median()))} own labels in "
        f"the typical target (from {number(float(rate.min()))} to {number(float(rate.max()))}); it is worth "
        f"more than nothing in {told} of {targets} and less than nothing in {costs}, by 90 % intervals."
    )
    lost = len(others) - len(known)
    detail = f"Not identified in {plural(lost, 'target')}. " if lost else ""
    return [Finding(sentence, f"{detail}{count_text(known['n_rotations'], 'rotation')}; intervals of Fieller.")]


def _additivity(tables: Tables, pairs: pd.DataFrame, metric: str, significance: float) -> str:
    """Say in how many targets the weights of single tasks fail to add up to what all of them do together."""
    checks = tables.get("additivity", pd.DataFrame())
    if checks.empty:
        return ""
    own = checks[(checks["recipe"] == "main") & (checks["metric"] == metric) & checks["p"].notna()]
    own = own[own["estimator"] == pairs["estimator"].iloc[0]]
    if own.empty:
        return " Whether they do could not be tested here."
    failed = own.loc[benjamini_hochberg(own["p"]) < significance, "target"].nunique()
    n = plural(own["target"].nunique(), "target")
    doubt = "" if failed else ", which is no proof that they do"
    return f" Tested here, they fail to add up in {failed} of {n}{doubt}."


def _before_a_purchase(pairs: pd.DataFrame, additivity: str) -> Finding:
    called = pairs[is_called(pairs)]
    closed = np.isfinite(called[["exchange_low", "exchange_high"]].astype(float)).all(axis=1)
    sentence = (
        "Before labels are bought: a weight is an association found on these compounds, folds and networks, not "
        "a promise for new ones. It assumes that new compounds resemble those that are here and that labels of "
        f"several tasks add up.{additivity}"
    )
    if len(called) and not closed.all():
        sentence += (
            f" What one label is worth is not identified in {int((~closed).sum()):,} of "
            f"{plural(len(called), 'called pair')}: there is no price to be paid for it."
        )
    return Finding(
        sentence,
        "The strongest of many estimates are too large on the whole; those drawn together with the map are less "
        "so. Losses deserve the same trust as gains.",
    )


def _family_detail(families: FamilyBlocks | None) -> str:
    if families is None:
        return ""
    low, high = (
        f"{per_cent(block['mean'])} ({block['auxiliary_family'] or 'no family'} raised, "
        f"{block['target_family'] or 'no family'} scored; {plural(int(block['n']), 'pair')})"
        for block in (families.blocks.iloc[-1], families.blocks.iloc[0])
    )
    return (
        f"The families of both tasks account for {percent(families.explained)} of the variation between pairs; "
        f"random families do for {percent(families.by_chance)} on average, and for as much in "
        f"{percent(families.as_much, 1)} of cases. "
        f"Means of family blocks run from {low} to {high} of the gap."
    )

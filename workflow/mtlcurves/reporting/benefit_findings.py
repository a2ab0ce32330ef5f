"""Whether gradients tell what to train together, in words: what tasks gain in pairs and in groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.grouping_findings import change_text, sizes_text
from mtlcurves.reporting.grouping_names import ALL_IN_ONE, METHOD_NAMES, RANDOM, SINGLE_TASK
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.rows import first_with, rows_with
from mtlcurves.reporting.style import metric_name, percent, signed
from mtlcurves.reporting.words import among_these, correlation_text, have, listed, p_value

KEEP_ALL, CHOSEN = "keep all pairs", "chosen on one half"


def benefit_finding(
    benefit: pd.DataFrame, prediction: pd.DataFrame, significance: float, scores: pd.DataFrame | None = None
) -> Finding:
    """Say what tasks gain in pairs, and whether similar gradients foretell it.

    Parameters
    ----------
    benefit : pandas.DataFrame
        Table ``pair_benefit``, whose first score is spoken of.
    prediction : pandas.DataFrame
        Rows of table ``benefit_prediction``, one for each score.
    significance : float
        False-discovery rate, and P-value below which something is told from nothing.
    scores : pandas.DataFrame, optional
        Rows of table ``gradient_scores``: test scores of the networks for all tasks.
    """
    metric = benefit["metric"].iloc[0]
    own = benefit[(benefit["metric"] == metric) & benefit["benefit"].notna()]
    score = metric_name(metric)
    if own.empty:
        return Finding(f"No pair of tasks has a {score} both together and alone.")
    low, high = signed(own["benefit"].min()), signed(own["benefit"].max())
    sentence = (
        f"Training with one other task changes a task's held-out {score} by {signed(own['benefit'].mean())} in "
        f"the mean over {plural(len(own), 'direction')} ({_bound(own)}single ones from {low} to {high}). "
        f"{_tested(own, significance)}; {_foretold(first_with(prediction, metric=metric), significance)}"
    )
    return Finding(sentence, _benefit_detail(own, significance) + _fewest_labels(own, scores))


def _bound(own: pd.DataFrame) -> str:
    """Bound the interval of the mean: its error is at most the mean of all errors, however they depend."""
    if own["low"].isna().any():
        return ""
    return f"95 % interval no wider than {signed(own['low'].mean())} to {signed(own['high'].mean())}; "


def _tested(own: pd.DataFrame, significance: float) -> str:
    if own["q"].isna().all():
        return "None can be tested alone, with one training each"
    beyond = own[own["q"] < significance]
    gains, losses = (int((way * beyond["benefit"] > 0).sum()) for way in (1, -1))
    return f"Tested together, {gains or 'none'} gain and {losses or 'none'} lose"


def _benefit_detail(own: pd.DataFrame, significance: float) -> str:
    known = int(own["low"].notna().sum())
    trainings = count_text(own["n_trainings"], "training")
    if not known:
        return f"{trainings} of each, both alone and together."
    counts = own.loc[own["low"].notna(), "verdict"].value_counts()
    gain, loss, equal, unclear = (
        int(counts.get(name, 0)) or "none" for name in ("gain", "loss", "equal", "unclear")
    )
    return (
        f"{trainings} of each, both alone and together. Tested together: at a false-discovery rate of "
        f"{percent(significance)}. By the 95 % interval of each alone, over "
        f"{' and '.join(own['over'].dropna().unique())}, {gain} gain, {loss} lose, {equal} stay within the margin "
        f"and {unclear} are unclear{_without(len(own) - known)}; chance alone gives about "
        f"{0.05 * known:.2g} that gain or lose."
    )


def _without(count: int) -> str:
    """Say of how many directions the trainings do not differ, or are one."""
    return f" ({count} more {have(count)} no interval, as trainings do not differ or are one)" if count else ""


def _fewest_labels(own: pd.DataFrame, scores: pd.DataFrame | None) -> str:
    """Say on how few labels a score rests; empty where they are not counted."""
    counted = scores[scores["task"].isin(own["task"])] if scores is not None else None
    if counted is None or counted.empty:
        return ""
    least = plural(int(counted["n"].min()), "label")
    return f" In a test fold of the networks for all tasks, each of these tasks has {least} at least."


def _foretold(row: pd.Series | None, significance: float) -> str:
    if row is None or not np.isfinite(row["pearson"]):
        reason = f": {row['status']}" if row is not None else ""
        return f"whether similar gradients foretell it is not known{reason}."
    text = f"similarity of gradients and gain have {correlation_text(row)}"
    if np.isfinite(row["auc"]):
        text += f", and of a gain and a loss the gain has the larger similarity in {percent(row['auc'])} of cases"
        if np.isfinite(row["auc_low"]):
            text += f" (95 % interval {percent(row['auc_low'])} to {percent(row['auc_high'])})"
    if not row["pearson_p"] < significance:
        return f"{text}: gradients are not found to foretell what to train together."
    way = "gain more" if row["pearson"] > 0 else "gain less"
    return (
        f"{text}: tasks with more similar gradients {way}{among_these(row['pearson_low'], row['pearson_high'])}."
    )


def threshold_finding(thresholds: pd.DataFrame) -> Finding:
    """Say whether to train together only what is similar enough beats training every pair together.

    Parameters
    ----------
    thresholds : pandas.DataFrame
        Rows of table ``benefit_thresholds``: every rule, of one similarity and one score.
    """
    chosen, everything = (first_with(thresholds, rule=rule) for rule in (CHOSEN, KEEP_ALL))
    if chosen is None or everything is None or not np.isfinite(chosen["f1"]):
        reason = chosen["status"] if chosen is not None else "there is no such number"
        reason = "no direction gains" if reason == "ok" else reason
        return Finding(f"Whether a least similarity tells what to train together could not be tested: {reason}.")
    gains, losses = (plural(int(chosen[name]), "direction") for name in ("n_positive", "n_negative"))
    pairs = plural(int(chosen["n_pairs"]), "pair")
    sentence = (
        f"A least similarity to train tasks together from, chosen on half of {pairs}, has F1 "
        f"{_spread(chosen, 'f1')} on the other half, where keeping all pairs has {_spread(everything, 'f1')}: "
        f"{_better(chosen, everything)}."
    )
    fixed = [
        f"{row['f1']:.2f} from {row['threshold']:g} on"
        for _, row in thresholds.iterrows()
        if row["rule"] not in (CHOSEN, KEEP_ALL) and np.isfinite(row["f1"])
    ]
    published = f" F1 of the published ones: {', '.join(fixed)}." if fixed else ""
    return Finding(
        sentence,
        f"The chosen one (median {signed(chosen['threshold'])}) avoids a share of {_spread(chosen, 'avoided')} of "
        f"{losses} without a gain and keeps {_spread(chosen, 'kept')} of {gains} with one. F1: harmonic mean of "
        "what is kept of the gains and of the share of gains in what is kept. Medians and middle 95 % of random "
        f"halves, which share pairs: no confidence intervals, and no P-value.{published}",
    )


def _spread(row: pd.Series, name: str) -> str:
    return f"{row[name]:.2f} ({row[f'{name}_low']:.2f} to {row[f'{name}_high']:.2f})"


def _better(chosen: pd.Series, everything: pd.Series) -> str:
    if chosen["f1"] <= everything["f1"]:
        return "it is no better than no threshold"
    if chosen["f1_low"] > everything["f1_high"]:
        return "it helps"
    return "whether it helps is undecided, as both ranges overlap"


def groups_findings(results: pd.DataFrame, significance: float) -> list[Finding]:
    """Say of each way to choose groups by gradients what they improve, for every number of groups.

    Parameters
    ----------
    results : pandas.DataFrame
        Table ``gradient_grouping_results``, whose first score is spoken of.
    significance : float
        P-value of its rank below which a choice is told from random ones.
    """
    own = rows_with(results, metric=results["metric"].iloc[0])
    methods = [name for name in dict.fromkeys(own["method"]) if name not in (RANDOM, ALL_IN_ONE, SINGLE_TASK)]
    return [_groups_finding(own, method, significance) for method in methods]


def _groups_finding(own: pd.DataFrame, method: str, significance: float) -> Finding:
    rows = rows_with(own, method=method)
    whole, score = rows_with(rows, against=ALL_IN_ONE), metric_name(rows["metric"].iloc[0])
    parts = [
        f"{change_text(row)} with {plural(int(row['n_groups']), 'group')}, {_rank(row)}"
        for _, row in whole.iterrows()
    ]
    beside = [
        f"{change_text(row)} with {plural(int(row['n_groups']), 'group')}"
        for _, row in rows_with(rows, against=SINGLE_TASK).iterrows()
    ]
    tasks = plural(int(whole["n_tasks"].max()), "task")
    sentence = (
        f"Groups of tasks chosen {METHOD_NAMES[method]} change mean held-out {score} over one network for all "
        f"{tasks} by {'; '.join(parts)}. {_against_chance(whole, significance)}"
    )
    sizes = dict.fromkeys(sizes_text(row, rows_with(own, n_groups=row["n_groups"])) for _, row in whole.iterrows())
    return Finding(
        sentence,
        f"Against each task alone: {'; '.join(beside)}. {' '.join(sizes)} Intervals over "
        f"{count_text(whole['n_seeds'], 'seed')} of one split; P not corrected for the numbers of groups.",
    )


def _against_chance(rows: pd.DataFrame, significance: float) -> str:
    """Say with how many groups a choice is told from random partitions."""
    known = rows[rows["p_random"].notna()]
    better = list(known.loc[known["p_random"] < significance, "n_groups"])
    if not better:
        return "They are not found to be better than random ones."
    return f"They are better than random ones with {listed([str(n) for n in better])} groups."


def _rank(row: pd.Series) -> str:
    if pd.isna(row["n_better"]):
        return "of unknown rank"
    n, better = plural(int(row["n_random"]), "random partition"), int(row["n_better"]) or "none"
    return f"where {better} of {n} did as well or better (P {p_value(row['p_random'])})"

"""Whether gradients tell what labels are worth, in words: what was found, and what could have been."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mtlcurves.reporting.display import Shown, cells
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.style import metric_name, percent, signed
from mtlcurves.reporting.words import among_these, left_open, p_value

Tables = Mapping[str, pd.DataFrame]


def affinity_findings(tables: Tables, metric: str, significance: float) -> list[Finding]:
    """Say whether affinities and weights agree, for pairs of tasks and for all other tasks together.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name; without ``transfer_comparison`` nothing is said.
    metric : str
        Score the sentences are about.
    significance : float
        False-discovery rate over the table.
    """
    table = tables.get("transfer_comparison", pd.DataFrame())
    if table.empty:
        return []
    rows = headline_rows(table)
    own = rows[rows["metric"] == metric]
    return [
        _finding(row, table, rows, significance)
        for scope in ("task", "complement")
        for _, row in own[own["scope"] == scope].iterrows()
    ]


def headline_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Keep a row for each scope and metric: the largest size, weights per fold by the estimator that is read."""
    first = table[(table["affinity"] == "largest size") & (table["version"] == "per fold")]
    return first.drop_duplicates(["scope", "metric"])


def _finding(row: pd.Series, table: pd.DataFrame, rows: pd.DataFrame, significance: float) -> Finding:
    pairs = row["scope"] == "task"
    what = (
        "What a gradient step for one task does to another, and what a label of the one is worth to the other,"
        if pairs
        else "What a step for all other tasks does to a task, and what their labels are worth to it,"
    )
    if row["status"] != "ok":
        return Finding(f"{what} could not be compared: {row['status']}.")
    score, numbers = metric_name(row["metric"]), _numbers(row)
    n = plural(int(row["n_pairs"]), "ordered pair" if pairs else "target")
    if row["q"] < significance:
        way = "agree" if row["spearman"] > 0 else "disagree: the one is high where the other is low"
        sentence = f"{what} {way} in {score}: {numbers}, over {n}{among_these(row['low'], row['high'])}."
    else:
        rest = left_open(row["low"], row["high"])
        sentence = f"{what} are not found to correlate in {score}: {numbers}, over {n}. {rest}"
    within = _within(row, table, significance) if pairs else ""
    return Finding(sentence + _ceiling(row, significance) + within, _detail(row, table, rows, significance))


def _numbers(row: pd.Series) -> str:
    interval = f" (95 % interval {signed(row['low'], 2)} to {signed(row['high'], 2)})"
    correlation = f"Spearman {signed(row['spearman'], 2)}{interval if pd.notna(row['low']) else ''}"
    return f"{correlation}, P {p_value(row['p'])}, q {p_value(row['q'])}"


def _ceiling(row: pd.Series, significance: float) -> str:
    """Say how large a correlation could have been seen, and what one that was told would be without noise."""
    if pd.isna(row["ceiling"]):
        return f" How large a correlation could have been seen is not known: {_in_words(row['unknown'])}."
    most = f"{min(row['ceiling'], 1):.2f}"
    if abs(row["spearman"]) >= row["ceiling"]:
        return (
            f" The reliabilities are too uncertain to tell how large a correlation could have been seen ({most})."
        )
    text = f" As noisy as both are, no correlation above about {most} could have been seen"
    clean = f"; without noise it would be near {signed(row['disattenuated'], 2)}"
    return f"{text}{clean if row['q'] < significance else ''}."


def _in_words(reason: str) -> str:
    """Name the columns that a reason of the table names."""
    for column, name in (("reliability_transfer", "weights"), ("reliability_affinity", "affinities")):
        reason = reason.replace(column, f"the reliability of the {name}")
    return reason


def _within(row: pd.Series, table: pd.DataFrame, significance: float) -> str:
    """Say the same of differences between auxiliaries of one target, which alone have a meaning in affinities."""
    keys = ["metric", "scope", "affinity", "estimator", "coefficient"]
    same = (table[keys] == row[keys]).all(axis=1) & (table["version"] == "per fold, less the target's mean")
    found = table[same & (table["status"] == "ok")]
    if found.empty:
        return ""
    other = found.iloc[0]
    text = f" Between the auxiliaries of one target (means of targets taken off both): {_numbers(other)}"
    if other["q"] >= significance:
        return f"{text}; no correlation is told from nothing."
    sides = "more" if other["spearman"] > 0 else "less"
    text += f"; tasks whose steps help a target more have labels that are worth {sides} to it"
    return f"{text}{among_these(other['low'], other['high'])}."


def _detail(row: pd.Series, table: pd.DataFrame, rows: pd.DataFrame, significance: float) -> str:
    others = [
        f"{metric_name(other['metric'])} {signed(other['spearman'], 2)}"
        for _, other in rows[(rows["scope"] == row["scope"]) & (rows["metric"] != row["metric"])].iterrows()
        if other["status"] == "ok"
    ]
    called, tested = int((table["q"] < significance).sum()), int(table["p"].notna().sum())
    beside = f" Beside it {', '.join(others)}." if others else ""
    return (
        f"Affinity at {plural(int(row['sizes']), 'training fold')} (lookahead {row['lookahead']}; another may say "
        f"otherwise), {row['estimator']} weights of a fold of labels ({row['arm']}), "
        f"{plural(int(row['n_tasks']), 'task')}; tasks resampled for the interval and permuted for P, since pairs "
        f"share tasks.{beside} Of all {plural(tested, 'correlation')} in the table, {called} "
        f"{'is' if called == 1 else 'are'} significant at a false-discovery rate (q) of {percent(significance)}."
    )


def show_comparison(table: pd.DataFrame) -> Shown:
    """Show P1's Table 3 with what was missing: intervals, P-values of tasks, false-discovery rate, ceiling."""
    kept = table[~table["version"].str.startswith("per label")]
    kept = kept.assign(between=np.where(kept["scope"] == "task", "two tasks", "all others and one"))
    headings = {"between": "between", "metric": "score", "affinity": "affinity at", "sizes": "folds"}
    headings |= {"estimator": "estimator", "coefficient": "weight", "version": "version", "spearman": "Spearman"}
    headings |= {
        "low": "low",
        "high": "high",
        "n_tasks": "tasks",
        "n_pairs": "pairs or targets",
        "p": "P",
        "q": "q",
    }
    headings |= {"ceiling": "most to be seen", "disattenuated": "without noise", "status": "status"}
    content = cells(kept, headings, once=["between", "affinity", "status"])
    note = (
        "Spearman's correlation of affinities with weights of learning curves (the paper's Table 3); 95 % "
        "intervals from resampled tasks, P from permuted tasks, q: Benjamini-Hochberg over the whole table. Most "
        "to be seen: what the noise of both sides leaves of a perfect correlation. Weights per label: in the file."
    )
    file = "tables/transfer_comparison.csv"
    return Shown("transfer_comparison", "Affinities and weights", note, "gradients", *content, file)

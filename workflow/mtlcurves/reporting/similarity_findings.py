"""Whether gradients can be trusted in a study, in words: sizes of effects first, nothing where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mtlcurves.reporting.affinity_findings import left_open
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.grouping_findings import change_text
from mtlcurves.reporting.grouping_names import ALL_IN_ONE, METHOD_NAMES, RANDOM, SINGLE_TASK
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.signal_findings import signals_finding
from mtlcurves.reporting.style import metric_name, percent, signed
from mtlcurves.reporting.words import p_value

Tables = Mapping[str, pd.DataFrame]

ADVICE = {
    "usable": "with gradients that can be compared",
    "close relations only": "of which gradients can show close relations only",
    "not usable: too noisy": "of too few logged batches for their overlap (more epochs or seeds, log.every)",
    "not usable: too few shared compounds": "with too few shared compounds",
}
"""What pairs are fit for, by what the table of overlap advises."""
LABELS_OF = {
    "all": "labels of all compounds",
    "train": "labels of training compounds",
    "heldout": "held-out labels",
}
EACH = "each direction"
CROSS_MISSING = (
    "What gradients of different compounds share was not logged (key gradients.log.parts), so how much of it "
    "common compounds alone make is not known."
)


def similarity_findings(tables: Tables, gradients: Mapping[str, Any] | None, significance: float) -> list[Finding]:
    """Say for which pairs gradients can be compared, what they tell of labels and of gains, and what groups gain.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name; of those that a study does not have nothing is said.
    gradients : mapping, optional
        Section ``gradients`` of the configuration: its first encoder, its window and its rows are spoken of.
    significance : float
        P-value below which something is told from nothing.
    """
    if gradients is None:
        return []
    shown = {"encoder": gradients["encoders"][0], "window": gradients["log"]["window"]}
    found: list[Finding] = []
    if len(tables.get("overlap", [])):
        found.append(overlap_finding(tables["overlap"]))
    if len(tables.get("similarity_and_correlation", [])):
        table = _rows(tables["similarity_and_correlation"], encoder=shown["encoder"])
        found.append(relation_finding(table, shown["window"], gradients["rows"], significance))
    if len(tables.get("pair_benefit", [])):
        prediction = _rows(tables["benefit_prediction"], **shown, part="all", version="raw", outcome=EACH)
        found.append(benefit_finding(tables["pair_benefit"], prediction, significance))
    if len(tables.get("signals_and_benefit", [])):
        found.append(signals_finding(tables["signals_and_benefit"], shown["window"], significance))
    if len(tables.get("gradient_grouping_results", [])):
        found += groups_findings(tables["gradient_grouping_results"])
    return found


def overlap_finding(overlap: pd.DataFrame) -> Finding:
    """Count the pairs of tasks whose gradients can be compared, and the others by what they lack."""
    counts = {text: int((overlap["advice"] == advice).sum()) for advice, text in ADVICE.items()}
    parts = [f"{count} {text}" for text, count in counts.items() if count]
    sentence = (
        f"Before training, of {plural(len(overlap), 'pair')} of tasks: {'; '.join(parts) or 'nothing is known'}."
    )
    low, middle, high = overlap["ochiai"].quantile([0, 0.5, 1])
    detail = (
        f"Ochiai overlap {low:.2f} to {high:.2f} (median {middle:.2f}). The advice is from labels and logged "
        "batches alone, with an assumed noise; compounds to measure for a pair to become usable are in the table "
        "(to_measure)."
    )
    return Finding(sentence, detail)


def relation_finding(relation: pd.DataFrame, window: str, rows: str, significance: float) -> Finding:
    """Say whether similar gradients go with correlated labels, and whether on different compounds too."""
    shown = _rows(relation, window=window)
    own = _rows(shown, rows=rows, version="raw", measure="pearson")
    what = f"the similarity of the tasks' gradients and the correlation of their {LABELS_OF[rows]}"
    whole = _first(own, part="all")
    if whole is None or not np.isfinite(whole["pearson"]):
        reason = "there is no such number" if whole is None else whole["status"]
        untested = f"Whether gradients can be trusted here could not be tested: of {what}, {reason}."
        return Finding(untested, _instead(relation, rows))
    pairs, tasks = plural(int(whole["n_pairs"]), "pair"), plural(int(whole["n_tasks"]), "task")
    text = f"Over {pairs} of {tasks}, {what} have {_numbers(whole)}"
    sentence = (
        f"{text}: {_verdict(whole, significance)} {_of_cross(whole, _first(own, part='cross'), significance)}"
    )
    return Finding(sentence, _relation_detail(shown, whole, rows))


def _instead(relation: pd.DataFrame, rows: str) -> str:
    """Name the other windows of logged steps that do have a correlation."""
    known = relation[relation["pearson"].notna() & (relation["rows"] == rows) & (relation["part"] == "all")]
    windows = list(dict.fromkeys(known["window"]))
    if not windows:
        return ""
    return f"Logged steps {' and '.join(windows)} have one (table): gradients.log.window chooses what is shown."


def _verdict(row: pd.Series, significance: float) -> str:
    r, low, high = row["pearson"], row["pearson_low"], row["pearson_high"]
    if not row["pearson_p"] < significance:
        return f"gradients are not found to tell how tasks are related here. {left_open(low, high)}"
    if r < 0:
        return "gradients mislead here, as tasks with more similar gradients have less correlated labels."
    if not low > 0:
        return (
            "gradients tell it among these tasks; the interval, which speaks of other tasks, leaves open whether "
            "they would elsewhere."
        )
    return (
        "gradients tell which tasks' labels go together here, and with a straight line account for "
        f"{percent(r**2)} of what differs between pairs."
    )


def _of_cross(whole: pd.Series, cross: pd.Series | None, significance: float) -> str:
    if cross is None:
        return CROSS_MISSING
    if not np.isfinite(cross["pearson"]):
        return f"Of gradients of different compounds (cross) this is not known: {cross['status']}."
    text = f"Gradients of different compounds (cross) have {_numbers(cross)}"
    if cross["pearson_p"] < significance and cross["pearson"] > 0:
        return f"{text}, so they tell something that is not in common compounds alone."
    if cross["pearson_p"] < significance:
        return f"{text}, which is the other way."
    if whole["pearson_p"] < significance:
        return (
            f"{text}, not told from nothing: what gradients tell may all come from the common compounds, whose "
            "labels define the correlation too."
        )
    return f"{text}."


def _relation_detail(relation: pd.DataFrame, whole: pd.Series, rows: str) -> str:
    whole_part = _rows(relation, part="all")
    pearson = _rows(whole_part, measure="pearson")
    beside = [("divided by overlap", _first(pearson, rows=rows, version="corrected"))]
    beside += [
        (text, _first(pearson, rows=name, version="raw")) for name, text in LABELS_OF.items() if name != rows
    ]
    of_most = _first(whole_part, rows=rows, version="raw", measure="phi_of_most")
    beside.append(("correlation as a share of the most that the classes' prevalences allow", of_most))
    known = [(text, row) for text, row in beside if row is not None and np.isfinite(row["pearson"])]
    others = [f"{text} r {signed(row['pearson'], 2)}" for text, row in known]
    return (
        f"Encoder {whole['encoder']}, logged steps {whole['window']}; P by permutation of tasks, interval from "
        f"resampled ones, since pairs share tasks. Beside it: {', '.join(others) or 'nothing'}."
    )


def benefit_finding(benefit: pd.DataFrame, prediction: pd.DataFrame, significance: float) -> Finding:
    """Say what tasks gain in pairs, and whether similar gradients foretell it."""
    metric = benefit["metric"].iloc[0]
    own = benefit[(benefit["metric"] == metric) & benefit["benefit"].notna()]
    score = metric_name(metric)
    if own.empty:
        return Finding(f"No pair of tasks has a {score} both together and alone.")
    counts = own["verdict"].value_counts()
    gain, loss, equal, unclear = (int(counts.get(name, 0)) for name in ("gain", "loss", "equal", "unclear"))
    low, high = signed(own["benefit"].min()), signed(own["benefit"].max())
    beyond = own[own["q"] < significance]
    gains, losses = (int((way * beyond["benefit"] > 0).sum()) for way in (1, -1))
    sentence = (
        f"Training with one other task improves a task's held-out {score} by {signed(own['benefit'].mean())} in "
        f"the mean over {plural(len(own), 'direction')} (single ones from {low} to {high}). Tested together, "
        f"{gains or 'none'} gain and {losses or 'none'} lose; "
        f"{_foretold(_first(prediction, metric=metric), significance)}"
    )
    over = " and ".join(own["over"].dropna().unique())
    detail = (
        f"Tested together: at a false-discovery rate of {percent(significance)}. By the 95 % interval of each "
        f"alone, over {over or 'nothing'}, {gain or 'none'} gain, {loss or 'none'} lose, {equal or 'none'} stay "
        f"within the margin and {unclear or 'none'} are unclear; chance alone gives about {0.05 * len(own):.2g} "
        "that gain or lose."
    )
    return Finding(sentence, detail)


def _foretold(row: pd.Series | None, significance: float) -> str:
    if row is None or not np.isfinite(row["pearson"]):
        reason = f": {row['status']}" if row is not None else ""
        return f"whether similar gradients foretell it is not known{reason}."
    text = f"similarity of gradients and gain have {_numbers(row)}"
    if np.isfinite(row["auc"]):
        text += f", and of a gain and a loss the gain has the larger similarity in {percent(row['auc'])} of cases"
    if not row["pearson_p"] < significance:
        return f"{text}: gradients are not found to foretell what to train together."
    way = "gain more" if row["pearson"] > 0 else "gain less"
    low, high = row["pearson_low"], row["pearson_high"]
    open_ = "" if low > 0 or high < 0 else ", among these tasks; the interval, which speaks of others, holds 0 too"
    return f"{text}: tasks with more similar gradients {way}{open_}."


def groups_findings(results: pd.DataFrame) -> list[Finding]:
    """Say of each way to choose groups by gradients what they improve, for every number of groups."""
    own = _rows(results, metric=results["metric"].iloc[0])
    methods = [name for name in dict.fromkeys(own["method"]) if name not in (RANDOM, ALL_IN_ONE, SINGLE_TASK)]
    return [_groups_finding(_rows(own, method=method), method) for method in methods]


def _groups_finding(rows: pd.DataFrame, method: str) -> Finding:
    whole, score = _rows(rows, against=ALL_IN_ONE), metric_name(rows["metric"].iloc[0])
    parts = [f"{change_text(row)} with {plural(int(row['n_groups']), 'group')}, {_rank(row)}"
             for _, row in whole.iterrows()]  # fmt: skip
    beside = [
        f"{change_text(row)} with {plural(int(row['n_groups']), 'group')}"
        for _, row in _rows(rows, against=SINGLE_TASK).iterrows()
    ]
    sentence = (
        f"Groups of tasks chosen {METHOD_NAMES[method]} improve mean held-out {score} over one network for all "
        f"tasks by {'; '.join(parts)}."
    )
    return Finding(sentence, f"Against each task alone: {'; '.join(beside)}. Intervals over seeds of one split.")


def _rank(row: pd.Series) -> str:
    if pd.isna(row["n_better"]):
        return "of unknown rank"
    n, better = plural(int(row["n_random"]), "random partition"), int(row["n_better"]) or "none"
    return f"where {better} of {n} did as well or better (P {p_value(row['p_random'])})"


def _numbers(row: pd.Series) -> str:
    """Write a correlation with its interval and P-value."""
    ends = [row["pearson_low"], row["pearson_high"]]
    interval = f"95 % interval {signed(ends[0], 2)} to {signed(ends[1], 2)}, " if np.isfinite(ends).all() else ""
    return f"r {signed(row['pearson'], 2)} ({interval}P {p_value(row['pearson_p'])})"


def _rows(table: pd.DataFrame, **cells: object) -> pd.DataFrame:
    """Keep the rows whose columns have some values."""
    kept = np.ones(len(table), bool)
    for name, cell in cells.items():
        kept &= (table[name] == cell).to_numpy(bool)
    return table[kept]


def _first(table: pd.DataFrame, **cells: object) -> pd.Series | None:
    """Return the first such row; None where there is none."""
    rows = _rows(table, **cells)
    return rows.iloc[0] if len(rows) else None

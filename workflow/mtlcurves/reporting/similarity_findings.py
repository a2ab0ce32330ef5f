"""Whether gradients can be trusted in a study, in words: sizes of effects first, nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from mtlcurves.reporting.benefit_findings import benefit_finding, groups_findings, threshold_finding
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.recovery_findings import recovery_finding
from mtlcurves.reporting.rival_findings import synthetic_findings, task2vec_finding
from mtlcurves.reporting.rows import first_with, rows_with
from mtlcurves.reporting.signal_findings import signals_findings
from mtlcurves.reporting.stability_findings import consistency_finding, dynamics_finding
from mtlcurves.reporting.style import percent, signed
from mtlcurves.reporting.sweep_findings import sweep_findings
from mtlcurves.reporting.words import among_these, correlation_text, left_open

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
    there = {name: table for name, table in tables.items() if len(table)}
    shown = {"encoder": gradients["encoders"][0], "window": gradients["log"]["window"], "part": "all"}
    return [
        *_of_labels(there, shown, gradients["rows"], significance),
        *_of_similarities(there, shown, gradients["rows"], significance),
        *_of_gains(there, shown, significance),
    ]


def _of_labels(tables: Tables, shown: Mapping[str, str], rows: str, significance: float) -> Iterator[Finding]:
    """Say whether gradients tell which labels go together, and what is left of it with fewer labels."""
    if "overlap" in tables:
        yield overlap_finding(tables["overlap"])
    if "similarity_and_correlation" in tables:
        table = rows_with(tables["similarity_and_correlation"], encoder=shown["encoder"])
        yield relation_finding(table, shown["window"], rows, significance)
    if "degradation" in tables:
        swept, fits = (rows_with(tables[name], **shown) for name in ("degradation", "degradation_fits"))
        yield from sweep_findings(swept, fits, "heldout" if rows == "heldout" else "full", significance)


def _of_similarities(
    tables: Tables, shown: Mapping[str, str], rows: str, significance: float
) -> Iterator[Finding]:
    """Say whether similarities show known groups, stay the same, and tell more than other similarities."""
    if "pathway_recovery" in tables:
        yield recovery_finding(rows_with(tables["pathway_recovery"], **shown, version="raw"), significance)
    if "similarity_dynamics" in tables:
        yield dynamics_finding(rows_with(tables["similarity_dynamics"], encoder=shown["encoder"]))
    if "architecture_consistency" in tables:
        series = {name: shown[name] for name in ("window", "part")}
        yield consistency_finding(rows_with(tables["architecture_consistency"], **series), significance)
    if "task2vec_and_correlation" in tables:
        labels = {"rows": rows, "measure": "pearson"}
        gradients = first_with(tables["similarity_and_correlation"], **shown, **labels, version="raw")
        embedded = rows_with(tables["task2vec_and_correlation"], **labels)
        yield task2vec_finding(embedded, gradients, LABELS_OF[rows], significance)
    if "synthetic_similarity" in tables:
        window = "all" if shown["window"] == "all" else "last_fifth"
        yield from synthetic_findings(rows_with(tables["synthetic_similarity"], window=window), significance)


def _of_gains(tables: Tables, shown: Mapping[str, str], significance: float) -> Iterator[Finding]:
    """Say whether gradients, and other signals, tell what tasks gain from each other, in pairs and in groups."""
    if "pair_benefit" in tables:
        own = {**shown, "version": "raw"}
        prediction = rows_with(tables["benefit_prediction"], **own, outcome=EACH)
        yield benefit_finding(tables["pair_benefit"], prediction, significance)
        metric = tables["pair_benefit"]["metric"].iloc[0]
        yield threshold_finding(rows_with(tables["benefit_thresholds"], **own, metric=metric))
    if "signals_and_benefit" in tables:
        yield from signals_findings(tables["signals_and_benefit"], shown["window"], significance)
    if "gradient_grouping_results" in tables:
        yield from groups_findings(tables["gradient_grouping_results"], significance)


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
    shown = rows_with(relation, window=window)
    own = rows_with(shown, rows=rows, version="raw", measure="pearson")
    what = f"the similarity of the tasks' gradients and the correlation of their {LABELS_OF[rows]}"
    whole = first_with(own, part="all")
    if whole is None or not np.isfinite(whole["pearson"]):
        reason = "there is no such number" if whole is None else whole["status"]
        untested = f"Whether gradients can be trusted here could not be tested: of {what}, {reason}."
        return Finding(untested, _instead(relation, rows))
    pairs, tasks = plural(int(whole["n_pairs"]), "pair"), plural(int(whole["n_tasks"]), "task")
    text = f"Over {pairs} of {tasks}, {what} have {correlation_text(whole)}"
    share = first_with(shown, rows=rows, version="raw", part="all", measure="phi_of_most")
    sentence = (
        f"{text}: {_verdict(whole, significance)}{_of_share(whole, share, significance)} "
        f"{_of_cross(whole, first_with(own, part='cross'), significance)}"
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
        text = "gradients mislead here, as tasks with more similar gradients have less correlated labels"
        return f"{text}{among_these(low, high)}."
    if not low > 0:
        return f"gradients tell which tasks' labels go together{among_these(low, high)}."
    return (
        "gradients tell which tasks' labels go together here, and with a straight line account for "
        f"{percent(r**2)} of what differs between pairs."
    )


def _of_share(whole: pd.Series, share: pd.Series | None, significance: float) -> str:
    """Say of what is told where it may be how common the tasks' classes are; empty where it is not."""
    if share is None or not np.isfinite(share["pearson"]):
        return ""
    told, still = (row["pearson_p"] < significance and row["pearson"] > 0 for row in (whole, share))
    if still or not told:
        return ""
    return (
        " With the correlation as a share of the most that the classes' prevalences allow this is not found, but "
        f"{correlation_text(share)}: what gradients tell may be how common the classes are."
    )


def _of_cross(whole: pd.Series, cross: pd.Series | None, significance: float) -> str:
    if cross is None:
        return CROSS_MISSING
    if not np.isfinite(cross["pearson"]):
        return f"Of gradients of different compounds (cross) this is not known: {cross['status']}."
    text = f"Gradients of different compounds (cross) have {correlation_text(cross)}"
    if cross["pearson_p"] < significance and cross["pearson"] > 0:
        doubt = among_these(cross["pearson_low"], cross["pearson_high"])
        return f"{text}, so they tell something that is not in common compounds alone{doubt}."
    if cross["pearson_p"] < significance:
        return f"{text}, which is the other way."
    if whole["pearson_p"] < significance:
        return (
            f"{text}, not told from nothing: what gradients tell may all come from the common compounds, whose "
            "labels define the correlation too."
        )
    return f"{text}."


def _relation_detail(relation: pd.DataFrame, whole: pd.Series, rows: str) -> str:
    whole_part = rows_with(relation, part="all")
    pearson = rows_with(whole_part, measure="pearson")
    beside = [("divided by overlap", first_with(pearson, rows=rows, version="corrected"))]
    beside += [
        (text, first_with(pearson, rows=name, version="raw")) for name, text in LABELS_OF.items() if name != rows
    ]
    of_most = first_with(whole_part, rows=rows, version="raw", measure="phi_of_most")
    beside.append(("correlation as a share of the most that the classes' prevalences allow", of_most))
    known = [(text, row) for text, row in beside if row is not None and np.isfinite(row["pearson"])]
    others = [f"{text} r {signed(row['pearson'], 2)}" for text, row in known]
    return (
        f"Encoder {whole['encoder']}, logged steps {whole['window']}; P by permutation of tasks, interval from "
        f"resampled ones, since pairs share tasks. Beside it: {', '.join(others) or 'nothing'}."
    )

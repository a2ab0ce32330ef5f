"""Whether gradients can be trusted in a study, in words: sizes of effects first, nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from mtlcurves.reporting.benefit_findings import benefit_finding, groups_findings, threshold_finding
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.recovery_findings import recovery_finding
from mtlcurves.reporting.relation_findings import LABELS_OF, relation_finding
from mtlcurves.reporting.rival_findings import synthetic_findings, task2vec_finding
from mtlcurves.reporting.rows import first_with, rows_of_sweeps, rows_with
from mtlcurves.reporting.score_findings import FROZEN, scores_finding, scores_of_all
from mtlcurves.reporting.signal_findings import signals_findings
from mtlcurves.reporting.stability_findings import consistency_finding, dynamics_finding
from mtlcurves.reporting.sweep_findings import sweep_findings

Tables = Mapping[str, pd.DataFrame]

ADVICE = {
    "usable": "with gradients that can be compared",
    "close relations only": "of which gradients can show close relations only",
    "not usable: too noisy": "of too few logged batches for their overlap (more epochs or seeds, log.every)",
    "not usable: not enough logged": "of too few logged batches in a training (more epochs, log.every)",
    "not usable: too few shared compounds": "with too few shared compounds",
}
"""What pairs are fit for, by what the table of overlap advises."""
EACH = "each direction"


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
    scores = _scores(tables, shown["encoder"])
    if scores is not None:
        best = {**shown} | {"window": FROZEN, "version": "raw", "rows": rows, "measure": "pearson"}
        relation = tables.get("similarity_and_correlation")
        frozen = None if relation is None else first_with(relation, **best)
        yield scores_finding(scores, shown["window"], frozen)
    if "similarity_and_correlation" in tables:
        table = rows_with(tables["similarity_and_correlation"], encoder=shown["encoder"])
        yield relation_finding(table, shown["window"], rows, significance)
    if "degradation" in tables:
        series = shown["encoder"], shown["window"]
        swept, fits = (rows_of_sweeps(tables[name], *series) for name in ("degradation", "degradation_fits"))
        same = rows_of_sweeps(tables["degradation"], *series, part="same")
        yield from sweep_findings(swept, same, fits, "heldout" if rows == "heldout" else "full", significance)


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
        scores = _scores(tables, shown["encoder"])
        yield benefit_finding(tables["pair_benefit"], prediction, significance, scores)
        metric = tables["pair_benefit"]["metric"].iloc[0]
        yield threshold_finding(rows_with(tables["benefit_thresholds"], **own, metric=metric))
    if "signals_and_benefit" in tables:
        yield from signals_findings(tables["signals_and_benefit"], shown["window"], significance)
    if "gradient_grouping_results" in tables:
        yield from groups_findings(tables["gradient_grouping_results"], significance)


def _scores(tables: Tables, encoder: str) -> pd.DataFrame | None:
    """Return the test scores of the networks for all tasks; None where there are none."""
    scores = scores_of_all(tables["gradient_scores"], encoder) if "gradient_scores" in tables else None
    return scores if scores is not None and len(scores) else None


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

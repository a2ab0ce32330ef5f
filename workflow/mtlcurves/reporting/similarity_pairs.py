"""The report's table of pairs of tasks: of which of them gradients say something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mtlcurves.reporting.display import Shown, cells
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.relation_findings import LABELS_OF
from mtlcurves.reporting.rows import rows_with
from mtlcurves.reporting.transfer_tables import MOST_PAIRS
from mtlcurves.reporting.words import are

PAIR = ["task_a", "task_b"]
TOLD = 2.0  # standard errors
_OF_PAIR = ["n_shared", "ochiai", "advice"]
_HEADINGS = {
    "name_a": "task",
    "name_b": "other task",
    "advice": "gradients",
    "similarity": "G",
    "standard_error": "error of G",
    "z": "z",
    "corrected": "G / overlap",
    "corrected_error": "its error",
    "same": "G, same compounds",
    "correlation": "E",
    "n_shared": "shared compounds",
    "ochiai": "Ochiai",
    "status": "why empty",
}
_UNKNOWN = ("z", "corrected", "corrected_error", "same", "correlation")  # in some studies of all pairs


def is_usable(advice: pd.Series) -> pd.Series:
    """Say of which pairs gradients can be compared, at least of close relatives; column of table ``overlap``."""
    return ~advice.fillna("").str.startswith("not usable")


def read_similarities(tables: Mapping[str, pd.DataFrame], gradients: Mapping[str, Any]) -> pd.DataFrame:
    """Gather what is known of every pair of tasks, usable pairs first, and of them what stands out most.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables ``gradient_similarity``, ``task_correlation``, ``overlap``.
    gradients : mapping
        Section ``gradients`` of the configuration: its first encoder, its window and its rows are shown.

    Returns
    -------
    pandas.DataFrame
        Rows of ``gradient_similarity``, of all labels, with further columns: ``same``, the similarity of part same
        where it was logged; ``correlation`` of the labels; ``n_shared``, ``ochiai``, ``advice``; ``usable``;
        ``told``, how many standard errors the similarity is from shuffled labels, or where there are none from 0.
    """
    shown = {"encoder": gradients["encoders"][0], "view": "full", "window": gradients["log"]["window"]}
    of_parts = rows_with(tables["gradient_similarity"], **shown)
    same = rows_with(of_parts, part="same")[[*PAIR, "similarity"]].rename(columns={"similarity": "same"})
    labels = rows_with(tables["task_correlation"], view="full", rows=gradients["rows"])
    labels = labels.groupby(PAIR, sort=False)["pearson"].mean().rename("correlation").reset_index()
    pairs = rows_with(of_parts, part="all")
    for other in (same, labels, tables["overlap"][[*PAIR, *_OF_PAIR]]):
        pairs = pairs.merge(other, on=PAIR, how="left")
    of_error = pairs["similarity"] / pairs["standard_error"]
    pairs = pairs.assign(
        usable=is_usable(pairs["advice"]), told=pairs["z"] if pairs["z"].notna().any() else of_error
    )
    order = pd.DataFrame({"usable": ~pairs["usable"], "told": -pairs["told"].abs()}).sort_values(
        ["usable", "told"], kind="stable"
    )
    return pairs.loc[order.index].reset_index(drop=True)


def show_pairs(tables: Mapping[str, pd.DataFrame], names: pd.Series, gradients: Mapping[str, Any]) -> Shown:
    """Show the similarity of every pair of tasks beside what it rests on, for one encoder and window.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        As :func:`read_similarities`.
    names : pandas.Series
        Name of each task.
    gradients : mapping
        Section ``gradients`` of the configuration.
    """
    pairs = read_similarities(tables, gradients)
    table = pairs.head(MOST_PAIRS)
    table = table.assign(name_a=table["task_a"].map(names), name_b=table["task_b"].map(names))
    table["advice"] = table["advice"].str.partition(":")[0]  # without the reason, which takes the width of three
    empty = [name for name in _UNKNOWN if table[name].isna().all()]
    content = cells(table, _HEADINGS, once=[*empty, "status"])
    title, file = "Pairs of tasks", "tables/gradient_similarity.csv"
    note = f"{_which(pairs, table, gradients)} {_how_to_read(pairs, gradients['rows'])} {_told(pairs)}"
    return Shown("gradient_similarity", title, note, "similarity", *content, file)


def _which(pairs: pd.DataFrame, table: pd.DataFrame, gradients: Mapping[str, Any]) -> str:
    most = f"the first {len(table)} of {len(pairs):,} pairs" if len(table) < len(pairs) else "all pairs"
    text = f"Encoder {gradients['encoders'][0]}, logged steps {gradients['log']['window']}: {most}"
    unusable = int((~pairs["usable"]).sum())
    if not unusable:
        return f"{text}, what stands out most first."
    return (
        f"{text}, usable ones first, of them what stands out most. {plural(unusable, 'pair')} that the overlap "
        f"page calls not usable (why: tables/overlap.csv) {are(unusable)} last, not to be read, however "
        "large G or G / overlap."
    )


def _how_to_read(pairs: pd.DataFrame, rows: str) -> str:
    shuffled, same = (pairs[name].notna().any() for name in ("z", "same"))
    parts = [
        "z: standard errors from trainings with shuffled labels."
        if shuffled
        else "No shuffled labels were trained.",
        "G / overlap: divided by the Ochiai overlap of a batch, which enlarges noise where little is shared.",
        *(["G, same compounds: what common compounds alone make of it."] if same else []),
        f"E: correlation of {LABELS_OF[rows]}.",
    ]
    return " ".join(parts)


def _told(pairs: pd.DataFrame) -> str:
    known = pairs[pairs["usable"] & pairs["told"].notna()]
    if known.empty:
        return "No usable pair has a number."
    beyond = int((known["told"].abs() > TOLD).sum())
    against = "shuffled labels" if pairs["z"].notna().any() else "0"
    return (
        f"Beyond {TOLD:g} standard errors of {against}: {beyond or 'none'} of "
        f"{plural(len(known), 'usable pair')}; chance alone gives about {0.05 * len(known):.2g}."
    )

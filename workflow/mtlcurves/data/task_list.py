"""Which tasks of a source have enough labels for a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mtlcurves.config import Labels, Molecules
from mtlcurves.data.labels import make_labels
from mtlcurves.data.measured import COLUMN_SKIPPED
from mtlcurves.data.molecules import standardise

WIDTH = 60


def list_tasks(
    values: pd.DataFrame,
    rejected: pd.DataFrame,
    molecules: Mapping[str, Any],
    labels: Mapping[str, Any],
    workers: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count every task's labels as a study would: structures standardised and merged, values thresholded.

    Parameters
    ----------
    values, rejected : pandas.DataFrame
        The source's values, schema ``values``, and what was left out so far, schema ``rejected``.
    molecules, labels : mapping
        Configuration sections of these names.
    workers : int
        Processes that standardise structures.

    Returns
    -------
    tasks : pandas.DataFrame
        Schema ``task_list``, most labels first; tasks with as many labels stand in the source's order.
    rejected : pandas.DataFrame
        Schema ``rejected``: `rejected` and what the structures and labels add to it.
    """
    cleaning, thresholding = Molecules.model_validate(dict(molecules)), Labels.model_validate(dict(labels))
    structures, unreadable = standardise(
        values["smiles"].unique().tolist(), cleaning.standardise, cleaning.max_heavy_atoms, workers
    )
    made, unlabelled = make_labels(values, structures, thresholding, None)
    table = values.groupby("task", sort=False).size().rename("n_values").to_frame()
    counted = made.groupby("task")["label"].agg(n="size", n_active="sum")
    table = table.join(counted).fillna({"n": 0, "n_active": 0}).astype({"n": "int64", "n_active": "int64"})
    table["usable"] = table["n"] >= thresholding.min_labels
    table = table.sort_values("n", ascending=False, kind="stable").reset_index()
    return table, pd.concat([rejected, unreadable, unlabelled], ignore_index=True)


def describe_task_list(table: pd.DataFrame, rejected: pd.DataFrame, min_labels: int, rows: int = 30) -> str:
    """Say which tasks are usable, in a few lines.

    Parameters
    ----------
    table : pandas.DataFrame
        Schema ``task_list``.
    rejected : pandas.DataFrame
        Schema ``rejected``, of the steps read_source, standardise_molecules and make_labels.
    min_labels : int
        Labels a task needs.
    rows : int
        Tasks shown.
    """
    lines = [f"{table['usable'].sum()} of {len(table)} tasks have at least {min_labels} labels"]
    names = table["task"].head(rows).map(lambda name: name if len(name) <= WIDTH else name[: WIDTH - 1] + "…")
    width = max(4, names.str.len().max())
    lines.append(f"  {'task':<{width}} {'values':>8} {'labels':>8} {'active':>8}")
    counts = table[["n_values", "n", "n_active", "usable"]].head(rows)
    for name, (n_values, n, n_active, enough) in zip(names, counts.itertuples(index=False), strict=True):
        lines.append(f"  {name:<{width}} {n_values:>8} {n:>8} {n_active:>8}{'' if enough else '  too few'}")
    if len(table) > rows:
        lines.append(f"  ... and {len(table) - rows} more")
    skipped = rejected["reason"].str.startswith(COLUMN_SKIPPED).fillna(False).astype(bool)
    columns = [repr(name) for name in rejected.loc[skipped, "task"].fillna("")]
    if columns:
        more = f" and {len(columns) - 10} more" if len(columns) > 10 else ""
        lines.append(f"  no tasks, since they hold too few numbers: {', '.join(columns[:10])}{more}")
    for reason, n in rejected.loc[~skipped, "reason"].str.split(":").str[0].value_counts().items():
        lines.append(f"  left out: {n} x {reason}")
    return "\n".join(lines)

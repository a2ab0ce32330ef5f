"""Which tasks of a source have enough labels for a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from mtlcurves.config import Labels, Molecules
from mtlcurves.data.labels import NOT_A_CLASS, make_labels
from mtlcurves.data.labels import STEP as LABELS
from mtlcurves.data.measured import COLUMN_SKIPPED, count_of
from mtlcurves.data.molecules import STEP as STRUCTURES
from mtlcurves.data.molecules import standardise
from mtlcurves.data.usability import SINGLE, count_labels
from mtlcurves.messages import shown

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
    counted = count_labels(made)
    counts = [counted[str(task)] for task in table.index]
    table["n"] = [int(count.n) for count in counts]
    table["n_active"] = pd.Series([count.active for count in counts], table.index).astype("Int64")
    table["reason"] = [count.why_unusable(thresholding.min_labels) for count in counts]
    table["usable"] = table["reason"] == ""
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
    classes = table["n_active"].notna().any()
    enough = f"at least {min_labels} labels, of {'both classes' if classes else 'several values'}"
    lines = [f"{table['usable'].sum()} of {len(table)} tasks have {enough}"]
    names = table["task"].head(rows).map(lambda name: name if len(name) <= WIDTH else name[: WIDTH - 1] + "…")
    width = max(4, names.str.len().max())
    lines.append(f"  {'task':<{width}} {'values':>8} {'labels':>8} {'active' if classes else '':>8}".rstrip())
    counts = table[["n_values", "n", "n_active", "reason"]].head(rows)
    for name, (n_values, n, n_active, reason) in zip(names, counts.itertuples(index=False), strict=True):
        active = n_active if classes else ""
        lines.append(f"  {name:<{width}} {n_values:>8} {n:>8} {active:>8}  {reason}".rstrip())
    if len(table) > rows:
        lines.append(f"  ... and {len(table) - rows} more")
    if (single := int(table["reason"].isin(SINGLE).sum())) and classes:
        lines.append(f"  one class only: {single} tasks; are labels.threshold and labels.active right for them?")
    return "\n".join([*lines, *_describe_rejected(rejected)])


def _describe_rejected(rejected: pd.DataFrame) -> Iterator[str]:
    skipped = rejected["reason"].str.startswith(COLUMN_SKIPPED).fillna(False).astype(bool)
    columns = [repr(name) for name in rejected.loc[skipped, "task"].fillna("")]
    if columns:
        more = f" and {len(columns) - 10} more" if len(columns) > 10 else ""
        yield f"  no tasks, since they hold too few numbers: {', '.join(columns[:10])}{more}"
    rest = rejected[~skipped]
    reasons = rest["reason"].str.split(":").str[0]
    for step, of_step in rest.groupby("step", sort=False):
        for reason, group in of_step.groupby(reasons, sort=False):
            amount = _amount(str(step), str(reason), group)
            yield f"  left out: {amount}: {reason}{_example(str(step), group)}"


def _amount(step: str, reason: str, group: pd.DataFrame) -> str:
    """Say how many things a reason left out, in the unit that its step counts in."""
    n = len(group)
    if step == STRUCTURES:
        return "1 structure" if n == 1 else f"{n} structures"
    if step == LABELS and reason != NOT_A_CLASS:
        return "1 compound in a task" if n == 1 else f"{n} compounds in a task"
    # a compound without a structure stands for all its values, and says for how many
    several = group["value"].str.extract(r"^(\d+) values?$", expand=False).fillna("1").astype(int)
    return count_of(int(several.sum()), "value")


def _example(step: str, group: pd.DataFrame) -> str:
    """Give RDKit's words about the first structure of a group, where it has said something."""
    first = group.iloc[0]
    said = str(first["reason"]).partition(": ")[2]
    return f", such as {shown(first['smiles'])} ({said})" if step == STRUCTURES and said else ""

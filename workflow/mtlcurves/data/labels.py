"""From measured values to labels: one value per compound and task, active or inactive where there are classes."""

from __future__ import annotations

import difflib
import logging

import pandas as pd

from mtlcurves.config import Labels
from mtlcurves.data.usability import check_usable
from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS

log = logging.getLogger(__name__)

STEP = "make_labels"
NOT_A_CLASS = "value is neither 0 nor 1"


def make_labels(
    values: pd.DataFrame, molecules: pd.DataFrame, labels_config: Labels, tasks: list[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Merge the values of each compound and task, and divide them into active (1) and inactive (0).

    With ``kind: value`` they are not divided: the label is null, the value is what there is.

    Parameters
    ----------
    values : pandas.DataFrame
        Schema ``values``.
    molecules : pandas.DataFrame
        Schema ``molecules``; values of structures that are not in it are left out (they are listed where the
        structures were rejected).
    labels_config : mtlcurves.config.Labels
        How to merge, the threshold, and how many labels a task needs.
    tasks : list of str or None
        The study's tasks; None takes every task of the source, however few labels it has.

    Returns
    -------
    labels : pandas.DataFrame
        Schema ``labels``, sorted by compound and task.
    rejected : pandas.DataFrame
        Schema ``rejected``: values and cells left out.

    Raises
    ------
    mtlcurves.errors.DataError
        When a task is not in the source, has fewer than ``min_labels`` labels or labels of one class only (one
        value only, where there are no classes), or when values are no 0/1 labels although no threshold is given.
    """
    if tasks is not None:
        _check_known(tasks, values["task"])
        values = values[values["task"].isin(tasks)]
    given = values.merge(molecules[["smiles", "canonical_smiles"]], on="smiles")
    given, not_classes = _split_not_classes(given) if _are_classes(labels_config) else (given, given.iloc[:0])
    # sorted by value, so that a mean does not depend on the order of the source
    given = given.sort_values(["canonical_smiles", "task", "value"], ignore_index=True)
    cells = _merge(given, labels_config.merge)
    reasons = _refusals(cells, labels_config)
    refused = cells[reasons.notna()].assign(reason=reasons.dropna())
    labels = cells[reasons.isna()].rename(columns={"canonical_smiles": "smiles"})
    if labels_config.kind == "value":
        labels["label"] = pd.array([pd.NA] * len(labels), dtype="Int8")
    else:
        labels["label"] = is_active(labels["value"], labels_config).astype("Int8")
    labels = labels[list(SCHEMAS["labels"].columns)].reset_index(drop=True)
    rejected = pd.concat([_list_values(not_classes), _list_cells(refused, given)], ignore_index=True)
    _log_counts(labels, len(given), rejected)
    if tasks is not None:
        check_usable(labels, rejected, tasks, labels_config)
    return labels, rejected


def has_classes(labels: pd.DataFrame) -> bool:
    """Tell labels with classes from those that are values alone (schema ``labels``)."""
    return bool(labels["label"].notna().all())


def _are_classes(settings: Labels) -> bool:
    """Whether the values of the source must be 0 or 1 already."""
    return settings.kind == "class" and settings.threshold is None


def is_active(values: pd.Series, settings: Labels) -> pd.Series:
    """Tell active values from inactive ones; the threshold itself is active."""
    if settings.threshold is None:
        return values == 1
    return values >= settings.threshold if settings.active == "above" else values <= settings.threshold


def _check_known(tasks: list[str], known: pd.Series) -> None:
    names = sorted(known.dropna().unique())
    unknown = [task for task in tasks if task not in set(names)]
    if not unknown:
        return
    lines = []
    for task in unknown:
        near = difflib.get_close_matches(task, names, 3, 0.5)
        lines.append(f"  - {task!r}; " + (f"nearest: {', '.join(map(repr, near))}" if near else "nothing like it"))
    raise DataError(
        f"tasks: {len(unknown)} of the study's {len(tasks)} are not among the source's {len(names)} "
        "(snakemake list_tasks lists them):\n" + "\n".join(lines)
    )


def _split_not_classes(given: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set values apart that are neither 0 nor 1; most of them being so means a forgotten threshold."""
    wrong = ~given["value"].isin([0, 1])
    if wrong.mean() > 0.5:
        first = given[wrong].iloc[0]
        raise DataError(
            f"labels.threshold: is empty, so values must be 0 or 1, but {wrong.sum()} of {len(given)} are not "
            f"(row {first['row']}, task {first['task']!r}: {first['value']:g}); set labels.threshold and "
            "labels.active"
        )
    return given[~wrong], given[wrong]


def _merge(given: pd.DataFrame, how: str) -> pd.DataFrame:
    """One row per compound and task: merged value, number of values, lowest and highest."""
    cells = given.groupby(["canonical_smiles", "task"], sort=True)["value"]
    merged = cells.agg(["min", "max", "size"]).rename(columns={"size": "n_values"})
    # refuse keeps only cells whose values agree, so any of them will do
    merged["value"] = merged["min"] if how == "refuse" else cells.agg(how)
    return merged.reset_index()


def _refusals(cells: pd.DataFrame, labels_config: Labels) -> pd.Series:
    """Why each cell is left out; null where it is kept."""
    reasons = pd.Series(pd.NA, index=cells.index, dtype="string")
    if _are_classes(labels_config):
        reasons[~cells["value"].isin([0, 1])] = "conflicting labels"
    if labels_config.merge == "refuse":
        reasons[cells["min"] < cells["max"]] = "several values that differ (labels.merge: refuse)"
    return reasons


def _list_values(wrong: pd.DataFrame) -> pd.DataFrame:
    listed = wrong.assign(step=STEP, value=wrong["value"].map("{:g}".format), reason=NOT_A_CLASS)
    return listed[list(SCHEMAS["rejected"].columns)]


def _list_cells(refused: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    keys = ["canonical_smiles", "task"]
    values = given.merge(refused[[*keys, "reason"]], on=keys).groupby(keys, as_index=False)
    listed = values.agg(
        compound=("compound", lambda ids: "; ".join(sorted(set(map(str, ids))))),
        value=("value", lambda found: "; ".join(map("{:g}".format, found))),
        reason=("reason", "first"),
    )
    listed = listed.rename(columns={"canonical_smiles": "smiles"}).assign(step=STEP)
    return listed.reindex(columns=list(SCHEMAS["rejected"].columns))


def _log_counts(labels: pd.DataFrame, n_values: int, rejected: pd.DataFrame) -> None:
    log.info(
        "%d values became %d labels (%d active) of %d compounds in %d tasks; %d values or cells left out",
        *(n_values, len(labels), labels["label"].sum(), labels["smiles"].nunique()),
        *(labels["task"].nunique(), len(rejected)),
    )

"""Which tasks are shown, in which order, under which names; and how a series of scores is called."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from mtlcurves.reporting.style import ARM_NAMES, SERIES_COLOURS, SERIES_MARKERS, VERMILLION

Series = tuple[str, str]  # arm, subset
Look = tuple[str, str]  # colour, marker


def ordered_tasks(tasks: pd.DataFrame) -> pd.DataFrame:
    """Order the tasks by family, families and tasks in the study's order, with names that differ.

    Parameters
    ----------
    tasks : pandas.DataFrame
        Table ``tasks``.

    Returns
    -------
    pandas.DataFrame
        The same rows reordered, with a column ``label``: the name to show, followed by the task where two
        tasks share a name.
    """
    families = {family: place for place, family in enumerate(tasks["family"].fillna("").unique())}
    table = tasks.assign(family=tasks["family"].fillna(""))
    table = table.iloc[table["family"].map(families).argsort(kind="stable")]
    name = table["name"].fillna(table["task"]).astype(str)
    shared = name.duplicated(keep=False)
    return table.assign(label=name.where(~shared, name + " (" + table["task"].astype(str) + ")")).reset_index(
        drop=True
    )


def shortened(names: Iterable[str], most: int = 24) -> list[str]:
    """Cut long names for an axis, in the middle where their beginnings are the same.

    Parameters
    ----------
    names : iterable of str
        Names that differ.
    most : int
        Letters that a name may have.
    """
    given = list(names)
    whole = [
        name if len(name) <= most else f"{name[: most - 1].rstrip(' ,')}\N{HORIZONTAL ELLIPSIS}" for name in given
    ]
    half = (most - 1) // 2
    middle = [
        name if len(name) <= most else f"{name[:half]}\N{HORIZONTAL ELLIPSIS}{name[-half:]}" for name in given
    ]
    return [two if whole.count(one) > 1 else one for one, two in zip(whole, middle, strict=True)]


def evenly_chosen(tasks: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keep at most `most` tasks, evenly spaced in the order of their labels, so that large and small are shown."""
    if len(tasks) <= most:
        return tasks
    by_labels = tasks.sort_values(["n", "task"], kind="stable")
    chosen = by_labels.iloc[np.linspace(0, len(tasks) - 1, most).round().astype(int)]
    return chosen.reset_index(drop=True)


def family_edges(families: pd.Series) -> list[int]:
    """Return the places between two families in an ordered list of tasks."""
    values = families.to_numpy()
    return [int(place) for place in np.flatnonzero(values[1:] != values[:-1]) + 1]


def series_name(arm: str, subset: str) -> str:
    """Name an arm, with its subset where it is not the whole study."""
    name = ARM_NAMES.get(arm, arm)
    return name if arm == "stl" or subset == "all" else f"{name}, {subset}"


def series_looks(table: pd.DataFrame) -> dict[Series, Look]:
    """Give each (arm, subset) of a table its colour and marker.

    Single-task is vermillion squares, multi-task over all tasks blue circles; others follow in turn.
    """
    keys = list(dict.fromkeys(zip(table["arm"], table["subset"], strict=True)))
    keys.sort(key=lambda key: (key[0] != "stl", key[1] != "all", key))
    looks: dict[Series, Look] = {}
    for key in keys:
        place = sum(known[0] != "stl" for known in looks) % len(SERIES_COLOURS)
        looks[key] = (VERMILLION, "s") if key[0] == "stl" else (SERIES_COLOURS[place], SERIES_MARKERS[place])
    return looks


def count_text(values: pd.Series, unit: str) -> str:
    """Write a count, or its range where it varies: ``4 rotations``, ``2 to 4 rotations``."""
    present = values.dropna()
    if present.empty:
        return f"no {unit}s"
    low, high = int(present.min()), int(present.max())
    return plural(high, unit) if low == high else f"{low} to {plural(high, unit)}"


def plural(count: int, unit: str) -> str:
    """Write a count with its unit: ``1 task``, ``2 tasks``."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def comparison_name(comparison: str) -> str:
    """Name a comparison of two arms: ``mtl-stl`` is multi-task minus single-task; recipes keep their names."""
    found = re.fullmatch(r"(stl|mtl)(\[[^]]*\])?-(.+)", comparison)
    if found:
        arm, subset, other = found.groups()
        return f"{ARM_NAMES[arm]}{' ' + subset if subset else ''} \N{MINUS SIGN} {ARM_NAMES.get(other, other)}"
    recipe, _, arm = comparison.rpartition("-")
    return f"{recipe} \N{MINUS SIGN} {ARM_NAMES[arm]}" if recipe and arm in ("stl", "mtl") else comparison

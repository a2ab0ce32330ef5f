"""The table of designs as a page for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from mtlcurves.power.candidates import OWN
from mtlcurves.power.precision import Assumptions

# Two lines of heading, the table's column, how it is written
Column = tuple[str, str, str, Callable[[float], str]]


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _small(number: float) -> str:
    return f"{number:.4f}" if number >= 0.0001 else f"{number:.1e}"


SEEN: list[Column] = [
    ("trainings", "a round", "trainings_per_rotation", _count),
    ("", "in all", "trainings", _count),
    ("as full", "ones", "full_trainings", _count),
    ("error of", "a weight", "standard_error", _small),
    ("weight", "seen", "detectable", _small),
    ("AUROC,", "one fold", "detectable_score_of_fold", _small),
    ("AUROC,", "the raise", "detectable_score_of_raise", _small),
    ("among all,", "the raise", "detectable_of_all_score_of_raise", _small),
]
WANTED: list[Column] = [
    ("", "rounds", "wanted_rounds", _count),
    ("", "trainings", "wanted_trainings", _count),
    ("as full", "ones", "wanted_full_trainings", _count),
]


def page(study: str, table: pd.DataFrame, n_tasks: int, given: Assumptions, source: str) -> str:
    """Lay the comparison of designs out.

    Parameters
    ----------
    study : str
        Name of the study.
    table : pandas.DataFrame
        Schema ``power``.
    n_tasks : int
        Tasks of the study.
    given : Assumptions
        What it rests on.
    source : str
        Where the noise is from.
    """
    unknown = table.loc[table["status"] != "ok", "design"]
    lines = [
        f"Power of the study {study}: {n_tasks} tasks, {given.rounds} rounds (rotations times replicates).",
        f"Assumed: noise {given.noise:.4f} AUROC a training ({source}), gap {given.gap:g} (power.gap), of which a",
        f"target's own labels at all folds close {given.own_closes:g} (power.own_closes).",
        "",
        f"With the study's {given.rounds} rounds:",
        *_aligned(table, SEEN),
        "",
        "as full ones: as many trainings of all tasks at all folds have as many labels. error: standard error of",
        "a pair's weight per fold. seen: the smallest effect that a two-sided test at level "
        f"{given.level:g} detects 8 times of 10;",
        "among all: with the level divided by the target's auxiliaries, as where hardly any has an effect.",
        "Effects are taken as additive, rotations as independent, the gap as the same at every size; where a",
        "target is raised itself, the part of the gap that its own labels leave tells of the others.",
        *(f"{name}: not identified one by one, estimators shrink them." for name in unknown),
        *(["The study raises no task, so it tells no task's effect on another."] if _raises_none(table) else []),
        "",
        f"For an error of {given.wanted_error:g} (power.wanted_error):",
        *_aligned(table, WANTED),
        "",
        *(f"Cheapest, by labels trained on: {name}." for name in table.loc[table["cheapest"], "design"].iloc[:1]),
    ]
    return "\n".join(lines) + "\n"


def _raises_none(table: pd.DataFrame) -> bool:
    return OWN not in set(table["design"])


def _aligned(table: pd.DataFrame, columns: Sequence[Column]) -> list[str]:
    rows = [["", *(head for head, *_ in columns)], ["design", *(head for _, head, *_ in columns)]]
    for design, *cells in table[["design", *(key for *_, key, _ in columns)]].itertuples(index=False):
        shown = zip(cells, columns, strict=True)
        rows.append([str(design), *("-" if pd.isna(cell) else show(float(cell)) for cell, (*_, show) in shown)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
    return [*text[:2], "-" * max(map(len, text)), *text[2:]]

"""Which tasks a study can use: those with enough labels, of both classes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import NamedTuple

import pandas as pd

from mtlcurves.config import Labels
from mtlcurves.errors import DataError

TOO_FEW = "too few labels"
NO_ACTIVE = "no active label"
NO_INACTIVE = "no inactive label"


class Counts(NamedTuple):
    """A task's labels and active labels, and its lowest and highest merged value."""

    n: float = 0
    active: float = 0
    low: float = math.nan
    high: float = math.nan

    def in_words(self, at: str) -> str:
        """Say how many labels are active at a threshold."""
        values = f"its values run from {self.low:g} to {self.high:g}"
        return f"{self.active:.0f} of {self.n:.0f} labels are active{at} ({values})"


def why_unusable(n: float, n_active: float, least: int) -> str:
    """Say why a task with so many labels cannot be studied; empty when it can."""
    if n < least:
        return TOO_FEW
    return NO_ACTIVE if n_active == 0 else NO_INACTIVE if n_active == n else ""


def check_usable(labels: pd.DataFrame, rejected: pd.DataFrame, tasks: list[str], settings: Labels) -> None:
    """Refuse a study with tasks that it cannot use.

    Parameters
    ----------
    labels, rejected : pandas.DataFrame
        Schemas ``labels`` and ``rejected``.
    tasks : list of str
        The study's tasks.
    settings : mtlcurves.config.Labels
        Threshold, and how many labels a task needs.

    Raises
    ------
    mtlcurves.errors.DataError
        Naming all of them, with their numbers of labels and with the values that gave a single class.
    """
    counts = _count(labels)
    reasons = {task: why_unusable(counts[task].n, counts[task].active, settings.min_labels) for task in tasks}
    few = [task for task, reason in reasons.items() if reason == TOO_FEW]
    refused = (NO_ACTIVE, NO_INACTIVE) if settings.one_class == "refuse" else ()
    single = [task for task, reason in reasons.items() if reason in refused]
    lines = []
    if few:
        lines.append(
            f"tasks: {len(few)} of the study's {len(tasks)} have fewer than {settings.min_labels} labels "
            "(labels.min_labels) after cleaning and merging; take them out of tasks:"
        )
        left_out = {task: f", {n} left out" for task, n in Counter(rejected["task"]).items()}
        lines += [f"  - {task!r}: {counts[task].n:.0f} labels{left_out.get(task, '')}" for task in few]
    if single:
        cause = "" if settings.threshold is None else "labels.threshold or labels.active is wrong for them; else "
        lines.append(
            f"tasks: {len(single)} of the study's {len(tasks)} have labels of one class only; {cause}"
            "take them out of tasks, or train them without a score (labels.one_class: keep):"
        )
        at = "" if settings.threshold is None else f" at threshold {settings.threshold:g}"
        lines += [f"  - {task!r}: {counts[task].in_words(at)}" for task in single]
    if lines:
        raise DataError("\n".join(lines))


def _count(labels: pd.DataFrame) -> defaultdict[str, Counts]:
    of = labels.groupby("task").agg(
        n=("label", "size"), active=("label", "sum"), low=("value", "min"), high=("value", "max")
    )
    counts = {str(task): Counts(*row) for task, row in zip(of.index, of.to_numpy(), strict=True)}
    return defaultdict(Counts, counts)


def scarce_classes(tasks: pd.DataFrame, fold_count: int) -> list[str]:
    """Name the tasks with fewer labels of a class than there are folds, so that some folds have none of it.

    Parameters
    ----------
    tasks : pandas.DataFrame
        Schema ``tasks``.
    fold_count : int
        Number of folds.
    """
    notes = []
    for task, n, active in zip(tasks["task"], tasks["n"], tasks["n_active"], strict=True):
        fewest, what = min((active, "active"), (n - active, "inactive"))
        if fewest < fold_count:
            notes.append(
                f"task {task!r}: {fewest} of its {n} labels are {what}, for {fold_count} folds; a fold without "
                f"{what} labels gives it no score"
            )
    return notes

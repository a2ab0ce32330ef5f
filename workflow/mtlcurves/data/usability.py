"""Which tasks a study can use: those with enough labels, of both classes or of several values."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import NamedTuple

import pandas as pd

from mtlcurves.config import Labels
from mtlcurves.data.measured import count_of
from mtlcurves.errors import DataError

TOO_FEW = "too few labels"
NO_ACTIVE = "no active label"
NO_INACTIVE = "no inactive label"
ONE_VALUE = "one value only"
SINGLE = (NO_ACTIVE, NO_INACTIVE, ONE_VALUE)


class Counts(NamedTuple):
    """A task's labels and active labels (nan: there are no classes), and its lowest and highest merged value."""

    n: float = 0
    active: float = math.nan
    low: float = math.nan
    high: float = math.nan

    def why_unusable(self, least: int) -> str:
        """Say why the task cannot be studied where so many labels are needed; empty when it can."""
        if self.n < least:
            return TOO_FEW
        if math.isnan(self.active):
            return ONE_VALUE if self.low == self.high else ""
        return NO_ACTIVE if self.active == 0 else NO_INACTIVE if self.active == self.n else ""

    def in_words(self, at: str) -> str:
        """Say how many labels are active at a threshold, and what the values are."""
        if math.isnan(self.active):
            return f"all {self.n:.0f} values are {self.low:g}"
        values = f"its values run from {self.low:g} to {self.high:g}"
        return f"{self.active:.0f} of {self.n:.0f} labels are active{at} ({values})"


def count_labels(labels: pd.DataFrame) -> defaultdict[str, Counts]:
    """Count each task's labels (schema ``labels``); of a task that has none there are zero."""
    of = labels.groupby("task").agg(
        n=("label", "size"), active=("label", "sum"), low=("value", "min"), high=("value", "max")
    )
    none = math.nan if labels["label"].isna().any() else 0.0
    of["active"] = of["active"].astype("float64") + none
    counts = {str(task): Counts(*row) for task, row in zip(of.index, of.to_numpy(), strict=True)}
    return defaultdict(lambda: Counts(active=none), counts)


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
        Naming all of them, with their numbers of labels and with the values that gave a single class, or are one.
    """
    counts = count_labels(labels)
    reasons = {task: counts[task].why_unusable(settings.min_labels) for task in tasks}
    few = [task for task, reason in reasons.items() if reason == TOO_FEW]
    refused = SINGLE if settings.kind == "value" or settings.one_class == "refuse" else ()
    single = [task for task, reason in reasons.items() if reason in refused]
    lines = []
    if few:
        lines.append(
            f"tasks: {len(few)} of the study's {len(tasks)} have fewer than {settings.min_labels} labels "
            "(labels.min_labels) after cleaning and merging; take them out of tasks:"
        )
        left_out = {task: f", {n} left out" for task, n in Counter(rejected["task"]).items()}
        lines += [
            f"  - {task!r}: {count_of(int(counts[task].n), 'label')}{left_out.get(task, '')}" for task in few
        ]
    if single:
        cause = "" if settings.threshold is None else "labels.threshold or labels.active is wrong for them; else "
        what, keep = "labels of one class", ", or train them without a score (labels.one_class: keep)"
        if settings.kind == "value":
            what, keep = "one value", ""
        lines.append(
            f"tasks: {len(single)} of the study's {len(tasks)} have {what} only; {cause}"
            f"take them out of tasks{keep}:"
        )
        at = "" if settings.threshold is None else f" at threshold {settings.threshold:g}"
        lines += [f"  - {task!r}: {counts[task].in_words(at)}" for task in single]
    if lines:
        raise DataError("\n".join(lines))


def scarce_classes(tasks: pd.DataFrame, fold_count: int) -> list[str]:
    """Name the tasks with fewer labels of a class than there are folds, so that some folds have none of it.

    Tasks without classes have nothing to be short of.

    Parameters
    ----------
    tasks : pandas.DataFrame
        Schema ``tasks``.
    fold_count : int
        Number of folds.
    """
    notes = []
    classes = tasks[tasks["n_active"].notna()]
    for task, n, active in zip(classes["task"], classes["n"], classes["n_active"], strict=True):
        fewest, what = min((active, "active"), (n - active, "inactive"))
        if fewest < fold_count:
            notes.append(
                f"task {task!r}: {fewest} of its {n} labels are {what}, for {fold_count} folds; a fold without "
                f"{what} labels gives it no score"
            )
    return notes

"""Scores of all tasks at once: AUROC, AUPR and average precision.

Each distinct logit of a task is a threshold; the labels at or above it, taken as active, have a recall and a
precision. From the highest threshold to the lowest:

- AUROC = share of (active, inactive) pairs that are ranked right, ties counting half (midranks);
- AUPR = area under (recall, precision) by the trapezoid rule, from the point (0, 1);
- average precision = sum over thresholds of (recall gained) x precision.

They equal scikit-learn's roc_auc_score, the auc of its precision_recall_curve, and average_precision_score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Scores of some tasks; each array has one entry per task, NaN where a score is undefined.

    Attributes
    ----------
    auroc, aupr, average_precision : ndarray of float64
        Scores.
    undefined : list of (str or None)
        Why a task has no score; None where it has one.
    """

    auroc: Floats
    aupr: Floats
    average_precision: Floats
    undefined: list[str | None]


def score(task: npt.NDArray[Any], logits: npt.NDArray[Any], active: npt.NDArray[Any], n_tasks: int) -> Scores:
    """Score the tasks of one training.

    Parameters
    ----------
    task : ndarray of int, shape (k,)
        Task (0 to n_tasks - 1) of each test label, in any order.
    logits : ndarray of float, shape (k,)
        What the network predicts for it; only their order within a task matters.
    active : ndarray, shape (k,)
        1 or True for active labels.
    n_tasks : int
        Tasks; one without labels gets no score.
    """
    order = np.lexsort((-logits, task))
    task, logits, active = task[order], logits[order], active[order].astype(np.int64)
    positives = np.bincount(task, weights=active, minlength=n_tasks)
    negatives = np.bincount(task, minlength=n_tasks) - positives
    # the last label of each run of equal logits closes a threshold
    closes = np.ones(len(task), dtype=bool)
    closes[:-1] = (task[1:] != task[:-1]) | (logits[1:] != logits[:-1])
    at = np.flatnonzero(closes)
    tie_task = task[at]
    true, gained = _within(np.cumsum(active)[at], tie_task)
    total, width = _within(at + 1, tie_task)
    with np.errstate(divide="ignore", invalid="ignore"):
        right = np.bincount(tie_task, (true - gained / 2) * (width - gained), n_tasks) / (positives * negatives)
        precision = true / total
        before = np.where(_first(tie_task), 1.0, np.concatenate(([1.0], precision[:-1])))
        aupr = np.bincount(tie_task, gained * (precision + before) / 2, n_tasks) / positives
        average = np.bincount(tie_task, gained * precision, n_tasks) / positives
    reasons = [_reason(int(p), int(n)) for p, n in zip(positives, negatives, strict=True)]
    known = np.array([reason is None for reason in reasons])
    auroc, aupr, average = (np.where(known, values, np.nan) for values in (right, aupr, average))
    return Scores(auroc, aupr, average, reasons)


def _first(groups: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Mark the first entry of each run of equal groups."""
    first = np.ones(len(groups), dtype=bool)
    first[1:] = groups[1:] != groups[:-1]
    return first


def _within(running: npt.NDArray[Any], groups: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Turn a running total over all groups into one within each group, and into its increments."""
    increments = np.diff(running, prepend=0)
    first = np.flatnonzero(_first(groups))
    lengths = np.diff(np.append(first, len(groups)))
    base = np.repeat(running[first] - increments[first], lengths)
    return running - base, increments


def _reason(positives: int, negatives: int) -> str | None:
    if positives and negatives:
        return None
    if not positives and not negatives:
        return "no test labels"
    return "only active test labels" if positives else "only inactive test labels"

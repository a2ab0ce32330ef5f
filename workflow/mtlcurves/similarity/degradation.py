"""What is left of r(G, E) as labels are taken away, training by training (P2 section 4.3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mtlcurves.curves.mantel import MIN_TASKS, agreement
from mtlcurves.gradient_runs import FULL, SWEEPS
from mtlcurves.reasons import explained
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import Floats, ordered, symmetric, tasks_of
from mtlcurves.similarity.summary import overlap_of_views

NAME = "degradation"
TRAINING = ["encoder", "view", "rotation", "seed", "window", "part"]
MEASURE = "pearson"
TRUTH = "truth"


def degrade(
    log: pd.DataFrame,
    correlation: pd.DataFrame,
    overlap: pd.DataFrame,
    size_overlap: float | None = None,
    truth: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Correlate the similarities of every training of a sweep with three references, and with a known truth.

    The published sweep takes labels away from gradients and from their reference at once. Beside that (own) stand
    the correlations of all labels (full) and of labels that no training saw (heldout), which stay the same.

    Parameters
    ----------
    log, correlation, overlap : pandas.DataFrame
        Tables ``gradient_log``, ``task_correlation`` and ``overlap``.
    size_overlap : float, optional
        Jaccard overlap of the arm ``size``.
    truth : pandas.DataFrame, optional
        Table ``truth`` of a designed study. Its size is taken, as gradients do not see the sign.

    Returns
    -------
    pandas.DataFrame
        Schema ``degradation``.
    """
    tasks = tasks_of(log)
    swept = log[log["view"].str.split("-", n=1).str[0].isin(SWEEPS)].copy()
    swept["ochiai"] = overlap_of_views(swept, overlap, size_overlap)
    designed = (
        {} if truth is None else {TRUTH: np.abs(ordered(truth, "correlation", tasks, "auxiliary", "target"))}
    )
    rows = []
    for keys, own in swept.groupby(TRAINING, sort=False, observed=True):
        training = dict(zip(TRAINING, keys, strict=True))
        arm, _, level = str(training["view"]).partition("-")
        named = {key: training[key] for key in ("encoder", "seed", "window", "part")}
        gradients, shared = (symmetric(own, column, tasks) for column in ("similarity", "ochiai"))
        for reference, labels in (*_references(correlation, training, tasks), *designed.items()):
            row = named | {"arm": arm, "level": float(level), "reference": reference}
            found = _relation(gradients, labels, shared)
            rows.append(row | found | {"status": explained(str(found["status"]), gradients=own["status"])})
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _references(
    correlation: pd.DataFrame, training: dict[str, object], tasks: list[str]
) -> Iterator[tuple[str, Floats]]:
    own_view = (correlation["view"] == training["view"]) & (correlation["seed"] == training["seed"])
    full = correlation["view"] == FULL
    this = correlation["rotation"] == training["rotation"]
    chosen = {
        "full": full & (correlation["rows"] == "all"),
        "own": own_view & (correlation["rows"] == "all"),
        "heldout": full & this & (correlation["rows"] == "heldout"),
    }
    for reference, rows in chosen.items():
        yield reference, symmetric(correlation[rows], MEASURE, tasks)


def _relation(gradients: Floats, labels: Floats, shared: Floats) -> dict[str, object]:
    known = np.isfinite(gradients) & np.isfinite(labels)
    there = known.any(axis=0)
    n_tasks = int(there.sum())
    found = {"n_tasks": n_tasks, "n_pairs": int(known.sum()) // 2}
    if n_tasks < MIN_TASKS:
        return found | {"status": f"{n_tasks} tasks are known on both sides; {MIN_TASKS} are needed"}
    # a task without a pair would only empty cells of the permuted matrix
    of_gradients, of_labels = (matrix[np.ix_(there, there)] for matrix in (gradients, labels))
    linear = agreement(of_gradients, of_labels, ranked=False)
    ranks = agreement(of_gradients, of_labels, permutations=0)
    means = {"mean_similarity": gradients[known].mean(), "ochiai": shared[known].mean()}
    status = "ok" if np.isfinite(linear.correlation) else "one side is the same everywhere"
    return found | means | {
        "pearson": linear.correlation,
        "spearman": ranks.correlation,
        "p": linear.p,
        "status": status,
    }  # fmt: skip

"""From a finished training to its scores."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from mtlcurves.provenance import versions
from mtlcurves.training.backend import Backend, Outcome
from mtlcurves.training.problem import Problem
from mtlcurves.training.scores import score


def scored(problem: Problem, outcome: Outcome, backend: Backend, identity: str) -> pd.DataFrame:
    """Score a training.

    Parameters
    ----------
    problem, outcome
        The training and what it gave.
    backend : Backend
        The engine that did it.
    identity : str
        The training's id.

    Returns
    -------
    pandas.DataFrame
        One row per scored epoch and task, with the columns of grid_points that follow from the training alone. A
        task without training labels has no score.
    """
    n_tasks = len(problem.tasks)
    n_test, n_test_active = problem.test_labels.per_task(n_tasks)
    untrained = problem.labels.per_task(n_tasks)[0] == 0
    provenance = {
        "n_rows": len(problem.rows),
        "n_steps": outcome.n_steps,
        "seconds": outcome.seconds,
        "backend": backend.name,
        "device": backend.device,
        "versions": _versions(*backend.packages),
        "training_id": identity,
    }
    tables = []
    for epoch in problem.scored:
        scores = score(problem.test_labels.task, outcome.logits[epoch], problem.test_labels.active, n_tasks)
        reasons = zip(untrained, scores.undefined, strict=True)
        columns = {
            "task": problem.tasks,
            "n_test": n_test,
            "n_test_active": n_test_active,
            "epoch": epoch,
            "last_epoch": epoch == problem.epochs,
            "auroc": np.where(untrained, np.nan, scores.auroc),
            "aupr": np.where(untrained, np.nan, scores.aupr),
            "average_precision": np.where(untrained, np.nan, scores.average_precision),
            "undefined": ["no training labels" if none else reason for none, reason in reasons],
        }
        tables.append(pd.DataFrame(columns | provenance))
    return pd.concat(tables, ignore_index=True)


@cache
def _versions(*packages: str) -> str:
    return versions(*packages)

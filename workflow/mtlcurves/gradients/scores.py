"""Scores of a finished network on the folds that it was not trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.gradients.encoders.interface import Rows
from mtlcurves.gradients.problem import Problem
from mtlcurves.gradients.training import Outcome, Training
from mtlcurves.training.scores import score

Scored = tuple[npt.NDArray[np.float64], npt.NDArray[np.str_]]
SCORED_FOLDS = ("validation", "test")
METRICS = {"class": ("auroc", "average_precision"), "value": ("r2", "rmse")}


def scored(problem: Problem, training: Training, outcome: Outcome) -> pd.DataFrame:
    """Score every task on the validation and on the test fold.

    Parameters
    ----------
    problem : Problem
        The training's compounds and labels.
    training : Training
        The network with its best weights.
    outcome : Outcome
        How it came about.

    Returns
    -------
    pandas.DataFrame
        Columns of table ``gradient_scores`` from rotation on. A task without training labels has no score.
    """
    tables = [
        _scored_fold(problem, training.predict(rows), rows).assign(rows=fold)
        for fold, rows in zip(SCORED_FOLDS, (problem.validation, problem.test), strict=True)
    ]
    return pd.concat(tables, ignore_index=True).assign(
        rotation=problem.rotation,
        seed=problem.seed,
        epochs=outcome.epochs,
        best_epoch=outcome.best_epoch,
        seconds=outcome.seconds,
    )


def _scored_fold(problem: Problem, predicted: npt.NDArray[np.float32], rows: Rows) -> pd.DataFrame:
    labels = problem.labels[:, rows]
    known = ~np.isnan(labels)
    active = np.where(known, labels == 1, False).sum(axis=1)
    found = _class_scores(predicted, labels) if problem.kind == "class" else _value_scores(predicted, labels)
    trained = (~np.isnan(problem.labels[:, problem.train])).any(axis=1)
    tables = []
    for metric, (values, reasons) in zip(METRICS[problem.kind], found, strict=True):
        status = np.where(trained, reasons, "no training labels")
        tables.append(
            pd.DataFrame(
                {
                    "task": problem.tasks,
                    "metric": metric,
                    "score": np.where(trained, values, np.nan),
                    "n": known.sum(axis=1),
                    "n_active": active if problem.kind == "class" else pd.NA,
                    "status": status,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _class_scores(predicted: npt.NDArray[np.float32], labels: npt.NDArray[np.float32]) -> list[Scored]:
    task, row = np.nonzero(~np.isnan(labels))
    scores = score(task, predicted[task, row], labels[task, row] == 1, len(labels))
    reasons = np.array([reason or "ok" for reason in scores.undefined])
    return [(scores.auroc, reasons), (scores.average_precision, reasons)]


def _value_scores(predicted: npt.NDArray[np.float32], labels: npt.NDArray[np.float32]) -> list[Scored]:
    """Score values by R2 = 1 - sum of squared errors / sum of squares about the fold's mean, and by the error."""
    known = ~np.isnan(labels)
    n = known.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = np.where(known, (predicted.astype(np.float64) - labels) ** 2, 0).sum(axis=1)
        mean = np.where(known, labels, 0).sum(axis=1, dtype=np.float64) / n
        total = np.where(known, (labels - mean[:, None]) ** 2, 0).sum(axis=1)
        r2, rmse = np.where(total > 0, 1 - wrong / total, np.nan), np.sqrt(wrong / n)
    some = np.where(n > 0, "ok", "no labels")
    return [(r2, np.where((n > 0) & ~(total > 0), "values that do not vary", some)), (rmse, some)]

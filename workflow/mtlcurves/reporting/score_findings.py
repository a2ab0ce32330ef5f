"""How well the networks predict whose gradients are compared, in words, and whether they had learned too long."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from mtlcurves.reasons import commonest
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.rows import rows_with
from mtlcurves.reporting.style import metric_name, percent
from mtlcurves.reporting.words import correlation_text, have

FROZEN = "frozen"
SHOWN_EPOCHS = {"last_fifth": 1 / 5, "all": 1.0}
"""Share of the epochs that a window is of, the last ones."""
MUCH = 0.5  # of the shown epochs: so many after the best one are worth a warning


def scores_of_all(scores: pd.DataFrame, encoder: str) -> pd.DataFrame:
    """Keep the test scores of the networks for all tasks with all labels; rows of table ``gradient_scores``."""
    return rows_with(scores, encoder=encoder, view="full", trained="all", rows="test")


def scores_finding(scores: pd.DataFrame, window: str, frozen: pd.Series | None) -> Finding:
    """Say how well the networks predict held-out compounds, and whether their shown steps come after the best.

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of :func:`scores_of_all`, one or more; the first score is spoken of.
    window : str
        Logged steps that are shown.
    frozen : pandas.Series, optional
        Row of table ``similarity_and_correlation`` of the best weights.
    """
    own = rows_with(scores, metric=scores["metric"].iloc[0])
    sentence = f"{_predicted(own)} {_lasted(own, window, frozen)}"
    labels = own.drop_duplicates(["task", "rotation"])["n"]
    detail = (
        f"Encoder {own['encoder'].iloc[0]}; scores are of the test fold, {count_text(labels, 'label')} a task, "
        "with the weights of the best epoch: that of the lowest loss on the validation fold. How far the loss "
        "rose after it is in the logs of the trainings; scores by task in gradient_scores.parquet."
    )
    return Finding(sentence, detail)


def _predicted(own: pd.DataFrame) -> str:
    of_tasks = own.groupby("task", sort=False)["score"].mean()
    known, score = of_tasks.dropna(), metric_name(own["metric"].iloc[0])
    if known.empty:
        return f"How well the networks predict held-out compounds is not known: {commonest(own['status'])}."
    number = plural(len(known), "task")
    tasks = number if len(known) == len(of_tasks) else f"{number} of {len(of_tasks)} that {have(len(known))} one"
    trainings = plural(len(_trainings(own)), "training")
    return (
        f"The networks whose gradients are compared predict held-out compounds with {score} {known.median():.2f} "
        f"in the median over {tasks}, from {known.min():.2f} to {known.max():.2f} (means over {trainings})."
    )


def _trainings(own: pd.DataFrame) -> pd.DataFrame:
    return own.drop_duplicates(["rotation", "seed"])


def _lasted(own: pd.DataFrame, window: str, frozen: pd.Series | None) -> str:
    """Say which epoch was best, and what the steps that are shown are of."""
    trainings = _trainings(own)
    best = count_text(trainings["best_epoch"], "epoch")
    text = f"On validation compounds they were best after {best} of {trainings['epochs'].max()}"
    if window == FROZEN:
        return f"{text}; what is shown is of these weights."
    after = _share_after(trainings, SHOWN_EPOCHS[window])
    if after <= MUCH:
        return f"{text}; of the steps that are shown ({window}), {percent(after)} come later."
    return (
        f"{text}, and {'all' if after == 1 else percent(after)} of the steps that are shown ({window}) come "
        "later: they are of networks that, by the validation loss, already predicted worse than before, and the "
        f"sign of such a late similarity may mislead.{_best_weights(frozen)}"
    )


def _share_after(trainings: pd.DataFrame, share: float) -> float:
    """Return which share of the shown epochs comes after the best one, mean over trainings."""
    shown = [math.ceil(epochs * share) for epochs in trainings["epochs"]]
    later = trainings["epochs"] - trainings["best_epoch"]
    return float(np.mean([min(n / all_shown, 1.0) for n, all_shown in zip(later, shown, strict=True)]))


def _best_weights(frozen: pd.Series | None) -> str:
    if frozen is None or not np.isfinite(frozen["pearson"]):
        return ""
    return (
        " With the best weights (window frozen) the similarity of gradients and the correlation of labels have "
        f"{correlation_text(frozen)}; key gradients.log.window chooses what is shown."
    )

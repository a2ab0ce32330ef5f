"""Small tables of the report about groups of tasks."""

from __future__ import annotations

import pandas as pd

from mtlcurves.reporting.display import Shown, cells
from mtlcurves.reporting.grouping_names import METHOD_NAMES, PREDICTOR_NAMES, RANDOM


def show_groupings(results: pd.DataFrame, names: pd.Series) -> Shown:
    """Show every choice against both references, and the random partitions' mean.

    Parameters
    ----------
    results : pandas.DataFrame
        Table ``grouping_results``.
    names : pandas.Series
        Names to show, by task.
    """
    chosen = results[results["method"] != RANDOM]
    table = chosen.assign(
        method=chosen["method"].map(METHOD_NAMES),
        against=chosen["against"].map(METHOD_NAMES),
        groups=[_named(text, names) for text in chosen["groups"].fillna("")],
    )
    headings = {"metric": "score", "method": "groups chosen", "against": "against", "difference": "difference"}
    headings |= {"low": "low", "high": "high", "p": "P", "n_better": "random ones as good", "n_random": "of"}
    headings |= {"p_random": "P by rank", "serving_size": "tasks in a task's group", "groups": "groups"}
    headings |= {"n_rotations": "rotations"}
    note = (
        "Mean score over tasks of networks for groups of tasks, minus the reference's; 95 % intervals and P of "
        "Nadeau and Bengio. P by rank: by how many random partitions are at least as good. Groups, tasks alone "
        "and all tasks together are trained for the epochs that the recipe gives each of them. Transfer weights "
        "are measured on the same test folds, and TAG affinities on labels that other rotations test on, so a "
        "choice by either looks rather too good."
    )
    content = cells(table, headings)
    return Shown("groupings", "Groupings", note, "grouping", *content, "tables/grouping_results.csv")


def _named(text: str, names: pd.Series) -> str:
    """Write groups of tasks by their names."""
    groups = [[str(names.get(task, task)) for task in group.split("; ")] for group in text.split(" | ")]
    return " | ".join(", ".join(group) for group in groups)


def show_predictions(predictions: pd.DataFrame) -> Shown:
    """Show how well each way to predict gains does, by the groups that it learned from."""
    table = predictions.assign(method=predictions["method"].map(PREDICTOR_NAMES))
    headings = {
        "metric": "score",
        "n_partitions": "partitions learned from",
        "n_trained": "groups",
        "method": "method",
    }
    headings |= {
        "error": "mean absolute error",
        "low": "low",
        "high": "high",
        "against_mean": "minus that of the mean",
    }
    headings |= {"against_low": "low", "against_high": "high", "spearman": "Spearman"}
    note = (
        "Gain: score in a group minus score alone. Every method learns from the groups of the same random "
        "partitions and is tried on those of others. The 95 % intervals are over held-out partitions, taken for "
        "independent although their predictors share what they learned from."
    )
    content = cells(table, headings)
    return Shown("gain_prediction", "Predicted gains", note, "grouping", *content, "tables/gain_prediction.csv")

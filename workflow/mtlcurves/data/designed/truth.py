"""The truth about a designed study: what its tasks have in common, and the best score each can reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from mtlcurves.data.designed.pool import draw_pool
from mtlcurves.data.designed.roles import INDEPENDENT
from mtlcurves.data.designed.scores import designed_similarity, latent_scores, loadings_of
from mtlcurves.schemas import SCHEMAS
from mtlcurves.source_sections import DesignedSource


def describe_truth(
    source: DesignedSource, files: Sequence[str], tasks: Sequence[str], labels: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell what is true of a designed study's tasks, over the compounds and labels that it has.

    Parameters
    ----------
    source : DesignedSource
        The design.
    files : sequence of str
        The file of its molecules, if there is one.
    tasks : sequence of str
        Tasks of the study.
    labels : pandas.DataFrame
        Schema ``labels``.

    Returns
    -------
    pairs : pandas.DataFrame
        Schema ``truth``.
    alone : pandas.DataFrame
        Schema ``truth_tasks``.
    """
    compounds = sorted(labels["smiles"].unique())
    reference = draw_pool(source, files, 1).reference
    scores = latent_scores(source, tasks, compounds, reference)
    labelled = _labelled(labels, compounds, tasks)
    return _pairs(source, tasks, scores, labelled), _alone(source, tasks, scores, labelled)


def ceiling(scores: Any, active: Any) -> float:
    """AUROC of scores against labels; null where one class is missing.

    Parameters
    ----------
    scores, active : ndarray, shape (n,)
        Scores without error, and labels made from scores with error.
    """
    n_active, n = int(active.sum()), len(active)
    if n_active in (0, n):
        return float("nan")
    ranks = rankdata(scores)[active == 1].sum()
    return float((ranks - n_active * (n_active + 1) / 2) / (n_active * (n - n_active)))


def _labelled(labels: pd.DataFrame, compounds: list[str], tasks: Sequence[str]) -> Any:
    """Labels of each compound and task; -1 where there is none."""
    table = np.full((len(compounds), len(tasks)), -1, dtype=np.int8)
    rows = pd.Index(compounds).get_indexer(pd.Index(labels["smiles"]))
    columns = pd.Index(list(tasks)).get_indexer(pd.Index(labels["task"]))
    table[rows, columns] = labels["label"].fillna(0)  # values have no classes, and no AUROC
    return table


def _pairs(source: DesignedSource, tasks: Sequence[str], scores: Any, labelled: Any) -> pd.DataFrame:
    made = [loadings_of(source, task) for task in tasks]
    realised = np.atleast_2d(np.corrcoef(scores, rowvar=False))
    measured = (labelled >= 0).astype(np.int64)
    shared = measured.T @ measured
    rows = [
        (
            *(tasks[i], tasks[j], realised[i, j], designed_similarity(made[i], made[j])),
            *(made[i].group == made[j].group != INDEPENDENT, made[i].sign * made[j].sign),
            shared[i, j],
        )
        for i in range(len(tasks))
        for j in range(len(tasks))
        if i != j
    ]
    return pd.DataFrame(rows, columns=list(SCHEMAS["truth"].columns))


def _alone(source: DesignedSource, tasks: Sequence[str], scores: Any, labelled: Any) -> pd.DataFrame:
    rows = []
    for column, task in enumerate(tasks):
        made, there = loadings_of(source, task), labelled[:, column] >= 0
        active = labelled[there, column]
        best = ceiling(scores[there, column], active)
        rows.append((task, made.group, made.sign, made.own**2, best, len(active), active.sum(), active.mean()))
    return pd.DataFrame(rows, columns=list(SCHEMAS["truth_tasks"].columns))

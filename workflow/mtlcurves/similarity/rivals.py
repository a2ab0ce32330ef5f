"""Similarities of other origin against what they should tell: simulated tasks' truth, and Task2Vec's relation."""

from __future__ import annotations

import pandas as pd

from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import symmetric, tasks_of
from mtlcurves.similarity.relation import both, label_correlations

SYNTHETIC, TASK2VEC = "synthetic_similarity", "task2vec_and_correlation"
SIZE = "size of the realised"
TRUTHS = ("designed", "realised", SIZE)
"""True similarities. Heads turn with their task, so gradients should show the size and not the sign."""


def relate_synthetic(pairs: pd.DataFrame) -> pd.DataFrame:
    """Correlate the similarities on every simulated data set with the tasks' true ones.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Table ``synthetic_pairs``.

    Returns
    -------
    pandas.DataFrame
        Schema ``synthetic_similarity``.
    """
    keys, rows = ["arm", "level", "seed", "window"], []
    tasks = tasks_of(pairs)
    for names, own in pairs.groupby(keys, sort=False, observed=True):
        means = {"ochiai": own["ochiai"].mean(), "mean_similarity": own["similarity"].mean()}
        similarity = symmetric(own, "similarity", tasks)
        own = own.assign(**{SIZE: own["realised"].abs()})
        for truth in TRUTHS:
            row = dict(zip(keys, names, strict=True)) | {"truth": truth} | means
            rows.append(row | both(similarity, symmetric(own, truth, tasks)))
    return pd.DataFrame(rows, columns=list(SCHEMAS[SYNTHETIC].columns))


def relate_task2vec(embedded: pd.DataFrame, correlation: pd.DataFrame) -> pd.DataFrame:
    """Correlate Task2Vec's similarities, means over networks, with the correlation of labels.

    Parameters
    ----------
    embedded, correlation : pandas.DataFrame
        Tables ``task2vec`` and ``task_correlation``.

    Returns
    -------
    pandas.DataFrame
        Schema ``task2vec_and_correlation``.
    """
    tasks, rows = tasks_of(embedded), []
    labels = list(label_correlations(correlation, tasks))
    means = embedded.groupby(["form", "task_a", "task_b"], sort=False)["similarity"].mean().reset_index()
    for form, own in means.groupby("form", sort=False):
        matrix = symmetric(own, "similarity", tasks)
        rows += [{"form": form} | of_labels | both(matrix, known) for of_labels, known in labels]
    return pd.DataFrame(rows, columns=list(SCHEMAS[TASK2VEC].columns))

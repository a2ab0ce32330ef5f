"""Whether similar gradients go with correlated labels: r(G, E) over pairs of tasks (P2 section 4).

Both sides are of the same tasks, each in many pairs, so P-values permute tasks and intervals resample them
(:mod:`mtlcurves.curves.agreement`).

Every task has a head of its own, which learns what its labels mean. Turn them round and the head turns, too: the
gradient by the shared weights stays. So G does not see the sign of E, and is related to its size as well.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mtlcurves.curves.agreement import Correlation, Floats, correlate
from mtlcurves.gradient_runs import FULL
from mtlcurves.reasons import explained
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import PAIR, similarities, status_of, symmetric, tasks_of

NAME = "similarity_and_correlation"
MEASURES = ("pearson", "phi_of_most", "spearman")
SIZE = "size"
"""Measure of label correlation: Pearson's without its sign."""


def relate(similarity: pd.DataFrame, correlation: pd.DataFrame) -> pd.DataFrame:
    """Correlate the similarity of gradients with the correlation of labels.

    Parameters
    ----------
    similarity : pandas.DataFrame
        Table ``gradient_similarity``.
    correlation : pandas.DataFrame
        Table ``task_correlation``.

    Returns
    -------
    pandas.DataFrame
        Schema ``similarity_and_correlation``: every encoder, window, part and version with every choice of
        compounds and every measure of correlation that is known of any pair.
    """
    tasks = tasks_of(similarity)
    labels = list(label_correlations(correlation, tasks))
    rows = []
    for keys, gradients in similarities(similarity, tasks):
        for of_labels, matrix in labels:
            found = both(gradients, matrix)
            of_rows = correlation[(correlation["view"] == FULL) & (correlation["rows"] == of_labels["rows"])]
            sides = {"gradients": status_of(similarity, keys), "labels": of_rows["status"]}
            rows.append(keys | of_labels | found | {"status": explained(str(found["status"]), **sides)})
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def label_correlations(correlation: pd.DataFrame, tasks: list[str]) -> Iterator[tuple[dict[str, str], Floats]]:
    """Lay out the correlations of all labels: every choice of compounds, every measure; means over rotations.

    Their size is a measure of its own where a pair's correlation is negative.
    """
    full = correlation[correlation["view"] == FULL]
    for rows, own in full.groupby("rows", sort=False, observed=True):
        means = own.groupby(PAIR, sort=False, observed=True)[list(MEASURES)].mean().reset_index()
        for measure in MEASURES:
            if means[measure].notna().any():
                yield {"rows": str(rows), "measure": measure}, symmetric(means, measure, tasks)
        if (means["pearson"] < 0).any():
            yield {"rows": str(rows), "measure": SIZE}, np.abs(symmetric(means, "pearson", tasks))


def both(first: Floats, second: Floats) -> dict[str, object]:
    """Correlate two symmetric matrices by Pearson and by Spearman; each unordered pair counts once."""
    linear, ranks = (correlate(first, second, ranked=ranked) for ranked in (False, True))
    counts = {"n_tasks": ranks.n_tasks, "n_pairs": ranks.n_pairs // 2, "status": ranks.status}
    return _named("pearson", linear) | _named("spearman", ranks) | counts


def _named(name: str, found: Correlation) -> dict[str, object]:
    ends = {f"{name}_{part}": getattr(found, part) for part in ("low", "high", "p")}
    return {name: found.correlation} | ends

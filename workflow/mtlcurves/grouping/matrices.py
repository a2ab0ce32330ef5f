"""Affinities between tasks, as matrices [from, onto], from the tables that hold them.

What a table does not tell of two tasks counts as 0, as does a task alone: no gain from others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mtlcurves.curves.fold_labels import fold_labels
from mtlcurves.errors import DataError
from mtlcurves.grouping.scores import Floats
from mtlcurves.transfer_schemas import PREFERRED


def tag_matrix(table: pd.DataFrame, tasks: Sequence[str], size: int) -> Floats:
    """Lay out the TAG affinities of one size under the recipe main.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``tag_affinity``; its column ``mean``, of which 0 says that a step for the one task does not change
        the loss of the other.
    tasks : sequence of str
        Order of the rows and columns.
    size : int
        Training folds.
    """
    own = table[(table["recipe"] == "main") & (table["source"] == "task") & (table["size"] == size)]
    return _laid_out(own["from"], own["onto"], own["mean"], tasks, f"TAG affinity at {size} folds")


def transfer_matrix(table: pd.DataFrame, tasks: Sequence[str], metric: str) -> Floats:
    """Lay out the transfer weights a_ij of one score: the auxiliary's row, the target's column.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``transfer_estimates``; its first estimator of those preferred. Weights are those drawn together over
        all pairs, where there are any, per fold of the auxiliary's labels.
    tasks : sequence of str
        Order of the rows and columns.
    metric : str
        Score.
    """
    own = table[(table["recipe"] == "main") & (table["metric"] == metric) & (table["coefficient"] == "a_ij")]
    estimator = next((name for name in PREFERRED if name in set(own["estimator"])), "")
    own = own[own["estimator"] == estimator]
    weight = (own["shrunken"] * fold_labels(own)).where(own["shrunken"].notna(), own["per_fold"])
    return _laid_out(own["auxiliary"], own["target"], weight, tasks, f"transfer weight a_ij for {metric}")


def gradient_matrix(log: pd.DataFrame, tasks: Sequence[str], window: str) -> Floats:
    """Lay out the similarity of gradients, the mean over trainings; symmetric.

    Parameters
    ----------
    log : pandas.DataFrame
        Table ``gradient_log`` of the trainings that count.
    tasks : sequence of str
        Order of the rows and columns.
    window : str
        Logged steps.
    """
    own = log[(log["part"] == "all") & (log["window"] == window)]
    mean = own.groupby(["task_a", "task_b"])["similarity"].mean().reset_index()
    both = pd.concat([mean, mean.rename(columns={"task_a": "task_b", "task_b": "task_a"})], ignore_index=True)
    return _laid_out(both["task_a"], both["task_b"], both["similarity"], tasks, "similarity of gradients")


def _laid_out(source: pd.Series, onto: pd.Series, value: pd.Series, tasks: Sequence[str], what: str) -> Floats:
    index = pd.Index(list(tasks))
    row, column = index.get_indexer(pd.Index(source)), index.get_indexer(pd.Index(onto))
    known = value.notna().to_numpy() & (row >= 0) & (column >= 0) & (row != column)
    if len(index) > 1 and not known.any():
        raise DataError(f"no {what} is known between any two tasks, so there is nothing to group by")
    matrix = np.zeros((len(index), len(index)))
    matrix[row[known], column[known]] = value.to_numpy(float, na_value=np.nan)[known]
    return matrix


def distances(similarity: Floats) -> Floats:
    """Turn similarities into the distances that tasks are clustered by: 1 - similarity, the diagonal 0.

    A similarity divided by a small overlap may be above 1; distances are then from the largest. Average and
    complete linkage give the same clusters whatever is added to all distances.
    """
    off = similarity[~np.eye(len(similarity), dtype=bool)]
    distance = max(1.0, float(off.max(initial=1.0))) - similarity
    np.fill_diagonal(distance, 0.0)
    return np.asarray(distance)

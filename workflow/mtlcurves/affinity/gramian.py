"""Products of the tasks' gradients, all pairs at once, without the gradients.

A product g_i P g_j is a sum over columns, and to a column only the tasks contribute that have a label in one of
its rows, t of them: a t x hidden matrix A, the sums of their dL/dz over the column's rows, gives A P A' by one
product. All gradients at once would be tasks x columns x hidden numbers (241 x 32,000 x 500); A is never larger
than tasks x hidden. Most columns of a batch stand in a single row, and those that stand in the same rows have the
same A, so their P are added up first.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse

from mtlcurves.affinity.shared import Floats, SharedGradients
from mtlcurves.training.columns import group_columns

BLOCK = 4096  # rows of A held at once, or those of one column if it has more: some 8 x 4,096 x hidden bytes


def gramian(shared: SharedGradients, scale: Floats | None) -> Floats:
    """Compute g_i P g_j for every two tasks.

    Parameters
    ----------
    shared : SharedGradients
        A batch; its gradients g_i are those of the losses L_i.
    scale : ndarray, shape (columns, hidden), or None
        P, above 0; None for 1.

    Returns
    -------
    ndarray of float64, shape (tasks, tasks)
        Of all original columns: one that stands for several counts as often. 0 where a task has no label.
    """
    n_tasks = len(shared.counts)
    products = np.zeros((n_tasks, n_tasks))
    if not len(shared.label_row):
        return products
    labels, weight = _patterns(shared, scale)
    # labels are ordered by task: a row of A sums those of one column and one task
    pattern = np.repeat(np.arange(labels.shape[0]), np.diff(labels.indptr))
    task = shared.label_task[labels.indices]
    begins = np.flatnonzero(np.diff(pattern, prepend=-1) | np.diff(task, prepend=-1))
    pattern, task = pattern[begins], task[begins]
    starts = np.append(begins, labels.nnz)
    sums: Any = scipy.sparse.csr_array((labels.data, labels.indices, starts), shape=(len(begins), labels.shape[1]))
    rows_of = np.searchsorted(pattern, np.arange(labels.shape[0] + 1))
    for first, last in _blocks(rows_of):
        begin, end = rows_of[first], rows_of[last]
        block = (sums[begin:end] @ shared.label_dz) * np.sqrt(weight[pattern[begin:end]])
        for low, high in pairwise(rows_of[first : last + 1] - begin):
            own, part = task[begin + low : begin + high], block[low:high]
            products[own[:, None], own] += part @ part.T
    return products


def _patterns(shared: SharedGradients, scale: Floats | None) -> tuple[Any, Floats]:
    """Group columns by the rows they stand in: the labels of each group (groups x labels), and its sum of P."""
    n_rows, n_columns = shared.has.shape
    grouping = group_columns(shared.has, np.arange(n_rows, dtype=np.uint64))
    n_labels, n_groups = len(shared.label_row), len(grouping.sizes)
    adds: Any = scipy.sparse.csr_array(
        (shared.sizes, (grouping.of_column, np.arange(n_columns))), shape=(n_groups, n_columns)
    )
    label_in: Any = scipy.sparse.csr_array(
        (np.ones(n_labels), (shared.label_row, np.arange(n_labels))), shape=(n_rows, n_labels)
    )
    labels = (shared.has[:, np.flatnonzero(grouping.first)].T.tocsr() @ label_in).tocsr()
    labels.sort_indices()
    return labels, adds @ (np.ones((n_columns, 1)) if scale is None else scale)


def _blocks(rows_of: Any) -> list[tuple[int, int]]:
    """Cut patterns, whose rows of A start at `rows_of`, into blocks of few rows: first and last of each."""
    cuts = [0]
    while cuts[-1] < len(rows_of) - 1:
        fitting = int(np.searchsorted(rows_of, rows_of[cuts[-1]] + BLOCK, side="right")) - 1
        cuts.append(max(fitting, cuts[-1] + 1))
    return list(pairwise(cuts))

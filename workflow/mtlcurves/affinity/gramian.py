"""Products of the tasks' gradients, all pairs at once, without the gradients.

A product g_i P g_j is a sum over columns, and to a column only the tasks contribute that have a label in one of
its rows, t of them: a t x hidden matrix A, the sums of their dL/dz over the column's rows, gives A P A' by one
product. All gradients at once would be tasks x columns x hidden numbers (241 x 32,000 x 500); A is never larger
than tasks x hidden. Most columns of a batch stand in a single row, and those that stand in the same rows have the
same A, so their P are added up first.

Balanced trainings need the products for P = 1 and have them from pairs of labels, without arrays of columns
(``training.balanced.gradients``). P differs from column to column and has no place there: the bits that two rows
share are all that is left of the columns.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse

from mtlcurves.affinity.shared import Floats, SharedGradients
from mtlcurves.training.columns import group_columns

BLOCK = 1024  # rows of A held at once, or those of one column if it has more: some 8 x 1,024 x hidden bytes


Scale = Callable[[slice], Floats | None]


def gramian(shared: SharedGradients, scale: Scale) -> Floats:
    """Compute g_i P g_j for every two tasks.

    Parameters
    ----------
    shared : SharedGradients
        A batch; its gradients g_i are those of the losses L_i.
    scale : callable
        Gives P of some columns, shape (columns, hidden), above 0; None for 1.

    Returns
    -------
    ndarray of float64, shape (tasks, tasks)
        Of all original columns: one that stands for several counts as often. 0 where a task has no label.
    """
    n_tasks = len(shared.counts)
    products = np.zeros((n_tasks, n_tasks))
    if not len(shared.label_row):
        return products
    labels, root = _patterns(shared, scale)
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
        block = sums[begin:end] @ shared.label_dz
        block *= root[pattern[begin:end]]
        for low, high in pairwise(rows_of[first : last + 1] - begin):
            own, part = task[begin + low : begin + high], block[low:high]
            products[own[:, None], own] += part @ part.T
    return products


def _patterns(shared: SharedGradients, scale: Scale) -> tuple[Any, Floats]:
    """Group columns by the rows they stand in; each group's labels (groups x labels) and the root of its P."""
    n_rows = shared.rows_of.shape[1]
    grouping = group_columns(shared.rows_of.T.tocsr(), np.arange(n_rows, dtype=np.uint64))
    labels = (shared.rows_of[np.flatnonzero(grouping.first)] @ shared.label_in()).tocsr()
    labels.sort_indices()
    total = np.zeros((len(grouping.sizes), shared.label_dz.shape[1]))
    for columns in shared.column_blocks():
        of_columns, sizes = scale(columns), shared.sizes[columns]
        groups, place = np.unique(grouping.of_column[columns], return_inverse=True)
        adds: Any = scipy.sparse.csr_array((sizes, (place, np.arange(len(place)))))
        total[groups] += adds @ (np.ones((len(place), 1)) if of_columns is None else of_columns)
    return labels, np.sqrt(total)


def _blocks(rows_of: Any) -> list[tuple[int, int]]:
    """Cut patterns, whose rows of A start at `rows_of`, into blocks of few rows: first and last of each."""
    cuts = [0]
    while cuts[-1] < len(rows_of) - 1:
        fitting = int(np.searchsorted(rows_of, rows_of[cuts[-1]] + BLOCK, side="right")) - 1
        cuts.append(max(fitting, cuts[-1] + 1))
    return list(pairwise(cuts))

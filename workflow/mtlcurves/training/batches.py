"""The batches of an epoch, indexed ahead of the step.

A batch holds ceil(batch_ratio * n) of the n training rows, in the epoch's keyed order; the last one holds what is
left. Rows without a label add nothing to the gradient, so they are left out of the computation; they count in the
batch's size and in the loss's divisor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from mtlcurves.grid.seeds import epoch_order
from mtlcurves.training.columns import Grouping, Index
from mtlcurves.training.problem import Problem


@dataclass(frozen=True)
class Batch:
    """One optimiser step's data; m labelled rows.

    Attributes
    ----------
    n_rows : int
        Rows with and without labels: the loss's divisor.
    rows : ndarray of int32, shape (m,)
        The labelled rows, as positions among the training's labelled rows.
    groups, starts : ndarrays of int32
        Column groups of row i: entries starts[i] to starts[i + 1] of `groups`.
    members, member_starts : ndarrays of int32
        The same turned round: the rows (0 to m - 1) of group g, entries member_starts[g] to member_starts[g + 1].
    cells : ndarray of int64
        The batch's labels, as positions in the table of m rows by tasks.
    active : ndarray of float32
        Their classes.
    """

    n_rows: int
    rows: Index
    groups: Index
    starts: Index
    members: Index
    member_starts: Index
    cells: npt.NDArray[np.int64]
    active: npt.NDArray[np.float32]


def batch_size(n_rows: int, ratio: float) -> int:
    """Rows of a batch: ceil(ratio * n_rows), not counting the product's rounding error."""
    return max(1, math.ceil(ratio * n_rows * (1 - 1e-12)))


class Batches:
    """The batches of one training.

    Parameters
    ----------
    problem : Problem
        The training.
    labelled : ndarray of int
        Positions of its rows that have a label, ascending.
    prints : scipy.sparse.csr_array, shape (labelled rows, columns)
        Their fingerprints.
    grouping : Grouping
        Their columns.
    ratio : float
        Batch size over training rows.
    """

    def __init__(
        self, problem: Problem, labelled: npt.NDArray[Any], prints: Any, grouping: Grouping, ratio: float
    ) -> None:
        self._problem = problem
        self._size = batch_size(len(problem.rows), ratio)
        self._place = np.full(len(problem.rows), -1, dtype=np.int32)
        self._place[labelled] = np.arange(len(labelled), dtype=np.int32)
        rows = grouping.training_rows(prints)
        # the sort in _batch is several times as fast on 16 bits, where the groups fit
        self._n_groups = len(grouping.sizes)
        sort_type: type[np.integer[Any]] = np.uint16 if self._n_groups <= 1 << 16 else np.int32
        self._groups = scipy.sparse.csr_array(
            (rows.groups.astype(sort_type), rows.groups, rows.starts), shape=(len(labelled), self._n_groups)
        )
        labels = problem.labels
        starts = np.searchsorted(labels.row, np.append(labelled, len(problem.rows))).astype(np.int32)
        self._labels = scipy.sparse.csr_array(
            (labels.active.astype(np.float32), labels.task, starts), shape=(len(labelled), len(problem.tasks))
        )

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """Yield the batches of one epoch (the first is 1) in order."""
        problem = self._problem
        order = epoch_order(problem.replicate, problem.rotation, epoch, problem.keys)
        place = self._place[order]
        pass_ = _Pass(place[place >= 0], self._groups, self._labels)
        ends = np.cumsum(place >= 0)
        begin = 0
        for first in range(0, len(order), self._size):
            n_rows = min(self._size, len(order) - first)
            end = int(ends[first + n_rows - 1])
            yield pass_.batch(n_rows, begin, end, self._n_groups)
            begin = end


class _Pass:
    """One epoch's labelled rows in their order, and whatever can be indexed for all batches at once."""

    def __init__(self, rows: Index, groups: Any, labels: Any) -> None:
        self._rows = rows
        self._groups, self._labels = groups[rows], labels[rows]
        numbers = np.arange(len(rows), dtype=np.int32)
        self._row = np.repeat(numbers, np.diff(self._groups.indptr))
        label_row = np.repeat(numbers.astype(np.int64), np.diff(self._labels.indptr))
        self._cells = label_row * labels.shape[1] + self._labels.indices

    def batch(self, n_rows: int, begin: int, end: int, n_groups: int) -> Batch:
        """Cut out the batch of the labelled rows `begin` to `end`."""
        starts = self._groups.indptr[begin : end + 1]
        entries = slice(starts[0], starts[-1])
        groups = self._groups.indices[entries]
        by_group = np.argsort(self._groups.data[entries], kind="stable")
        member_starts = np.zeros(n_groups + 1, dtype=np.int32)
        np.cumsum(np.bincount(groups, minlength=n_groups), out=member_starts[1:])
        cells = slice(*self._labels.indptr[[begin, end]])
        return Batch(
            n_rows=n_rows,
            rows=self._rows[begin:end],
            groups=groups,
            starts=starts - starts[0],
            members=self._row[entries][by_group] - np.int32(begin),
            member_starts=member_starts,
            cells=self._cells[cells] - begin * self._labels.shape[1],
            active=self._labels.data[cells],
        )

"""The batches of an epoch, indexed ahead of the step.

A batch holds ceil(batch_ratio * n) of the n training rows, in the epoch's keyed order; the last one holds what is
left. Rows without a label add nothing to the gradient, so they are left out of the computation; they count in the
batch's size and in the loss's divisor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from mtlcurves.grid.seeds import epoch_order
from mtlcurves.training.columns import Grouping, Index
from mtlcurves.training.problem import Problem

AT_ONCE = 64  # batches indexed together: an epoch of the usual fifty, and bounded memory for very small batches


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
        ones = np.ones(len(rows.groups), dtype=np.uint8)
        self._groups: Any = scipy.sparse.csr_array(
            (ones, rows.groups, rows.starts), shape=(len(labelled), len(grouping.sizes))
        )
        labels = problem.labels
        starts = np.searchsorted(labels.row, np.append(labelled, len(problem.rows))).astype(np.int32)
        self._labels: Any = scipy.sparse.csr_array(
            (labels.active.astype(np.float32), labels.task, starts), shape=(len(labelled), len(problem.tasks))
        )

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """Yield the batches of one epoch (the first is 1) in order."""
        problem = self._problem
        order = epoch_order(problem.replicate, problem.rotation, epoch, problem.keys)
        place = self._place[order]
        for first in range(0, len(order), AT_ONCE * self._size):
            yield from self._cut(place[first : first + AT_ONCE * self._size])

    def _cut(self, place: Index) -> Iterator[Batch]:
        """Cut rows in their order (labelled rows by position, -1 for the others) into batches."""
        at = np.flatnonzero(place >= 0)
        rows, batch = place[at], at // self._size
        n_batches = math.ceil(len(place) / self._size)
        bounds = np.searchsorted(batch, np.arange(n_batches + 1))
        groups, labels = self._groups[rows], self._labels[rows]
        row = np.repeat(np.arange(len(rows)), np.diff(labels.indptr))
        cells = row * labels.shape[1] + labels.indices
        # groups of different batches told apart, one transposition turns all batches round
        n_groups = groups.shape[1]
        shifted = groups.indices + np.repeat(np.int32(n_groups) * batch, np.diff(groups.indptr)).astype(np.int32)
        shape = (len(rows), n_batches * n_groups)
        turned = scipy.sparse.csr_array((groups.data, shifted, groups.indptr), shape=shape).tocsc()
        for i, (begin, end) in enumerate(pairwise(bounds.tolist())):
            entries, starts = _piece(groups.indptr, begin, end)
            by_group, member_starts = _piece(turned.indptr, i * n_groups, (i + 1) * n_groups)
            labelled, _ = _piece(labels.indptr, begin, end)
            yield Batch(
                n_rows=min(self._size, len(place) - i * self._size),
                rows=rows[begin:end],
                groups=groups.indices[entries],
                starts=starts,
                members=turned.indices[by_group] - np.int32(begin),
                member_starts=member_starts,
                cells=cells[labelled] - begin * labels.shape[1],
                active=labels.data[labelled],
            )


def _piece(starts: Index, begin: int, end: int) -> tuple[slice, Index]:
    """Cut rows `begin` to `end` out of a compressed matrix: their entries, and where each row starts in these."""
    piece = starts[begin : end + 1]
    return slice(piece[0], piece[-1]), piece - piece[0]

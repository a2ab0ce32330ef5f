"""A batch's losses, task by task, and their gradients in the weights that all tasks share.

The loss of task i is its term of the joint loss, the sum of the cross-entropies of its labels in the batch over
the batch's number of rows, so the terms' gradients add up to that of the training. Shared are the weights of the
hidden layer and its biases. With z = x W + b, as in ``training.reference``, and D_i = dL_i/dz (rows x hidden),
which is zero but in the rows with a label of i,

    dL_i/dW of a column = sum of D_i over the rows that have it,  dL_i/db = sum of D_i over all rows.

A bias is thus one more column, which every row has. Columns that stand in the same training rows move alike and
are kept once, with their number (see ``training.columns``). Dropout, where a recipe has it, is the batch's own,
before and after a step. z is the training's own in float32, all else is computed in float64. Arrays of columns by
hidden units are large, and are made some columns at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse
from torch import Tensor

from mtlcurves.training.moment import Moment
from mtlcurves.training.reference import hidden_sums

Floats = npt.NDArray[np.float64]

AT_ONCE = 256  # columns: 1 MB an array of 500 hidden units, which stays in a core's cache


class SharedGradients:
    """The tasks' losses on a training's next batch, and their gradients.

    Parameters
    ----------
    moment : Moment
        The training before the step.

    Attributes
    ----------
    rows_of : scipy.sparse.csr_array, shape (columns, rows)
        Which rows have each of the batch's columns (one of each group, the bias last), as 1.
    sizes : ndarray of float64, shape (columns,)
        How many equal columns each stands for.
    label_row, label_task : ndarrays of int, shape (labels,)
        Row and task of each label, ordered by task and then by row.
    label_dz : ndarray of float64, shape (labels, hidden)
        Each label's part of dL/dz, in its row.
    counts : ndarray of int, shape (tasks,)
        Labels of each task in the batch.
    losses : ndarray of float64, shape (tasks,)
        L_i; 0 where there is no label.
    """

    def __init__(self, moment: Moment) -> None:
        batch, self._moment = moment.batch, moment
        self._touched = np.flatnonzero(np.diff(batch.member_starts))
        self.rows_of, self.sizes = self._columns()
        self._head, self._head_bias = _double(moment.head), _double(moment.head_bias)
        row, task = np.divmod(batch.cells, len(self._head))
        order = np.argsort(task, kind="stable")
        self.label_row, self.label_task = row[order], task[order]
        self._active = batch.active[order].astype(np.float64)
        self.counts = np.bincount(self.label_task, minlength=len(self._head))

        self._z = _double(hidden_sums(moment.changes, moment.bias, moment.start, moment.sizes, batch))
        logits = self._logits(self._z)
        self.losses = self._losses(logits)
        errors = (1 / (1 + np.exp(-logits)) - self._active) / batch.n_rows
        slope = (self._z > 0) * self._kept
        self.label_dz = errors[:, None] * self._head[self.label_task]
        self.label_dz *= slope[self.label_row]

    def _columns(self) -> tuple[Any, Floats]:
        batch, n_rows = self._moment.batch, len(self._moment.batch.rows)
        starts = np.append(batch.member_starts[self._touched], batch.member_starts[-1])
        members = np.append(batch.members, np.arange(n_rows))
        rows_of: Any = scipy.sparse.csr_array(
            (np.ones(len(members)), members, np.append(starts, len(members))), shape=(len(starts), n_rows)
        )
        return rows_of, np.append(self._moment.sizes[self._touched].astype(np.float64), 1.0)

    @property
    def learning_rate(self) -> float:
        """Rate of the training's next step."""
        return self._moment.learning_rate

    @cached_property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Tasks with a label in the batch; one whose loss is 0 to the last bit cannot be compared with it."""
        return (self.counts > 0) & (self.losses > 0)

    @cached_property
    def _kept(self) -> Floats | float:
        return 1.0 if self._moment.kept is None else _double(self._moment.kept)

    def _logits(self, z: Floats) -> Floats:
        h = np.maximum(z, 0) * self._kept
        logits: Floats = (h @ self._head.T + self._head_bias)[self.label_row, self.label_task]
        return logits

    def _losses(self, logits: Floats) -> Floats:
        entropies = np.logaddexp(0, logits) - self._active * logits
        return np.bincount(self.label_task, entropies, len(self.counts)) / self._moment.batch.n_rows

    def column_blocks(self) -> Iterator[slice]:
        """Cut the columns into blocks."""
        return (slice(first, first + AT_ONCE) for first in range(0, len(self.sizes), AT_ONCE))

    def of_columns(self, values: tuple[Tensor, Tensor], columns: slice) -> Floats:
        """Pick what a training has of its groups (groups x hidden) and of the bias: shape (columns, hidden)."""
        of_groups, of_bias = values
        picked = _double(of_groups[self._touched[columns]])
        return picked if columns.stop < len(self.sizes) else np.vstack([picked, _double(of_bias)])

    def dz(self, labels: npt.NDArray[np.bool_] | slice = slice(None)) -> Floats:
        """Gradient dL/dz of the loss of some labels, all by default: shape (rows, hidden)."""
        dz: Floats = self.label_in(labels) @ self.label_dz[labels]
        return dz

    def label_in(self, labels: npt.NDArray[np.bool_] | slice = slice(None)) -> Any:
        """Say in which row some labels, all by default, are: a sparse array of 1, shape (rows, labels)."""
        rows = self.label_row[labels]
        place = (np.ones(len(rows)), (rows, np.arange(len(rows))))
        return scipy.sparse.csr_array(place, shape=(len(self._z), len(rows)))

    def gradient(self, dz: Floats, columns: slice) -> Floats:
        """Turn a gradient dL/dz into that of some columns: shape (columns, hidden)."""
        gradient: Floats = self.rows_of[columns] @ dz
        return gradient

    def of_task(self, task: int) -> npt.NDArray[np.bool_]:
        """Tell the labels of a task."""
        chosen: npt.NDArray[np.bool_] = self.label_task == task
        return chosen

    def losses_after(self, move: Callable[[Floats, slice], Floats], dz: Floats) -> Floats:
        """Losses of all tasks, were the shared weights moved for a gradient, and no head.

        Parameters
        ----------
        move : callable
            Turns the gradient of some columns into their movement.
        dz : ndarray, shape (rows, hidden)
            The gradient.
        """
        z = self._z.copy()
        for columns in self.column_blocks():
            moved = move(self.gradient(dz, columns), columns)
            moved *= self.sizes[columns, None]
            z += self.rows_of[columns].T @ moved
        return self._losses(self._logits(z))


def _double(tensor: Tensor) -> Floats:
    values: Floats = tensor.numpy().astype(np.float64)
    return values

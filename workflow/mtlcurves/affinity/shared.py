"""A batch's losses, task by task, and their gradients in the weights that all tasks share.

The loss of task i is its term of the joint loss, the sum of the cross-entropies of its labels in the batch over
the batch's number of rows, so the terms' gradients add up to that of the training. Shared are the weights of the
hidden layer and its biases. With z = x W + b, as in ``training.reference``, and D_i = dL_i/dz (rows x hidden),
which is zero but in the rows with a label of i,

    dL_i/dW of a column = sum of D_i over the rows that have it,  dL_i/db = sum of D_i over all rows.

A bias is thus one more column, which every row has. Columns that stand in the same training rows move alike and
are kept once, with their number (see ``training.columns``). Dropout, where a recipe has it, is the batch's own,
before and after a step. All is computed in float64 from the training's float32.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from mtlcurves.training.moment import Moment

Floats = npt.NDArray[np.float64]


class SharedGradients:
    """The tasks' losses on a training's next batch, and their gradients.

    Parameters
    ----------
    moment : Moment
        The training before the step.

    Attributes
    ----------
    has : scipy.sparse.csr_array, shape (rows, columns)
        Which of the batch's columns (one of each group, the bias last) a row has, as 1.
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
        self.has, self.sizes = self._columns()
        self._head, self._head_bias = _double(moment.head), _double(moment.head_bias)
        row, task = np.divmod(batch.cells, len(self._head))
        order = np.argsort(task, kind="stable")
        self.label_row, self.label_task = row[order], task[order]
        self._active = batch.active[order].astype(np.float64)
        self.counts = np.bincount(self.label_task, minlength=len(self._head))

        self._z = _double(moment.start) + self._sums(self.of_columns(moment.changes, moment.bias))
        logits = self._logits(self._z)
        self.losses = self._losses(logits)
        errors = (1 / (1 + np.exp(-logits)) - self._active) / batch.n_rows
        slope = (self._z > 0) * self._kept
        self.label_dz = errors[:, None] * self._head[self.label_task] * slope[self.label_row]

    def _columns(self) -> tuple[Any, Floats]:
        batch, moment = self._moment.batch, self._moment
        place = np.zeros(len(moment.sizes), dtype=np.int32)
        place[self._touched] = np.arange(len(self._touched))
        n_rows, n_groups = len(batch.rows), len(self._touched)
        groups: Any = scipy.sparse.csr_array(
            (np.ones(len(batch.groups)), place[batch.groups], batch.starts), shape=(n_rows, n_groups)
        )
        bias = scipy.sparse.csr_array(np.ones((n_rows, 1)))
        has: Any = scipy.sparse.hstack([groups, bias], format="csr")
        return has, np.append(moment.sizes[self._touched].astype(np.float64), 1.0)

    def of_columns(self, of_groups: Any, of_bias: Any) -> Floats:
        """Pick a training's tensors of groups (groups x hidden) and of the bias: shape (columns, hidden)."""
        return np.vstack([_double(of_groups[self._touched]), _double(of_bias)])

    def _sums(self, of_columns: Floats) -> Floats:
        """Sum an array of columns over those that each row has: shape (rows, hidden)."""
        sums: Floats = self.has @ (self.sizes[:, None] * of_columns)
        return sums

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

    def gradient(self, labels: npt.NDArray[np.bool_] | slice = slice(None)) -> Floats:
        """Gradient of the loss of some labels, all by default, in each column: shape (columns, hidden)."""
        dz = np.zeros(self._z.shape)
        np.add.at(dz, self.label_row[labels], self.label_dz[labels])
        gradient: Floats = self.has.T @ dz
        return gradient

    def of_task(self, task: int) -> npt.NDArray[np.bool_]:
        """Tell the labels of a task."""
        chosen: npt.NDArray[np.bool_] = self.label_task == task
        return chosen

    def losses_after(self, move: Floats) -> Floats:
        """Losses of all tasks, shape (tasks,), were the shared weights moved (columns x hidden), no head moved."""
        return self._losses(self._logits(self._z + self._sums(move)))


def _double(tensor: Any) -> Floats:
    values: Floats = tensor.numpy().astype(np.float64)
    return values

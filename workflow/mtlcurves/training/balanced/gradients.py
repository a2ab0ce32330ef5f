"""Inner products of the tasks' gradients of the shared weights, without these gradients.

The gradient of task i's loss by the hidden layer's weights is X' D_i, and by its biases the sum of D_i's rows.
X are a batch's fingerprints (all columns, those that are merged counted singly), and row n of D_i is dL_i/dz of
row n: dL_i/dlogit_ni times row i of the head, where z > 0. So

    g_i . g_j = sum over rows n, m of (X X' + 1)_nm D_i[n] . D_j[m],

and only rows with a label of i, and of j, count: the work grows with the square of a batch's labels, whatever the
number of columns.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse
import torch
from torch import Tensor

from mtlcurves.training.batches import Batch
from mtlcurves.training.forward import Forward

LABELS_AT_ONCE = 512  # rows of the labels' inner products held at a time

Floats = npt.NDArray[np.float64]


class GradientProducts:
    """The gradients of a batch's tasks by the shared weights, each known by its D_i.

    Parameters
    ----------
    batch : Batch
        With k tasks that have a label.
    forward : Forward
        Its forward pass.
    head : Tensor, shape (tasks, hidden)
        The head's weights.
    sizes : ndarray of float32, shape (groups,)
        Columns of each group.

    Attributes
    ----------
    tasks : ndarray of int, shape (k,)
        Tasks with a label in the batch, ascending.
    """

    def __init__(self, batch: Batch, forward: Forward, head: Tensor, sizes: npt.NDArray[np.float32]) -> None:
        self._batch, self._forward, self._head, self._sizes = batch, forward, head, sizes
        self._cells = batch.cells[np.argsort(batch.cells % len(head), kind="stable")]  # by task
        self.tasks, starts, place = np.unique(self._cells % len(head), return_index=True, return_inverse=True)
        self._bounds = [*starts.tolist(), len(place)]
        self._place = torch.from_numpy(place)
        self._row = torch.from_numpy(self._cells // len(head))

    @cached_property
    def _by_label(self) -> Tensor:
        """Row n of D_i for every label, shape (labels, hidden)."""
        slope = (self._forward.z > 0).to(torch.float32)
        if self._forward.kept is not None:
            slope *= self._forward.kept
        error = self._forward.error.take(torch.from_numpy(self._cells))
        heads = self._head[torch.from_numpy(self.tasks)[self._place]]
        return error[:, None] * heads * slope[self._row]

    @cached_property
    def _overlap(self) -> Tensor:
        """X X' + 1: the bits that two rows share, and one for the bias."""
        batch, shape = self._batch, (len(self._batch.rows), len(self._sizes))
        ones = np.ones(len(batch.groups), dtype=np.float32)
        rows = scipy.sparse.csr_array((ones, batch.groups, batch.starts), shape=shape)
        weighted = scipy.sparse.csr_array((self._sizes[batch.groups], batch.groups, batch.starts), shape=shape)
        return torch.from_numpy((weighted @ rows.T).toarray() + np.float32(1))

    def gramian(self) -> Floats:
        """Return the inner products, shape (k, k)."""
        k = len(self.tasks)
        total = torch.zeros(k, k, dtype=torch.float64)
        for first in range(0, len(self._row), LABELS_AT_ONCE):
            some = slice(first, first + LABELS_AT_ONCE)
            inner = (self._by_label[some] @ self._by_label.T) * self._overlap[self._row[some]][:, self._row]
            by_task = torch.zeros(len(inner), k, dtype=torch.float64).index_add_(1, self._place, inner.double())
            total.index_add_(0, self._place[some], by_task)
        found: Floats = ((total + total.T) / 2).numpy()
        return found

    def norms(self) -> Floats:
        """Return the gradients' lengths, shape (k,); cheaper than the Gramian's diagonal."""
        squares = []
        for start, end in pairwise(self._bounds):
            own, rows = self._by_label[start:end], self._row[start:end]
            squares.append(float(((own @ own.T) * self._overlap[rows][:, rows]).sum(dtype=torch.float64)))
        return np.sqrt(np.maximum(squares, 0))

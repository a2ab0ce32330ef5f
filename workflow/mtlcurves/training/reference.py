"""The reference engine: plain torch on one thread.

Only what is exact is left out: rows without labels, and columns that move like another (see ``columns``). The
gradients are written out. With z = x W + b, h = relu(z), logit = h V' + c, a batch of n rows and its labels y:

    dL/dlogit = (sigmoid(logit) - y) / n where there is a label, 0 elsewhere
    dL/dV = dL/dlogit' h,  dL/dc = sum over rows of dL/dlogit
    dL/dz = dL/dlogit V where z > 0, 0 elsewhere
    dL/db = sum over rows of dL/dz,  dL/dD of a group = sum of dL/dz over its rows

So the forward pass sums rows of D over the groups of a row, and the backward pass sums rows of dL/dz over the rows
of a group. Both are torch's ``embedding_bag``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from mtlcurves.config import Recipe
from mtlcurves.grid.seeds import dropout_uniforms
from mtlcurves.training.backend import Outcome, refuse_divergence, train_whole
from mtlcurves.training.batches import Batch, Batches
from mtlcurves.training.columns import Index, group_columns, occurring
from mtlcurves.training.forward import Forward
from mtlcurves.training.moment import Moment, Observer
from mtlcurves.training.network import BIAS, initial_head, initial_hidden, learning_rate
from mtlcurves.training.problem import Problem
from mtlcurves.training.threads import one_thread

TEST_ROWS = 4096  # rows predicted at a time


class Reference:
    """Trains one network after the other.

    Parameters
    ----------
    observer : callable, optional
        Is shown every training before each of its steps; it changes nothing.
    """

    name = "reference"
    packages: tuple[str, ...] = ("torch", "numpy", "scipy")
    many_at_once = False

    def __init__(self, observer: Observer | None = None) -> None:
        self._observer = observer

    @property
    def device(self) -> str:
        """The vector instructions that torch uses: they decide about the last bits."""
        return f"cpu {torch.backends.cpu.get_cpu_capability()}"

    def train(self, problems: Sequence[Problem], recipe: Recipe) -> Iterator[Outcome]:
        """Train networks (see :class:`mtlcurves.training.backend.Backend`)."""
        for position, problem in enumerate(problems):
            with one_thread(), torch.no_grad():
                outcome = train_whole(position, problem, partial(self._start, problem, recipe))
            yield outcome

    def _start(self, problem: Problem, recipe: Recipe) -> Training:
        return Training(problem, recipe, self._observer)


class Adam:
    """Adam: 0.9, 0.999, eps 1e-8, no weight decay.

    It calls the kernel behind ``torch.optim.Adam(fused=True)``. The optimiser class around it costs 0.1 ms a step,
    as much as a small network's whole step, and 1.7 s of imports a job.
    """

    def __init__(self, *weights: Tensor) -> None:
        self._weights = list(weights)
        self.first = [torch.zeros_like(w) for w in weights]
        self.second = [torch.zeros_like(w) for w in weights]
        self._steps = [torch.zeros(()) for _ in weights]

    def step(self, gradients: Sequence[Tensor], learning_rate: float) -> None:
        """Move the weights by their gradients."""
        torch._foreach_add_(self._steps, 1)
        torch._fused_adam_(
            self._weights,
            list(gradients),
            self.first,
            self.second,
            [],
            self._steps,
            lr=learning_rate,
            beta1=0.9,
            beta2=0.999,
            weight_decay=0.0,
            eps=1e-8,
            amsgrad=False,
            maximize=False,
        )

    def finite(self) -> bool:
        """Whether all weights are finite."""
        return all(bool(w.isfinite().all()) for w in self._weights)


class Training:
    """One network in training.

    It trains the changes D of the hidden layer's weights (groups x hidden), the biases b, the head V (tasks x
    hidden) and its biases c.
    """

    def __init__(self, problem: Problem, recipe: Recipe, observer: Observer | None = None) -> None:
        self._problem, self._recipe, self._observer = problem, recipe, observer
        self.n_steps = 0
        labelled = np.unique(problem.labels.row)
        self._keys = problem.keys[labelled]
        prints, test_prints = (problem.fingerprints[rows] for rows in (problem.rows[labelled], problem.test_rows))
        grouping = group_columns(prints, self._keys)
        self._sizes = grouping.sizes
        self._batches = Batches(problem, labelled, prints, grouping, recipe.batch_ratio)
        self._test = grouping.any_rows(test_prints)
        self._start, self._test_start = self._initial_sums(prints, test_prints)
        self._changes = torch.zeros(len(grouping.sizes), recipe.hidden)
        self._bias = torch.full((recipe.hidden,), BIAS)
        self._head = torch.from_numpy(
            initial_head(problem.replicate, problem.rotation, problem.tasks, recipe.hidden)
        )
        self._head_bias = torch.full((len(problem.tasks),), BIAS)
        self._adam = Adam(self._changes, self._bias, self._head, self._head_bias)

    def _initial_sums(self, *prints: Any) -> list[Tensor]:
        """Sum the initial weights over each row's columns, x W0, in float64: it is part of every step."""
        problem, n_columns = self._problem, self._problem.fingerprints.shape[1]
        columns = occurring(n_columns, *prints)
        place = np.zeros(n_columns, dtype=np.int32)
        place[columns] = np.arange(len(columns))
        weights = torch.from_numpy(
            initial_hidden(problem.replicate, problem.rotation, columns, n_columns, self._recipe.hidden)
        )
        return [_sums(weights.double(), place[p.indices], p.indptr).float() for p in prints]

    def run_epoch(self, epoch: int) -> None:
        """Pass once over the training rows.

        Raises
        ------
        mtlcurves.errors.DataError
            When a weight is no longer finite.
        """
        recipe = self._recipe
        rate = learning_rate(epoch, recipe.learning_rate, recipe.milestones, recipe.gamma)
        for batch in self._batches.epoch(epoch):
            kept = self._kept(batch, epoch)
            if self._observer is not None:
                self._observer(self._moment(batch, kept, rate))
            self._adam.step(self._gradients(batch, kept), rate)
            self.n_steps += 1
        if not self._adam.finite():
            refuse_divergence(self._problem, epoch, self.n_steps)

    def _moment(self, batch: Batch, kept: Tensor | None, rate: float) -> Moment:
        first, second = self._adam.first, self._adam.second
        return Moment(
            step=self.n_steps + 1,
            learning_rate=rate,
            batch=batch,
            start=self._batch_start(batch),
            sizes=self._sizes,
            kept=kept,
            changes=self._changes,
            bias=self._bias,
            head=self._head,
            head_bias=self._head_bias,
            first=(first[0], first[1]),
            second=(second[0], second[1]),
        )

    def _batch_start(self, batch: Batch) -> Tensor:
        return self._start.index_select(0, torch.from_numpy(batch.rows))

    def _gradients(self, batch: Batch, kept: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Compute a batch's gradients of the changes, the biases, the head and the head's biases."""
        forward = self._forward(batch, kept)
        return self._backward(batch, forward, forward.error, forward.error)

    def _forward(self, batch: Batch, kept: Tensor | None) -> Forward:
        z = hidden_sums(self._changes, self._bias, self._batch_start(batch), self._sizes, batch)
        h = z.clamp_min(0)
        if kept is not None:
            h *= kept
        logits = torch.addmm(self._head_bias, h, self._head.T)
        cells = torch.from_numpy(batch.cells)
        error = torch.zeros_like(logits)
        at_labels = logits.take(cells).sigmoid_().sub_(torch.from_numpy(batch.active)).div_(batch.n_rows)
        return Forward(z, h, kept, logits, error.put_(cells, at_labels))

    def _backward(
        self, batch: Batch, forward: Forward, shared: Tensor, own: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Take the logits' gradients back: those that the hidden layer gets, and those that the head gets."""
        dz = shared @ self._head
        if forward.kept is not None:
            dz *= forward.kept
        dz.masked_fill_(forward.z <= 0, 0)
        return _sums(dz, batch.members, batch.member_starts), dz.sum(0), own.T @ forward.h, own.sum(0)

    def _kept(self, batch: Batch, epoch: int) -> Tensor | None:
        """Factors of dropout: 0 for what is lost, 1 / (1 - dropout) for what is kept; None without dropout."""
        dropout, problem = self._recipe.dropout, self._problem
        if not dropout:
            return None
        keys = self._keys[batch.rows]
        drawn = dropout_uniforms(problem.replicate, problem.rotation, epoch, keys, self._recipe.hidden)
        return torch.from_numpy((drawn >= dropout).astype(np.float32)).div_(1 - dropout)

    def predict(self) -> npt.NDArray[np.float32]:
        """Predict the logits of the test labels, in their order, without dropout."""
        labels, test = self._problem.test_labels, self._test
        logits = np.empty(len(labels.row), dtype=np.float32)
        for first in range(0, len(test.starts) - 1, TEST_ROWS):
            starts = test.starts[first : first + TEST_ROWS + 1]
            z = _sums(self._changes, test.groups[starts[0] : starts[-1]], starts - starts[0])
            z += self._test_start[first : first + TEST_ROWS]
            z += self._bias
            predicted = torch.addmm(self._head_bias, z.clamp_min_(0), self._head.T).numpy()
            begin, end = np.searchsorted(labels.row, (first, first + TEST_ROWS))
            logits[begin:end] = predicted[labels.row[begin:end] - first, labels.task[begin:end]]
        return logits


def hidden_sums(
    changes: Tensor, bias: Tensor, start: Tensor, sizes: npt.NDArray[np.float32], batch: Batch
) -> Tensor:
    """Sum the hidden layer's weights over each row of a batch, z = x W + b (see :class:`~.moment.Moment`)."""
    z = _sums(changes, batch.groups, batch.starts, sizes[batch.groups])
    z += start
    z += bias
    return z


def _sums(
    weights: Tensor, indices: Index, starts: Index, factors: npt.NDArray[np.float32] | None = None
) -> Tensor:
    """Sum rows of `weights`: sum i takes those that entries starts[i] to starts[i + 1] of `indices` name."""
    return embedding_bag(
        torch.from_numpy(indices),
        weights,
        torch.from_numpy(starts),
        mode="sum",
        include_last_offset=True,
        per_sample_weights=None if factors is None else torch.from_numpy(factors).to(weights.dtype),
    )

"""The engine itself: one network after the other, each on one thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import llvmlite.binding
import numpy as np
import numpy.typing as npt

from mtlcurves.config import Recipe
from mtlcurves.grid.seeds import dropout_uniforms, epoch_order
from mtlcurves.training.backend import Outcome, refuse_divergence, train_whole
from mtlcurves.training.batches import batch_size
from mtlcurves.training.columns import Index, group_columns
from mtlcurves.training.lazy.catchup import BETA1, BETA2, Moves
from mtlcurves.training.lazy.draws import initial_sums
from mtlcurves.training.lazy.kernels import Inputs, Network, Work, catch_up, predict, train_epoch
from mtlcurves.training.lazy.rows import Rates
from mtlcurves.training.lazy.schedule import Schedule, first_touches, make_schedule
from mtlcurves.training.network import BIAS, initial_head, learning_rate
from mtlcurves.training.problem import Problem

LINE = 16  # float32 numbers in a cache line


class LazyAdam:
    """Trains networks with the weights that a batch touches alone."""

    name = "lazy_adam"
    packages = ("numba", "numpy", "scipy")
    many_at_once = False

    @property
    def device(self) -> str:
        """The processor that the kernels are compiled for: it decides about the last bits."""
        return f"cpu {llvmlite.binding.get_host_cpu_name()}"

    def train(self, problems: Sequence[Problem], recipe: Recipe) -> Iterator[Outcome]:
        """Train networks (see :class:`mtlcurves.training.backend.Backend`)."""
        for position, problem in enumerate(problems):
            yield train_whole(position, problem, partial(Training, problem, recipe))


class Training:
    """One network in training; its weights are those of :class:`mtlcurves.training.reference.Training`."""

    def __init__(self, problem: Problem, recipe: Recipe) -> None:
        self._problem, self._recipe = problem, recipe
        self.n_steps = 0
        labelled = np.unique(problem.labels.row)
        self._keys = problem.keys[labelled]
        prints, test_prints = (problem.fingerprints[rows] for rows in (problem.rows[labelled], problem.test_rows))
        grouping = group_columns(prints, self._keys)
        rows, self._test = grouping.training_rows(prints), grouping.any_rows(test_prints)
        padded = -(-recipe.hidden // LINE) * LINE
        initial, self._test_initial = initial_sums(
            problem.replicate, problem.rotation, prints.shape[1], recipe.hidden, padded, prints, test_prints
        )
        labels = problem.labels
        label_starts = np.searchsorted(labels.row, np.append(labelled, len(problem.rows))).astype(np.int32)
        active = labels.active.astype(np.float32)
        self._inputs = Inputs(rows.starts, rows.groups, grouping.sizes, initial, label_starts, labels.task, active)
        self._place = np.full(len(problem.rows), -1, dtype=np.int32)
        self._place[labelled] = np.arange(len(labelled), dtype=np.int32)
        self._size = batch_size(len(problem.rows), recipe.batch_ratio)
        self._network = _start(problem, recipe.hidden, padded, len(grouping.sizes))
        self._work = Work.empty(min(self._size, len(labelled)), len(problem.tasks), padded)
        self._moves = Moves.empty()
        # a wait ends before the end of the next epoch
        waits = np.arange(2 * self._n_batches + 1)
        self._decays = (BETA1**waits).astype(np.float32), (BETA2**waits).astype(np.float32)

    @property
    def _n_batches(self) -> int:
        return -(-len(self._place) // self._size)

    def run_epoch(self, epoch: int) -> None:
        """Pass once over the training rows.

        Raises
        ------
        mtlcurves.errors.DataError
            When a weight is no longer finite.
        """
        network, inputs = self._network, self._inputs
        if not len(inputs.active):
            return
        rates = Rates(self._rate(epoch), self._rate(epoch + 1), *self._decays)
        if epoch - 1 in self._problem.scored:  # weights were read: up to date to there, and no further
            catch_up(network.changes, self._first_touches(epoch), self._moves, rates, self.n_steps)
        kept, factor = self._kept(epoch)
        train_epoch(
            network, inputs, self._schedule(epoch), self._work, self._moves, rates, self.n_steps, kept, factor
        )
        self.n_steps += self._n_batches
        if not all(np.isfinite(part[:, 0]).all() for part in network[1:]):
            refuse_divergence(self._problem, epoch, self.n_steps)

    def _rate(self, epoch: int) -> float:
        recipe = self._recipe
        return learning_rate(epoch, recipe.learning_rate, recipe.milestones, recipe.gamma)

    def _order(self, epoch: int) -> Index:
        problem = self._problem
        return self._place[epoch_order(problem.replicate, problem.rotation, epoch, problem.keys)]

    def _first_touches(self, epoch: int) -> Index:
        inputs = self._inputs
        return first_touches(self._order(epoch), self._size, inputs.starts, inputs.groups, len(inputs.sizes))

    def _schedule(self, epoch: int) -> Schedule:
        read = epoch in self._problem.scored
        after = np.zeros(len(self._inputs.sizes), np.int32) if read else self._first_touches(epoch + 1)
        return make_schedule(self._order(epoch), self._size, self._inputs.starts, self._inputs.groups, after)

    def _kept(self, epoch: int) -> tuple[npt.NDArray[np.uint8], np.float32]:
        """Units that dropout keeps, and their factor 1 / (1 - dropout)."""
        problem, dropout, n_units = self._problem, self._recipe.dropout, self._recipe.hidden
        if not dropout:
            return np.empty((0, 0), np.uint8), np.float32(1)
        drawn = dropout_uniforms(problem.replicate, problem.rotation, epoch, self._keys, n_units)
        padding = self._work.hidden.shape[1] - n_units
        return np.pad((drawn >= dropout).astype(np.uint8), ((0, 0), (0, padding))), np.float32(1 / (1 - dropout))

    def predict(self) -> npt.NDArray[np.float32]:
        """Predict the logits of the test labels, in their order."""
        test, labels = self._test, self._problem.test_labels
        sizes = np.ones(len(self._inputs.sizes), np.float32)  # a test row may have some columns of a group only
        rows = (test.starts, test.groups, sizes, self._test_initial)
        return predict(self._network, *rows, (labels.row, labels.task))


def _start(problem: Problem, hidden: int, padded: int, n_groups: int) -> Network:
    """Make the network as it starts."""
    n_tasks = len(problem.tasks)
    shapes = ((n_groups, padded), (1, padded), (n_tasks, padded), (1, n_tasks))
    network = Network(*(_aligned(n, 3, units) for n, units in shapes))
    network.bias[0, 0, :hidden] = BIAS
    network.head[:, 0, :hidden] = initial_head(problem.replicate, problem.rotation, problem.tasks, hidden)
    network.head_bias[0, 0] = BIAS
    return network


def _aligned(*shape: int) -> npt.NDArray[Any]:
    """Make zeros that start at a cache line."""
    size = int(np.prod(shape))
    room = np.zeros(size + LINE, dtype=np.float32)
    skip = -room.ctypes.data % (4 * LINE) // 4
    return room[skip : skip + size].reshape(shape)

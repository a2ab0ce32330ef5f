"""The networks of one launch in training, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mtlcurves.config import Recipe
from mtlcurves.training.backend import refuse_divergence
from mtlcurves.training.gpu import kernels, prediction
from mtlcurves.training.gpu.hashing import absorb
from mtlcurves.training.gpu.moves import Table, catch_up_table, epoch_table
from mtlcurves.training.gpu.networks import Network, initial_heads, lay_out, seeds_of
from mtlcurves.training.gpu.schedule import Order, Schedule, Scheduler
from mtlcurves.training.gpu.tiles import Tiles
from mtlcurves.training.lazy.catchup import BETA1, BETA2
from mtlcurves.training.network import BIAS, hidden_bound, learning_rate
from mtlcurves.training.progress import epochs_reported

Logits = dict[int, npt.NDArray[np.float32]]


class Training:
    """Networks in training, with the weights of :class:`mtlcurves.training.reference.Training` each.

    Parameters
    ----------
    networks : sequence of Network
        Of trainings of equal epochs, scored after the same ones; they share their fingerprints.
    recipe : Recipe
        How they are trained.
    device : torch.device
        Where.
    """

    def __init__(self, networks: Sequence[Network], recipe: Recipe, device: torch.device) -> None:
        self._recipe, self._device = recipe, device
        self._problems = problems = [network.problem for network in networks]
        self._n_batches = [network.n_batches for network in networks]
        self._inputs = lay_out(networks, device)
        self._tiles = Tiles.of(recipe.hidden)
        self._scheduler = Scheduler(self._inputs, seeds_of(problems), max(self._n_batches))
        self._next: Order | None = None
        self._start_weights()
        # networks with equally many steps share a table of moves
        self._kinds = sorted(set(self._n_batches))
        before = np.cumsum([0, *self._kinds])
        self._kind = self._numbers([self._kinds.index(n) for n in self._n_batches])
        self._table_start = self._numbers([int(before[self._kinds.index(n)]) for n in self._n_batches])
        waits = np.arange(2 * max(self._n_batches) + 1)
        self._decays = [torch.from_numpy((b**waits).astype(np.float32)).to(device) for b in (BETA1, BETA2)]
        self._bad = torch.zeros(len(problems), dtype=torch.int32, device=device)

    def _numbers(self, values: list[int]) -> Tensor:
        return torch.tensor(values, dtype=torch.int32, device=self._device)

    def _zeros(self, *shape: int) -> Tensor:
        return torch.zeros(shape, dtype=torch.float32, device=self._device)

    def _start_weights(self) -> None:
        """Make the networks as they start, and room for a step's hidden units, gradients and errors."""
        inputs, tiles, hidden = self._inputs, self._tiles, self._recipe.hidden
        width = tiles.padded
        self._changes = self._zeros(len(inputs.sizes), 3, width)
        self._head = torch.from_numpy(initial_heads(self._problems, hidden, width)).to(self._device)
        self._head_bias = self._zeros(len(inputs.task_net), 3)
        self._head_bias[:, 0] = BIAS
        self._bound = float(np.float32(hidden_bound(inputs.of_column.shape[1], hidden)))
        self._initial = self._zeros(len(inputs.compounds), width)
        if len(inputs.compounds):
            prediction.initial_sums[(len(inputs.compounds), tiles.n_tiles)](
                *(inputs.compounds, inputs.row_net, inputs.print_starts, inputs.print_columns),
                *(inputs.seed, inputs.column_states, inputs.of_column.shape[1], hidden, self._bound),
                *(self._initial, width, tiles.units, tiles.chunk),
                num_warps=tiles.warps,
            )
        counts = torch.bincount(inputs.step_at, minlength=1)  # rows of each step, those without labels too
        most = min(int(counts.max()), len(inputs.compounds))
        self._hidden, self._gradient = self._zeros(most, width), self._zeros(most, width)
        self._errors = self._zeros(len(inputs.active))

    def run(self) -> list[Logits]:
        """Train; returns the logits of each network's test labels by scored epoch.

        Raises
        ------
        mtlcurves.errors.DataError
            When a weight is no longer finite.
        """
        first = self._problems[0]
        counts = np.cumsum([len(problem.test_labels.row) for problem in self._problems])[:-1]
        logits: list[Logits] = [{} for _ in self._problems]
        for epoch in epochs_reported(first.epochs):
            if len(self._inputs.compounds):
                self._run_epoch(epoch, epoch - 1 in first.scored, epoch in first.scored)
            if epoch in first.scored:
                for own, predicted in zip(logits, np.split(self._predict(), counts), strict=True):
                    own[epoch] = predicted.copy()
        return logits

    def _run_epoch(self, epoch: int, was_read: bool, read: bool) -> None:
        """Pass once over the training rows; weights were read before it, or will be after it."""
        scheduler = self._scheduler
        order = self._next or scheduler.order(epoch)
        if was_read:  # weights are up to date to the epoch before, and no further
            self._catch_up(epoch, scheduler.first_touches(order).int())
        self._next = None if read else scheduler.order(epoch + 1)
        if self._next is None:
            first_next = torch.zeros(len(self._inputs.sizes), dtype=torch.int64, device=self._device)
        else:
            first_next = scheduler.first_touches(self._next)
        rates = self._rate(epoch), self._rate(epoch + 1)
        moves = self._table([epoch_table(n, epoch, *rates) for n in self._kinds])
        dropped = self._dropped(epoch)
        schedule = scheduler.schedule(order, first_next)
        for step in range(max(self._n_batches)):
            self._descend(schedule, step, dropped)
            self._move(schedule, step, moves)
        for position in torch.nonzero(self._bad).flatten().tolist():
            refuse_divergence(self._problems[position], epoch, self._n_batches[position] * epoch)

    def _rate(self, epoch: int) -> float:
        recipe = self._recipe
        return learning_rate(epoch, recipe.learning_rate, recipe.milestones, recipe.gamma)

    def _table(self, tables: list[Table]) -> Tensor:
        return torch.from_numpy(np.concatenate(tables)).to(self._device)

    def _dropped(self, epoch: int) -> Tensor:
        """Return the state of each labelled row's dropout in an epoch."""
        inputs = self._inputs
        if not self._recipe.dropout:
            return inputs.row_keys  # not read
        return absorb(self._scheduler.states("dropout", epoch)[inputs.seed[inputs.row_net]], inputs.row_keys)

    def _catch_up(self, epoch: int, waits: Tensor) -> None:
        tiles, inputs = self._tiles, self._inputs
        moves = self._table([catch_up_table(n, epoch, self._rate(epoch)) for n in self._kinds])
        kernels.catch_up[(len(inputs.sizes), tiles.n_tiles)](
            *(self._changes, waits, inputs.group_net, self._kind, moves, *self._decays, self._bad),
            *(tiles.padded, tiles.units),
            num_warps=tiles.warps,
        )

    def _descend(self, schedule: Schedule, step: int, dropped: Tensor) -> None:
        """Compute the hidden units, errors and gradients of a step's rows."""
        inputs, tiles, dropout = self._inputs, self._tiles, self._recipe.dropout
        first, end = schedule.row_at[step : step + 2]
        if first == end:
            return
        kernels.descend[(end - first,)](
            *(self._changes, self._head, self._head_bias, self._initial),
            *(inputs.starts, inputs.groups, inputs.sizes, inputs.label_starts, inputs.label_task, inputs.active),
            *(schedule.rows, schedule.shares, first, dropped, dropout, 1 / (1 - dropout)),
            *(self._hidden, self._gradient, self._errors),
            *(tiles.padded, tiles.all_units, tiles.row_chunk, dropout > 0),
            num_warps=tiles.row_warps,
        )

    def _move(self, schedule: Schedule, step: int, moves: Tensor) -> None:
        """Move the heads and the touched groups."""
        inputs, tiles = self._inputs, self._tiles
        timing: tuple[Any, ...] = (self._table_start, moves)
        n_tasks, width = len(inputs.task_net), (tiles.padded, tiles.units, tiles.chunk)
        kernels.move_head[(n_tasks, tiles.n_tiles)](
            *(self._head, self._head_bias, self._hidden, self._errors),
            *(schedule.cell_starts, schedule.cell_labels, schedule.cell_slots),
            *(inputs.task_net, inputs.n_batches, *timing, step, n_tasks, self._bad, *width),
            num_warps=tiles.warps,
        )
        first, end = schedule.touch_at[step : step + 2]
        if first == end:
            return
        kernels.move_groups[(end - first, tiles.n_tiles)](
            *(self._changes, self._gradient, schedule.touched, schedule.waits),
            *(schedule.member_starts, schedule.members, inputs.group_net, *timing, *self._decays),
            *(first, step, self._bad, *width),
            num_warps=tiles.warps,
        )

    def _predict(self) -> npt.NDArray[np.float32]:
        """Predict the logits of all test labels."""
        inputs, tiles = self._inputs, self._tiles
        logits = self._zeros(len(inputs.test_task))
        if len(inputs.test_compounds):
            prediction.predict[(len(inputs.test_compounds),)](
                *(self._changes, self._head, self._head_bias, inputs.test_compounds, inputs.test_net),
                *(inputs.test_starts, inputs.test_task, inputs.print_starts, inputs.print_columns),
                *(inputs.seed, inputs.column_states, inputs.of_column, inputs.bias_group),
                *(inputs.of_column.shape[1], self._recipe.hidden, self._bound, logits),
                *(tiles.padded, tiles.all_units, tiles.row_chunk),
                num_warps=tiles.row_warps,
            )
        return logits.cpu().numpy()

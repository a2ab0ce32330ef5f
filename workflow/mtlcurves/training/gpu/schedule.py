"""When each column group is touched: the steps of an epoch for all networks of a launch, indexed on the device.

Nothing here adds floats. Sorts are stable, so the order within any sum depends on the network alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mtlcurves.grid.seeds import state_of
from mtlcurves.training.gpu.hashing import absorb, as_words, sortable
from mtlcurves.training.gpu.networks import Inputs


class Order(NamedTuple):
    """Which rows each step of an epoch takes.

    Attributes
    ----------
    rows : Tensor of int32, shape (L,)
        Labelled rows by step, network and place in the epoch's order.
    shares : Tensor of float32, shape (L,)
        1 / rows of the batch, of each of these.
    starts : Tensor of int64, shape (S + 1,)
        Where each step starts among them.
    step_of, slot_of : Tensors of int64, shape (L,)
        Step of each labelled row, and its place within the step.
    """

    rows: Tensor
    shares: Tensor
    starts: Tensor
    step_of: Tensor
    slot_of: Tensor


class Schedule(NamedTuple):
    """What the kernels of an epoch read; their comments say what each is.

    On the host, `row_at` and `touch_at` say where each step starts among the rows and touches; S + 1 numbers.
    """

    rows: Tensor
    shares: Tensor
    touched: Tensor
    waits: Tensor
    member_starts: Tensor
    members: Tensor
    cell_starts: Tensor
    cell_labels: Tensor
    cell_slots: Tensor
    row_at: list[int]
    touch_at: list[int]


class Scheduler:
    """Indexes the epochs of a launch.

    Parameters
    ----------
    inputs : Inputs
        Its networks.
    seeds : list of (int, int)
        Replicate and rotation of each of its seeds.
    n_steps : int
        Steps an epoch of the network that has most, S.
    """

    def __init__(self, inputs: Inputs, seeds: list[tuple[int, int]], n_steps: int) -> None:
        self._inputs, self._seeds, self._n_steps = inputs, seeds, n_steps
        self._steps = torch.arange(n_steps + 1, device=inputs.keys.device)
        self._n_groups, self._n_tasks = len(inputs.sizes), len(inputs.task_net)

    def states(self, purpose: str, epoch: int) -> Tensor:
        """Return the state that a purpose and an epoch lead to, for each of the seeds; int64."""
        states = np.concatenate([state_of(purpose, *key, epoch) for key in self._seeds])
        return as_words(states, self._inputs.keys.device)

    def order(self, epoch: int) -> Order:
        """Put the rows in an epoch's order (the first is 1; :func:`mtlcurves.grid.seeds.epoch_order`)."""
        inputs = self._inputs
        state = self.states("epoch order", epoch)[inputs.seed[inputs.net]]
        by_key = torch.sort(sortable(absorb(state, inputs.keys)), stable=True).indices
        by_net = torch.sort(inputs.net[by_key], stable=True).indices
        place = inputs.place[by_key[by_net]]
        labelled = place >= 0
        steps, by_step = torch.sort(inputs.step_at[labelled], stable=True)
        rows, shares = place[labelled][by_step], inputs.share_at[labelled][by_step]
        steps = steps.long()
        starts = torch.searchsorted(steps, self._steps)
        step_of, slot_of = torch.empty_like(steps), torch.empty_like(steps)
        step_of[rows] = steps
        slot_of[rows] = torch.arange(len(rows), device=rows.device) - starts[steps]
        return Order(rows, shares, starts, step_of, slot_of)

    def first_touches(self, order: Order) -> Tensor:
        """Say in which step of an epoch each group occurs first; int64, shape (groups,).

        A group that never occurs, the bias of a network without labels, has no step to catch up with: 0.
        """
        inputs = self._inputs
        first = torch.full((self._n_groups,), self._n_steps, device=inputs.keys.device)
        steps = order.step_of[inputs.entry_row]
        first.scatter_reduce_(0, inputs.groups.long(), steps, "amin")
        return first.where(first < self._n_steps, 0)

    def schedule(self, order: Order, first_next: Tensor) -> Schedule:
        """Index an epoch.

        Parameters
        ----------
        order : Order
            Its rows.
        first_next : Tensor of int64, shape (groups,)
            Step of the next epoch in which each group occurs first; all 0 where weights are read after this epoch.
        """
        inputs = self._inputs
        keys, by_touch = _sorted_pairs(
            order.step_of[inputs.entry_row], inputs.groups, self._n_groups, self._n_steps
        )
        new = torch.ones(len(keys), dtype=torch.bool, device=keys.device)
        new[1:] = keys[1:] != keys[:-1]
        begins = torch.nonzero(new).flatten()
        touches = keys[begins].long()
        step, group = touches // self._n_groups, touches % self._n_groups
        touch_starts = torch.searchsorted(step, self._steps)
        cells, cell_labels = _sorted_pairs(
            order.step_of[inputs.label_row], inputs.label_task, self._n_tasks, self._n_steps
        )
        every_cell = torch.arange(self._n_steps * self._n_tasks + 1, device=cells.device, dtype=cells.dtype)
        row_at, touch_at = torch.stack((order.starts, touch_starts)).tolist()
        return Schedule(
            rows=order.rows,
            shares=order.shares,
            touched=group.int(),
            waits=self._waits(step, group, first_next),
            member_starts=torch.cat((begins, begins.new_tensor([len(keys)]))),
            members=order.slot_of[inputs.entry_row[by_touch]].int(),
            cell_starts=torch.searchsorted(cells, every_cell),
            cell_labels=cell_labels.int(),
            cell_slots=order.slot_of[inputs.label_row[cell_labels]].int(),
            row_at=row_at,
            touch_at=touch_at,
        )

    def _waits(self, step: Tensor, group: Tensor, first_next: Tensor) -> Tensor:
        """Count the steps between a touch and the group's next one, or the reading of its weights."""
        inputs = self._inputs
        by_group = torch.sort(group, stable=True).indices
        group, step = group[by_group], step[by_group]
        following = inputs.n_batches[inputs.group_net[group]] + first_next[group]
        following[:-1] = torch.where(group[1:] == group[:-1], step[1:], following[:-1])
        waits = torch.empty_like(step)
        waits[by_group] = following - step - 1
        return waits.int()


def _sorted_pairs(major: Tensor, minor: Tensor, n_minor: int, n_major: int) -> tuple[Tensor, Tensor]:
    """Sort pairs by one number each, stably; returns the numbers major * n_minor + minor and where each was."""
    narrow = n_major * n_minor < 1 << 31  # half the bytes to sort
    keys = major * n_minor + minor
    sort = torch.sort(keys.int() if narrow else keys, stable=True)
    return sort.values, sort.indices

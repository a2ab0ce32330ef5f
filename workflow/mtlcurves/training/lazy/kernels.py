"""One epoch of training, and prediction, as compiled loops.

The mathematics is that of :mod:`mtlcurves.training.reference`. A touched group's weights pass through memory once
a step: the gradient, Adam's move and the moves of all steps until the group is touched again are made together
(see ``catchup``), so that the forward pass finds every weight up to date. What bounds a step is memory, not
arithmetic. Rows of weights are padded to whole cache lines; the padding stays 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mtlcurves.training.columns import Index
from mtlcurves.training.lazy.catchup import Moves, sum_moves
from mtlcurves.training.lazy.compiled import compiled
from mtlcurves.training.lazy.prefetch import AHEAD
from mtlcurves.training.lazy.rows import (
    ONE,
    ZERO,
    Floats,
    Rates,
    add_groups,
    add_to_rows,
    dot,
    fetch,
    move,
    move_by_moments,
    rectify,
    shrink,
    sum_rows,
)
from mtlcurves.training.lazy.schedule import Schedule


class Network(NamedTuple):
    """Weights with their moments: [..., 0, :] the weight, 1 Adam's first, 2 its second moment.

    Attributes
    ----------
    changes : ndarray of float32, shape (groups, 3, units)
        Of the hidden layer's weights, by column group.
    bias : ndarray of float32, shape (1, 3, units)
        Of the hidden layer.
    head : ndarray of float32, shape (tasks, 3, units)
        Output layer.
    head_bias : ndarray of float32, shape (1, 3, tasks)
        Its biases.
    """

    changes: Floats
    bias: Floats
    head: Floats
    head_bias: Floats


class Inputs(NamedTuple):
    """Labelled training rows.

    Attributes
    ----------
    starts, groups : ndarrays of int32
        Column groups of each row.
    sizes : ndarray of float32, shape (groups,)
        Columns of each group.
    initial : ndarray of float32, shape (rows, units)
        x W0: what the initial weights give.
    label_starts, task : ndarrays of int32
        Tasks each row has a label of.
    active : ndarray of float32
        The labels.
    """

    starts: Index
    groups: Index
    sizes: Floats
    initial: Floats
    label_starts: Index
    task: Index
    active: Floats


class Work(NamedTuple):
    """Memory of a step: hidden layer and its gradient by row, gradients of head, biases and one group; one row."""

    hidden: Floats
    gradient: Floats
    head: Floats
    bias: Floats
    head_bias: Floats
    group: Floats
    root: Floats

    @classmethod
    def empty(cls, n_rows: int, n_tasks: int, n_units: int) -> Work:
        """Make room for batches of up to `n_rows` rows."""
        rows, row = (n_rows, n_units), (1, n_units)
        # the head's biases are moved like a row of units
        shapes = [rows, rows, (n_tasks, n_units), row, (1, n_tasks), row, (max(n_units, n_tasks),)]
        return cls(*(np.zeros(shape, dtype=np.float32) for shape in shapes))


@compiled
def train_epoch(
    network: Network,
    inputs: Inputs,
    schedule: Schedule,
    work: Work,
    moves: Moves,
    rates: Rates,
    steps_before: int,
    kept: npt.NDArray[np.uint8],
    kept_factor: np.float32,
) -> None:
    """Pass once over the training rows, batch by batch.

    Parameters
    ----------
    network, inputs, schedule, work, moves, rates
        See their classes; `network`, `work` and `moves` are written to.
    steps_before : int
        Optimiser steps before this epoch.
    kept : ndarray of uint8, shape (rows, units) or (0, 0)
        Hidden units that dropout keeps; empty without dropout.
    kept_factor : float32
        What kept units are multiplied by.
    """
    n_batches = len(schedule.divisors)
    for b in range(n_batches):
        _descend(network, inputs, schedule, b, work, kept, kept_factor)
        first, last = schedule.touched_starts[b], schedule.touched_starts[b + 1]
        longest = 0
        for k in range(first, last):
            longest = max(longest, schedule.waits[k])
        sum_moves(moves, steps_before + b + 1, 0, longest, rates.now, n_batches - 1 - b, rates.later)
        for k in range(first, last):
            if k + AHEAD < last:
                fetch(network.changes, schedule.touched[k + AHEAD], network.changes.shape[1])
            begin, end = schedule.member_starts[k], schedule.member_starts[k + 1]
            sum_rows(work.gradient, schedule.members, begin, end, work.group)
            move(network.changes, schedule.touched[k], work.group, 0, moves, schedule.waits[k], rates, work.root)
        for task in range(len(network.head)):
            move(network.head, task, work.head, task, moves, 0, rates, work.root)
        move(network.bias, 0, work.bias, 0, moves, 0, rates, work.root)
        move(network.head_bias, 0, work.head_bias, 0, moves, 0, rates, work.root)


@compiled
def catch_up(changes: Floats, waits: Index, moves: Moves, rates: Rates, step: int) -> None:
    """Make the steps after `step` that have no gradient, waits[g] of them for group g, where weights were read."""
    sum_moves(moves, step, 1, waits.max(), rates.now, len(moves.total), rates.later)
    root = np.empty(changes.shape[2], np.float32)
    for g in range(len(changes)):
        if waits[g]:
            move_by_moments(changes, g, moves, waits[g], root)
            shrink(changes, g, rates.decay1[waits[g]], rates.decay2[waits[g]])


@compiled
def _descend(
    network: Network,
    inputs: Inputs,
    schedule: Schedule,
    b: int,
    work: Work,
    kept: npt.NDArray[np.uint8],
    kept_factor: np.float32,
) -> None:
    """Compute a batch's gradients: of the hidden layer by row, of the head and the biases in all."""
    share = ONE / np.float32(schedule.divisors[b])
    work.head[:] = ZERO
    work.bias[:] = ZERO
    work.head_bias[:] = ZERO
    h, dz, head = work.hidden, work.gradient, network.head
    first = schedule.batch_starts[b]
    n_rows = schedule.batch_starts[b + 1] - first
    # The changes are small beside x W0, so they are summed by themselves: rounding then switches fewer units on or
    # off that lie close to 0.
    h[:n_rows] = ZERO
    # group by group and not row by row, so that each weight is fetched once
    for k in range(schedule.touched_starts[b], schedule.touched_starts[b + 1]):
        if k + AHEAD < schedule.touched_starts[b + 1]:
            fetch(network.changes, schedule.touched[k + AHEAD], 1)
        g, begin, end = schedule.touched[k], schedule.member_starts[k], schedule.member_starts[k + 1]
        add_to_rows(h, schedule.members, begin, end, network.changes, g, inputs.sizes[g])
    for i in range(n_rows):
        row = schedule.rows[first + i]
        rectify(h, i, inputs.initial, row, network.bias)
        if len(kept):
            for u in range(h.shape[1]):
                h[i, u] *= kept_factor * kept[row, u]
        for u in range(h.shape[1]):
            dz[i, u] = ZERO
        for k in range(inputs.label_starts[row], inputs.label_starts[row + 1]):
            task = inputs.task[k]
            logit = dot(h, i, head, task) + network.head_bias[0, 0, task]
            error = (ONE / (ONE + np.exp(-logit)) - inputs.active[k]) * share
            for u in range(h.shape[1]):
                dz[i, u] += error * head[task, 0, u]
                work.head[task, u] += error * h[i, u]
            work.head_bias[0, task] += error
        for u in range(h.shape[1]):
            # where h is 0 the unit is off, or lost to dropout
            dz[i, u] = kept_factor * dz[i, u] if h[i, u] > ZERO else ZERO
            work.bias[0, u] += dz[i, u]


@compiled
def predict(
    network: Network, starts: Index, groups: Index, sizes: Floats, initial: Floats, labels: tuple[Index, Index]
) -> Floats:
    """Predict the logits of labels, given their rows (ascending) and tasks, without dropout.

    Parameters
    ----------
    network : Network
        Weights.
    starts, groups, sizes, initial
        Rows, as in :class:`Inputs`; `groups` names a group once per column.
    labels : tuple of ndarray of int32
        Row and task of each label.
    """
    row, task = labels
    logits, z, last = np.empty(len(row), np.float32), np.zeros((1, initial.shape[1]), np.float32), -1
    for k in range(len(row)):
        if row[k] != last:
            last = row[k]
            z[:] = ZERO
            add_groups(z, 0, network.changes, groups, starts[last], starts[last + 1], sizes)
            rectify(z, 0, initial, last, network.bias)
        logits[k] = dot(z, 0, network.head, task[k]) + network.head_bias[0, 0, task[k]]
    return logits

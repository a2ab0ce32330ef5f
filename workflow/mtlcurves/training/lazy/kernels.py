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
from mtlcurves.training.lazy.rows import (
    ONE,
    ZERO,
    Floats,
    Rates,
    add_groups,
    decay,
    dot,
    move,
    move_by_moments,
    rectify,
    row_sum,
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
    """Memory of a step: hidden layer and its gradient by row; gradients of head and biases; two rows."""

    hidden: Floats
    gradient: Floats
    head: Floats
    bias: Floats
    head_bias: Floats
    row: Floats
    root: Floats

    @classmethod
    def empty(cls, n_rows: int, n_tasks: int, n_units: int) -> Work:
        """Make room for batches of up to `n_rows` rows."""
        rows, units = (n_rows, n_units), (n_units,)
        shapes = [rows, rows, (n_tasks, n_units), units, (n_tasks,), units, units]
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
        rows = schedule.rows[schedule.batch_starts[b] : schedule.batch_starts[b + 1]]
        _descend(network, inputs, rows, work, ONE / np.float32(schedule.divisors[b]), kept, kept_factor)
        first, last = schedule.touched_starts[b], schedule.touched_starts[b + 1]
        longest = 0
        for k in range(first, last):
            longest = max(longest, schedule.waits[k])
        sum_moves(moves, steps_before + b + 1, 0, longest, rates.now, n_batches - 1 - b, rates.later)
        for k in range(first, last):
            members = schedule.members[schedule.member_starts[k] : schedule.member_starts[k + 1]]
            gradient = row_sum(work.gradient, members, work.row)
            move(network.changes[schedule.touched[k]], gradient, moves, schedule.waits[k], rates, work.root)
        for task in range(len(network.head)):
            move(network.head[task], work.head[task], moves, 0, rates, work.root)
        move(network.bias[0], work.bias, moves, 0, rates, work.root)
        move(network.head_bias[0], work.head_bias, moves, 0, rates, work.root)


@compiled
def catch_up(changes: Floats, waits: Index, moves: Moves, rates: Rates, step: int) -> None:
    """Make the steps after `step` that have no gradient, waits[g] of them for group g, where weights were read."""
    sum_moves(moves, step, 1, waits.max(), rates.now, len(moves.total), rates.later)
    root = np.empty(changes.shape[2], np.float32)
    for g in range(len(changes)):
        if waits[g]:
            move_by_moments(changes[g, 0], changes[g, 1], changes[g, 2], moves, waits[g], root)
            decay(changes[g, 1], changes[g, 2], rates.decay1[waits[g]], rates.decay2[waits[g]])


@compiled
def _descend(
    network: Network,
    inputs: Inputs,
    rows: Index,
    work: Work,
    share: np.float32,
    kept: npt.NDArray[np.uint8],
    kept_factor: np.float32,
) -> None:
    """Compute a batch's gradients: of the hidden layer by row, of the head and the biases in all."""
    n_units = work.hidden.shape[1]
    work.head[:] = ZERO
    work.bias[:] = ZERO
    work.head_bias[:] = ZERO
    for i in range(len(rows)):
        row = rows[i]
        h, dz = work.hidden[i], work.gradient[i]
        h[:] = inputs.initial[row]
        add_groups(h, network.changes, inputs.groups[inputs.starts[row] : inputs.starts[row + 1]], inputs.sizes)
        rectify(h, network.bias[0, 0])
        if len(kept):
            for u in range(n_units):
                h[u] *= kept_factor * kept[row, u]
        dz[:] = ZERO
        for k in range(inputs.label_starts[row], inputs.label_starts[row + 1]):
            task = inputs.task[k]
            v, dv = network.head[task, 0], work.head[task]
            logit = dot(h, v) + network.head_bias[0, 0, task]
            error = (ONE / (ONE + np.exp(-logit)) - inputs.active[k]) * share
            for u in range(n_units):
                dz[u] += error * v[u]
                dv[u] += error * h[u]
            work.head_bias[task] += error
        for u in range(n_units):
            # where h is 0 the unit is off, or lost to dropout
            dz[u] = kept_factor * dz[u] if h[u] > ZERO else ZERO
            work.bias[u] += dz[u]


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
    logits, z, last = np.empty(len(row), np.float32), np.zeros(initial.shape[1], np.float32), -1
    for k in range(len(row)):
        if row[k] != last:
            last = row[k]
            z[:] = initial[last]
            add_groups(z, network.changes, groups[starts[last] : starts[last + 1]], sizes)
            rectify(z, network.bias[0, 0])
        logits[k] = dot(z, network.head[task[k], 0]) + network.head_bias[0, 0, task[k]]
    return logits

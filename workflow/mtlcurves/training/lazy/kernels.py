"""One epoch of training, and prediction, as compiled loops.

The mathematics is that of :mod:`mtlcurves.training.reference`. A touched group's weights pass through memory once
a step: the gradient, Adam's move and the moves of all steps until the group is touched again are made together
(see ``catchup``), so that the forward pass finds every weight up to date. What bounds a step is memory, not
arithmetic. Rows of weights are padded to whole cache lines; the padding stays 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mtlcurves.training.columns import Index
from mtlcurves.training.lazy.catchup import LONGEST, Moves, sum_moves
from mtlcurves.training.lazy.compiled import compiled
from mtlcurves.training.lazy.schedule import Schedule

Floats = npt.NDArray[np.float32]
ZERO, ONE = np.float32(0), np.float32(1)
# Adam's coefficients, and sizes below which a moment counts as 0: denormal numbers slow the processor tenfold
KEEP1, TAKE1, KEEP2, TAKE2 = np.float32(0.9), np.float32(0.1), np.float32(0.999), np.float32(0.001)
TINY1, TINY2 = np.float32(1e-30), np.float32(1e-36)


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


class Rates(NamedTuple):
    """Learning rate of this epoch and the next, and 0.9^k and 0.999^k for every wait k."""

    now: float
    later: float
    decay1: Floats
    decay2: Floats


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
            gradient = _row_sum(work.gradient, members, work.row)
            _move(network.changes[schedule.touched[k]], gradient, moves, schedule.waits[k], rates, work.root)
        for task in range(len(network.head)):
            _move(network.head[task], work.head[task], moves, 0, rates, work.root)
        _move(network.bias[0], work.bias, moves, 0, rates, work.root)
        _move(network.head_bias[0], work.head_bias, moves, 0, rates, work.root)


@compiled
def catch_up(changes: Floats, waits: Index, moves: Moves, rates: Rates, step: int) -> None:
    """Make the steps after `step` that have no gradient, waits[g] of them for group g, where weights were read."""
    sum_moves(moves, step, 1, waits.max(), rates.now, len(moves.total), rates.later)
    root = np.empty(changes.shape[2], np.float32)
    for g in range(len(changes)):
        if waits[g]:
            _apply(changes[g, 0], changes[g, 1], changes[g, 2], moves, waits[g], root)
            _decay(changes[g, 1], changes[g, 2], rates.decay1[waits[g]], rates.decay2[waits[g]])


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
        _add_groups(h, network.changes, inputs.groups[inputs.starts[row] : inputs.starts[row + 1]], inputs.sizes)
        _rectify(h, network.bias[0, 0])
        if len(kept):
            for u in range(n_units):
                h[u] *= kept_factor * kept[row, u]
        dz[:] = ZERO
        for k in range(inputs.label_starts[row], inputs.label_starts[row + 1]):
            task = inputs.task[k]
            v, dv = network.head[task, 0], work.head[task]
            logit = _dot(h, v) + network.head_bias[0, 0, task]
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
def _rectify(z: Floats, bias: Floats) -> None:
    for u in range(len(z)):
        value = z[u] + bias[u]
        z[u] = ZERO if value < ZERO else value  # NaN stays NaN


@compiled
def _dot(a: Floats, b: Floats) -> np.float32:
    total = ZERO
    for u in range(len(a)):
        total += a[u] * b[u]
    return np.float32(total)


@compiled
def _add_groups(z: Floats, changes: Floats, groups: Index, sizes: Floats) -> None:
    """Add the changes of some groups to a row, four groups at a time."""
    k = 0
    while k + 4 <= len(groups):
        a, b, c, d = groups[k], groups[k + 1], groups[k + 2], groups[k + 3]
        wa, wb, wc, wd = changes[a, 0], changes[b, 0], changes[c, 0], changes[d, 0]
        na, nb, nc, nd = sizes[a], sizes[b], sizes[c], sizes[d]
        for u in range(len(z)):
            z[u] += (na * wa[u] + nb * wb[u]) + (nc * wc[u] + nd * wd[u])
        k += 4
    while k < len(groups):
        a = groups[k]
        wa, na = changes[a, 0], sizes[a]
        for u in range(len(z)):
            z[u] += na * wa[u]
        k += 1


@compiled
def _row_sum(values: Floats, rows: Index, total: Floats) -> Any:
    """Sum some rows into `total`, four at a time; a single row is handed back as it is."""
    if len(rows) == 1:
        return values[rows[0]]
    first, second = values[rows[0]], values[rows[1]]
    for u in range(len(total)):
        total[u] = first[u] + second[u]
    k = 2
    while k + 4 <= len(rows):
        a, b, c, d = values[rows[k]], values[rows[k + 1]], values[rows[k + 2]], values[rows[k + 3]]
        for u in range(len(total)):
            total[u] += (a[u] + b[u]) + (c[u] + d[u])
        k += 4
    while k < len(rows):
        a = values[rows[k]]
        for u in range(len(total)):
            total[u] += a[u]
        k += 1
    return total


@compiled
def _move(weights: Floats, gradient: Floats, moves: Moves, wait: int, rates: Rates, root: Floats) -> None:
    """Make Adam's step with a gradient, and the `wait` steps without that follow it; weights (3, units)."""
    w, m, v = weights[0], weights[1], weights[2]
    k = min(wait, LONGEST)
    if not moves.expanded[k]:
        for u in range(len(w)):
            m[u] = KEEP1 * m[u] + TAKE1 * gradient[u]
            v[u] = KEEP2 * v[u] + TAKE2 * gradient[u] * gradient[u]
        _apply(w, m, v, moves, wait, root)
        _decay(m, v, rates.decay1[wait], rates.decay2[wait])
        return
    total, mean, second, third = moves.total[k], moves.mean[k], moves.second[k], moves.third[k]
    decay1, decay2 = rates.decay1[wait], rates.decay2[wait]
    for u in range(len(w)):
        g = gradient[u]
        mu = KEEP1 * m[u] + TAKE1 * g
        vu = KEEP2 * v[u] + TAKE2 * g * g
        f = ONE / (np.sqrt(vu) + mean)
        w[u] -= mu * (total * f * (ONE + f * f * (second - third * f)))
        mu *= decay1
        vu *= decay2
        m[u] = mu if abs(mu) > TINY1 else ZERO
        v[u] = vu if vu > TINY2 else ZERO


@compiled
def _apply(w: Floats, m: Floats, v: Floats, moves: Moves, wait: int, root: Floats) -> None:
    """Move weights by their moments, which are those of the step that `moves` starts from; `root` is scratch."""
    k = min(wait, LONGEST)
    for u in range(len(w)):
        root[u] = np.sqrt(v[u])
    if moves.expanded[k]:
        total, mean, second, third = moves.total[k], moves.mean[k], moves.second[k], moves.third[k]
        for u in range(len(w)):
            f = ONE / (root[u] + mean)
            w[u] -= m[u] * (total * f * (ONE + f * f * (second - third * f)))
        return
    for j in range(k + 1):
        term, at = moves.term[j], moves.at[j]
        for u in range(len(w)):
            w[u] -= m[u] * (term / (root[u] + at))


@compiled
def _decay(m: Floats, v: Floats, decay1: np.float32, decay2: np.float32) -> None:
    for u in range(len(m)):
        mu, vu = m[u] * decay1, v[u] * decay2
        m[u] = mu if abs(mu) > TINY1 else ZERO
        v[u] = vu if vu > TINY2 else ZERO


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
            _add_groups(z, network.changes, groups[starts[last] : starts[last + 1]], sizes)
            _rectify(z, network.bias[0, 0])
        logits[k] = _dot(z, network.head[task[k], 0]) + network.head_bias[0, 0, task[k]]
    return logits

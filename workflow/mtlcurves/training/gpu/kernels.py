"""A training step of many networks, as Triton kernels.

The mathematics is that of :mod:`mtlcurves.training.reference`, the order of work that of
:mod:`mtlcurves.training.lazy.kernels`: gradients by row (`descend`), then the head (`move_head`), then the hidden
layer (`move_groups`), whose touched weights pass through memory once: gradient, Adam's move, and the moves of all
steps until the group is touched again.

The hidden layer's bias is the weight of a column that every row has, so it is trained as one more column group.

An outcome must not depend on the networks beside it. So no kernel adds floats atomically, every sum has the order
that a network's own arrays give it, tiles depend on the number of units alone, and Triton must not compile other
code for other launches: numbers that differ between launches are not specialised, and pointers always point to the
start of a tensor, which is aligned.

Weights lie in memory as [..., 3, units]: the weight, Adam's first and second moment. Offsets into them are 64-bit.
Rows of `units` numbers are padded to P; the padding stays 0.
"""

from __future__ import annotations

import triton
import triton.language as tl

from mtlcurves.training.gpu.hashing import uniforms
from mtlcurves.training.lazy.catchup import LONGEST

# Rows of a table of moves (see ``moves``), each WIDTH long
WIDTH = tl.constexpr(LONGEST + 1)
# Sizes below which a moment counts as 0, as on the CPU
TINY1, TINY2 = tl.constexpr(1e-30), tl.constexpr(1e-36)
LARGEST = tl.constexpr(3.4028234e38)


@triton.jit(do_not_specialize=["first"])
def descend(
    changes,  # [groups, 3, P] changes of the hidden layer's weights
    head,  # [tasks, 3, P]
    head_bias,  # [tasks, 3]
    initial,  # [rows, P] what the network's start gives each row
    starts,  # [rows + 1] int64: column groups of each row
    groups,  # int32
    sizes,  # [groups] columns of each group
    label_starts,  # [rows + 1] int64: labels of each row
    label_task,  # int32
    active,  # classes
    rows,  # rows in the order of the epoch's steps
    shares,  # 1 / rows of the batch, in the same order
    first,  # where this step starts among them
    dropped,  # [rows] state of each row's dropout, int64
    dropout,  # probability that a unit is lost
    factor,  # what kept units are multiplied by
    hidden,  # out: [rows of the step, P]
    gradient,  # out: the same, dL/dz
    errors,  # out: [labels] dL/dlogit
    P: tl.constexpr,
    U: tl.constexpr,
    CHUNK: tl.constexpr,
    DROPOUT: tl.constexpr,
):
    """Compute hidden units, errors and gradients of one row of the step; a program has all of its units."""
    slot = tl.program_id(0)
    row = tl.load(rows + first + slot)
    units = tl.arange(0, U)
    inside = units < P
    z = tl.zeros([U], tl.float32)  # the small changes first, and by themselves: see lazy.kernels
    end = tl.load(starts + row + 1)
    for k in range(tl.load(starts + row), end, CHUNK):
        entries = k + tl.arange(0, CHUNK)
        there = entries < end
        group = tl.load(groups + entries, mask=there, other=0)
        size = tl.load(sizes + group, mask=there, other=0.0)
        at = changes + group.to(tl.int64)[:, None] * (3 * P) + units[None, :]
        weights = tl.load(at, mask=there[:, None] & inside[None, :], other=0.0)
        z += tl.sum(size[:, None] * weights, axis=0)
    z += tl.load(initial + row.to(tl.int64) * P + units, mask=inside, other=0.0)
    h = tl.where(z < 0, 0.0, z)  # NaN stays NaN
    if DROPOUT:
        state = tl.load(dropped + row).to(tl.uint64, bitcast=True)
        h = tl.where(uniforms(state, units.to(tl.uint64)) >= dropout, h * factor, 0.0)

    dz = tl.zeros([U], tl.float32)
    share = tl.load(shares + first + slot)
    for label in range(tl.load(label_starts + row), tl.load(label_starts + row + 1)):
        task = tl.load(label_task + label).to(tl.int64)
        v = tl.load(head + task * (3 * P) + units, mask=inside, other=0.0)
        logit = tl.sum(h * v, axis=0) + tl.load(head_bias + task * 3)
        error = (1 / (1 + tl.exp(-logit)) - tl.load(active + label)) * share
        tl.store(errors + label, error)
        dz += error * v
    dz = tl.where(h > 0, factor * dz, 0.0)  # where h is 0 the unit is off, or lost to dropout
    out = slot.to(tl.int64) * P + units
    tl.store(hidden + out, h, mask=inside)
    tl.store(gradient + out, dz, mask=inside)


@triton.jit(do_not_specialize=["step", "n_tasks"])
def move_head(
    head,
    head_bias,
    hidden,
    errors,
    cell_starts,  # [steps * tasks + 1] int64: labels of each step and task
    cell_labels,  # int32
    cell_slots,  # int32: row of each such label, as its place in `hidden`
    task_net,  # [tasks] network of each task
    n_batches,  # [networks] steps of each network in the epoch
    table_start,  # [networks] where each network's steps start in `moves`
    moves,
    step,  # of the epoch, from 0
    n_tasks,
    bad,  # out: [networks] 1 where a weight is not finite
    P: tl.constexpr,
    T: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Move some units of one task's head; the first program of a task moves its bias too."""
    task = tl.program_id(0)
    net = tl.load(task_net + task)
    if step < tl.load(n_batches + net):
        units = tl.program_id(1) * T + tl.arange(0, T)
        inside = units < P
        sum_head = tl.zeros([T], tl.float32)
        sum_bias = 0.0
        cell = cell_starts + step.to(tl.int64) * n_tasks + task
        end = tl.load(cell + 1)
        for k in range(tl.load(cell), end, CHUNK):
            entries = k + tl.arange(0, CHUNK)
            there = entries < end
            error = tl.load(errors + tl.load(cell_labels + entries, mask=there, other=0), mask=there, other=0.0)
            slot = tl.load(cell_slots + entries, mask=there, other=0)
            at = hidden + slot.to(tl.int64)[:, None] * P + units[None, :]
            h = tl.load(at, mask=there[:, None] & inside[None, :], other=0.0)
            sum_head += tl.sum(error[:, None] * h, axis=0)
            sum_bias += tl.sum(error, axis=0)
        now = moves + (tl.load(table_start + net) + step) * (7 * WIDTH)
        at = head + task.to(tl.int64) * (3 * P) + units
        w = _step(at, P, inside, sum_head, now, 0)
        _flag(w, bad + net)
        if tl.program_id(1) == 0:
            one = tl.arange(0, 1)
            error = sum_bias + tl.zeros([1], tl.float32)
            bias = _step(head_bias + task * 3 + one, 1, one == 0, error, now, 0)
            _flag(bias, bad + net)


@triton.jit(do_not_specialize=["first", "step"])
def move_groups(
    changes,
    gradient,
    touched,  # column groups touched, step after step
    waits,  # steps that follow each touch before the next, or before weights are read
    member_starts,  # [touches + 1] int64: rows of each touch
    members,  # int32: as places in `gradient`
    group_net,  # [groups] network of each group
    table_start,
    moves,
    decay1,  # 0.9^wait
    decay2,  # 0.999^wait
    first,  # where this step starts among the touches
    step,
    bad,
    P: tl.constexpr,
    T: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Move some units of one touched column group: gradient, Adam's step, and the steps without that follow."""
    touch = first + tl.program_id(0)
    units = tl.program_id(1) * T + tl.arange(0, T)
    inside = units < P
    group = tl.load(touched + touch)
    wait = tl.load(waits + touch)
    net = tl.load(group_net + group)
    total = tl.zeros([T], tl.float32)
    end = tl.load(member_starts + touch + 1)
    for k in range(tl.load(member_starts + touch), end, CHUNK):
        entries = k + tl.arange(0, CHUNK)
        there = entries < end
        slot = tl.load(members + entries, mask=there, other=0)
        at = gradient + slot.to(tl.int64)[:, None] * P + units[None, :]
        total += tl.sum(tl.load(at, mask=there[:, None] & inside[None, :], other=0.0), axis=0)
    now = moves + (tl.load(table_start + net) + step) * (7 * WIDTH)
    at = changes + group.to(tl.int64) * (3 * P) + units
    m, v = _moments(at, P, inside, total)
    w = _moved(tl.load(at, mask=inside, other=0.0), m, v, now, wait)
    tl.store(at, w, mask=inside)
    _decay(at, P, inside, m * tl.load(decay1 + wait), v * tl.load(decay2 + wait))
    _flag(w, bad + net)


@triton.jit
def catch_up(
    changes,
    waits,  # [groups] steps to make
    group_net,
    kind,  # [networks] row of each network in `moves`
    moves,
    decay1,
    decay2,
    bad,
    P: tl.constexpr,
    T: tl.constexpr,
):
    """Make the steps without a gradient that a group still lacks, where weights were read."""
    group = tl.program_id(0)
    wait = tl.load(waits + group)
    if wait > 0:
        units = tl.program_id(1) * T + tl.arange(0, T)
        inside = units < P
        net = tl.load(group_net + group)
        at = changes + group.to(tl.int64) * (3 * P) + units
        m = tl.load(at + P, mask=inside, other=0.0)
        v = tl.load(at + 2 * P, mask=inside, other=0.0)
        w = _moved(tl.load(at, mask=inside, other=0.0), m, v, moves + tl.load(kind + net) * (7 * WIDTH), wait)
        tl.store(at, w, mask=inside)
        _decay(at, P, inside, m * tl.load(decay1 + wait), v * tl.load(decay2 + wait))
        _flag(w, bad + net)


@triton.jit
def _step(at, stride, inside, gradient, moves, wait):
    """Make one step of Adam; `at` points to weights, their moments lie 1 and 2 strides behind."""
    m, v = _moments(at, stride, inside, gradient)
    w = _moved(tl.load(at, mask=inside, other=0.0), m, v, moves, wait)
    tl.store(at, w, mask=inside)
    tl.store(at + stride, m, mask=inside)
    tl.store(at + 2 * stride, v, mask=inside)
    return w


@triton.jit
def _moments(at, stride, inside, gradient):
    """Load the moments and take in a gradient."""
    m = tl.load(at + stride, mask=inside, other=0.0)
    v = tl.load(at + 2 * stride, mask=inside, other=0.0)
    return 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient * gradient


@triton.jit
def _moved(w, m, v, moves, wait):
    """Move weights by one step's moments and the `wait` steps behind it (equation: ``lazy.catchup``)."""
    k = tl.minimum(wait, WIDTH - 1)
    root = tl.sqrt(v)
    if tl.load(moves + 6 * WIDTH + k) > 0:
        f = 1 / (root + tl.load(moves + WIDTH + k))
        second = tl.load(moves + 2 * WIDTH + k)
        third = tl.load(moves + 3 * WIDTH + k)
        w = w - m * (tl.load(moves + k) * f * (1 + f * f * (second - third * f)))
    else:
        for j in range(0, k + 1):
            w = w - m * (tl.load(moves + 4 * WIDTH + j) / (root + tl.load(moves + 5 * WIDTH + j)))
    return w


@triton.jit
def _decay(at, stride, inside, m, v):
    """Store moments; what is too small to matter becomes 0."""
    tl.store(at + stride, tl.where(tl.abs(m) > TINY1, m, 0.0), mask=inside)
    tl.store(at + 2 * stride, tl.where(v > TINY2, v, 0.0), mask=inside)


@triton.jit
def _flag(w, bad):
    """Say where a weight is not finite. Several programs may say so: all write the same."""
    if tl.max(tl.where(tl.abs(w) <= LARGEST, 0, 1), axis=0) > 0:
        tl.store(bad, 1)

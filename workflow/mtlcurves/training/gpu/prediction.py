"""Kernels that read whole fingerprints: what the network's start gives each row, and predictions.

The initial weights of the hidden layer are drawn where they are needed and never stored; the draws are those of
:func:`mtlcurves.training.network.initial_hidden`.
"""

from __future__ import annotations

import triton
import triton.language as tl

from mtlcurves.training.gpu.hashing import uniforms
from mtlcurves.training.network import BIAS

START_BIAS = tl.constexpr(BIAS)


@triton.jit(do_not_specialize=["n_columns"])
def initial_sums(
    compounds,  # [rows] row of each in the fingerprints
    row_net,  # [rows] network of each
    print_starts,  # [compounds + 1] int64
    columns,  # int32: fingerprint columns of each compound
    seed,  # [networks] row of each in `states`
    states,  # [seeds, n_columns] int64: state of each column's draws
    n_columns,
    n_units,
    bound,  # largest initial weight
    sums,  # out: [rows, P] x W + b of the network as it starts
    P: tl.constexpr,
    T: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Sum the initial weights over one row's columns, for some units, in float64: it is part of every step."""
    row = tl.program_id(0)
    units = tl.program_id(1) * T + tl.arange(0, T)
    compound = tl.load(compounds + row)
    own = states + tl.load(seed + tl.load(row_net + row)).to(tl.int64) * n_columns
    z = tl.zeros([T], tl.float64)
    end = tl.load(print_starts + compound + 1)
    for k in range(tl.load(print_starts + compound), end, CHUNK):
        entries = k + tl.arange(0, CHUNK)
        column = tl.load(columns + entries, mask=entries < end, other=0)
        z += tl.sum(_drawn(own, column, entries < end, units, bound).to(tl.float64), axis=0)
    z = tl.where(units < n_units, z + START_BIAS, 0.0)
    tl.store(sums + row.to(tl.int64) * P + units, z.to(tl.float32), mask=units < P)


@triton.jit(do_not_specialize=["n_columns"])
def predict(
    changes,  # [groups, 3, P]
    head,  # [tasks, 3, P]
    head_bias,  # [tasks, 3]
    compounds,  # [test rows]
    row_net,
    label_starts,  # [test rows + 1] int64: labels of each test row
    label_task,  # int32
    print_starts,
    columns,
    seed,
    states,
    of_column,  # [networks, n_columns] group of each column, -1 for none
    bias_group,  # [networks] the group of the hidden layer's bias
    n_columns,
    n_units,
    bound,
    logits,  # out: [test labels]
    P: tl.constexpr,
    U: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Predict the logits of one row's test labels, without dropout; a program has all units."""
    row = tl.program_id(0)
    units = tl.arange(0, U)
    inside = units < P
    net = tl.load(row_net + row)
    compound = tl.load(compounds + row)
    own = states + tl.load(seed + net).to(tl.int64) * n_columns
    own_groups = of_column + net.to(tl.int64) * n_columns
    z = tl.load(changes + tl.load(bias_group + net).to(tl.int64) * (3 * P) + units, mask=inside, other=0.0)
    z += START_BIAS
    end = tl.load(print_starts + compound + 1)
    for k in range(tl.load(print_starts + compound), end, CHUNK):
        entries = k + tl.arange(0, CHUNK)
        there = entries < end
        column = tl.load(columns + entries, mask=there, other=0)
        group = tl.load(own_groups + column, mask=there, other=-1)
        at = changes + group.to(tl.int64)[:, None] * (3 * P) + units[None, :]
        changed = tl.load(at, mask=(group >= 0)[:, None] & inside[None, :], other=0.0)
        z += tl.sum(_drawn(own, column, there, units, bound) + changed, axis=0)
    h = tl.where(units < n_units, tl.where(z < 0, 0.0, z), 0.0)
    for label in range(tl.load(label_starts + row), tl.load(label_starts + row + 1)):
        task = tl.load(label_task + label).to(tl.int64)
        v = tl.load(head + task * (3 * P) + units, mask=inside, other=0.0)
        tl.store(logits + label, tl.sum(h * v, axis=0) + tl.load(head_bias + task * 3))


@triton.jit
def _drawn(states, column, there, units, bound):
    """Draw the initial weights of some columns, 0 where there is none."""
    state = tl.load(states + column, mask=there, other=0).to(tl.uint64, bitcast=True)
    drawn = uniforms(state[:, None], units.to(tl.uint64)[None, :]) * (2 * bound) - bound
    return tl.where(there[:, None], drawn, 0.0)

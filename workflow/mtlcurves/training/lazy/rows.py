"""One row of weights or of units at a time: the innermost loops, which become vector code.

Rows are named by array and number, not cut out: a view costs numba as much as the work on a short row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mtlcurves.training.columns import Index
from mtlcurves.training.lazy.catchup import LONGEST, Moves
from mtlcurves.training.lazy.compiled import compiled
from mtlcurves.training.lazy.prefetch import FORESEEN_AFTER, LINE_BYTES, prefetch

Floats = npt.NDArray[np.float32]
ZERO, ONE, INFINITE = np.float32(0), np.float32(1), np.float32(np.inf)
# Adam's coefficients, and sizes below which a moment counts as 0: denormal numbers slow the processor tenfold
KEEP1, TAKE1, KEEP2, TAKE2 = np.float32(0.9), np.float32(0.1), np.float32(0.999), np.float32(0.001)
TINY1, TINY2 = np.float32(1e-30), np.float32(1e-36)


class Rates(NamedTuple):
    """Learning rate of this epoch and the next, and 0.9^k and 0.999^k for every wait k."""

    now: float
    later: float
    decay1: Floats
    decay2: Floats


@compiled
def fetch(weights: Floats, row: int, parts: int) -> None:
    """Ask for the first `parts` of a row's weights and moments, soon to be used.

    Of a long part only the start: from there the processor foresees the rest by itself.
    """
    length = weights.shape[2] * weights.itemsize
    for part in range(parts):
        for byte in range(0, min(length, FORESEEN_AFTER), LINE_BYTES):
            prefetch(weights, row, part * length + byte)


@compiled
def add_groups(z: Floats, i: int, changes: Floats, groups: Index, begin: int, end: int, sizes: Floats) -> None:
    """Add the changes of groups[begin:end], times their sizes, to row i of `z`, four groups at a time."""
    k = begin
    while k + 4 <= end:
        a, b, c, d = groups[k], groups[k + 1], groups[k + 2], groups[k + 3]
        na, nb, nc, nd = sizes[a], sizes[b], sizes[c], sizes[d]
        for u in range(z.shape[1]):
            first = na * changes[a, 0, u] + nb * changes[b, 0, u]
            z[i, u] += first + (nc * changes[c, 0, u] + nd * changes[d, 0, u])
        k += 4
    while k < end:
        a = groups[k]
        na = sizes[a]
        for u in range(z.shape[1]):
            z[i, u] += na * changes[a, 0, u]
        k += 1


@compiled
def add_to_rows(
    z: Floats, rows: Index, begin: int, end: int, changes: Floats, group: int, size: np.float32
) -> None:
    """Add a group's changes, times its size, to the rows of `z` that rows[begin:end] name."""
    for k in range(begin, end):
        i = rows[k]
        for u in range(z.shape[1]):
            z[i, u] += size * changes[group, 0, u]


@compiled
def rectify(z: Floats, i: int, initial: Floats, row: int, bias: Floats) -> None:
    """Add a row of `initial` and the biases to row i of `z`, and switch units off below 0."""
    for u in range(z.shape[1]):
        value = z[i, u] + (initial[row, u] + bias[0, 0, u])
        z[i, u] = ZERO if value < ZERO else value  # NaN stays NaN


@compiled
def dot(a: Floats, i: int, weights: Floats, j: int) -> np.float32:
    """Sum the products of row i of `a` and the weights of row j."""
    total = ZERO
    for u in range(a.shape[1]):
        total += a[i, u] * weights[j, 0, u]
    return np.float32(total)


@compiled
def sum_rows(values: Floats, rows: Index, begin: int, end: int, total: Floats) -> None:
    """Sum the rows of `values` that rows[begin:end] name into the only row of `total`, four at a time."""
    first = rows[begin]
    for u in range(total.shape[1]):
        total[0, u] = values[first, u]
    k = begin + 1
    while k + 4 <= end:
        a, b, c, d = rows[k], rows[k + 1], rows[k + 2], rows[k + 3]
        for u in range(total.shape[1]):
            total[0, u] += (values[a, u] + values[b, u]) + (values[c, u] + values[d, u])
        k += 4
    while k < end:
        a = rows[k]
        for u in range(total.shape[1]):
            total[0, u] += values[a, u]
        k += 1


@compiled
def move(
    weights: Floats, i: int, gradient: Floats, j: int, moves: Moves, wait: int, rates: Rates, root: Floats
) -> None:
    """Make Adam's step of weights i with gradient j, and the `wait` steps without a gradient that follow it."""
    k = min(wait, LONGEST)
    decay1, decay2 = rates.decay1[wait], rates.decay2[wait]
    if moves.least[k] > ZERO:
        for u in range(weights.shape[2]):
            g = gradient[j, u]
            weights[i, 1, u] = KEEP1 * weights[i, 1, u] + TAKE1 * g
            weights[i, 2, u] = KEEP2 * weights[i, 2, u] + TAKE2 * g * g
        move_by_moments(weights, i, moves, wait, root)
        shrink(weights, i, decay1, decay2)
        return
    total, mean, second, third = moves.total[k], moves.mean[k], moves.second[k], moves.third[k]
    for u in range(weights.shape[2]):
        g = gradient[j, u]
        m = KEEP1 * weights[i, 1, u] + TAKE1 * g
        v = KEEP2 * weights[i, 2, u] + TAKE2 * g * g
        f = ONE / (np.sqrt(v) + mean)
        weights[i, 0, u] -= m * (total * f * (ONE + f * f * (second - third * f)))
        m *= decay1
        v *= decay2
        weights[i, 1, u] = m if abs(m) > TINY1 else ZERO
        weights[i, 2, u] = v if v > TINY2 else ZERO


@compiled
def move_by_moments(weights: Floats, i: int, moves: Moves, wait: int, root: Floats) -> None:
    """Move weights i by their moments, which are those of the step `moves` starts from; `root` is scratch."""
    k, smallest = min(wait, LONGEST), INFINITE
    for u in range(weights.shape[2]):
        root[u] = np.sqrt(weights[i, 2, u])
        smallest = min(smallest, root[u] if weights[i, 1, u] != ZERO else INFINITE)
    if smallest >= moves.least[k]:
        total, mean, second, third = moves.total[k], moves.mean[k], moves.second[k], moves.third[k]
        for u in range(weights.shape[2]):
            f = ONE / (root[u] + mean)
            weights[i, 0, u] -= weights[i, 1, u] * (total * f * (ONE + f * f * (second - third * f)))
        return
    for j in range(k + 1):
        term, at = moves.term[j], moves.at[j]
        for u in range(weights.shape[2]):
            weights[i, 0, u] -= weights[i, 1, u] * (term / (root[u] + at))


@compiled
def shrink(weights: Floats, i: int, decay1: np.float32, decay2: np.float32) -> None:
    """Shrink the moments of weights i, those too small to matter to 0."""
    for u in range(weights.shape[2]):
        m, v = weights[i, 1, u] * decay1, weights[i, 2, u] * decay2
        weights[i, 1, u] = m if abs(m) > TINY1 else ZERO
        weights[i, 2, u] = v if v > TINY2 else ZERO

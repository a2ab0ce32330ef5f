"""One row of weights or of units at a time: the innermost loops, which become vector code."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mtlcurves.training.columns import Index
from mtlcurves.training.lazy.catchup import LONGEST, Moves
from mtlcurves.training.lazy.compiled import compiled

Floats = npt.NDArray[np.float32]
ZERO, ONE = np.float32(0), np.float32(1)
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
def rectify(z: Floats, bias: Floats) -> None:
    """Add the biases and switch units off below 0."""
    for u in range(len(z)):
        value = z[u] + bias[u]
        z[u] = ZERO if value < ZERO else value  # NaN stays NaN


@compiled
def dot(a: Floats, b: Floats) -> np.float32:
    """Sum of products."""
    total = ZERO
    for u in range(len(a)):
        total += a[u] * b[u]
    return np.float32(total)


@compiled
def add_groups(z: Floats, changes: Floats, groups: Index, sizes: Floats) -> None:
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
def row_sum(values: Floats, rows: Index, total: Floats) -> Any:
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
def move(weights: Floats, gradient: Floats, moves: Moves, wait: int, rates: Rates, root: Floats) -> None:
    """Make Adam's step with a gradient, and the `wait` steps without that follow it; weights (3, units)."""
    w, m, v = weights[0], weights[1], weights[2]
    k = min(wait, LONGEST)
    if not moves.expanded[k]:
        for u in range(len(w)):
            m[u] = KEEP1 * m[u] + TAKE1 * gradient[u]
            v[u] = KEEP2 * v[u] + TAKE2 * gradient[u] * gradient[u]
        move_by_moments(w, m, v, moves, wait, root)
        decay(m, v, rates.decay1[wait], rates.decay2[wait])
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
def move_by_moments(w: Floats, m: Floats, v: Floats, moves: Moves, wait: int, root: Floats) -> None:
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
def decay(m: Floats, v: Floats, decay1: np.float32, decay2: np.float32) -> None:
    """Shrink the moments, those too small to matter to 0."""
    for u in range(len(m)):
        mu, vu = m[u] * decay1, v[u] * decay2
        m[u] = mu if abs(mu) > TINY1 else ZERO
        v[u] = vu if vu > TINY2 else ZERO

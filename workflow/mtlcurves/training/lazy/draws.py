"""What the initial weights of the hidden layer give each row, x W0, without keeping W0.

The draws are those of :func:`mtlcurves.training.network.initial_hidden`, bit for bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mtlcurves.grid.seeds import GAMMA, MULTIPLIERS, column_states
from mtlcurves.training.columns import Index, occurring
from mtlcurves.training.lazy.compiled import compiled
from mtlcurves.training.network import hidden_bound

Floats = npt.NDArray[np.float32]

_FIRST, _SECOND = MULTIPLIERS
_TO_UNIT = np.float32(2.0**-24)
_UNITS = 64  # units drawn at a time


def initial_sums(
    replicate: int, rotation: int, n_columns: int, n_units: int, padded: int, *prints: Any
) -> list[Floats]:
    """Sum the initial weights over each row's columns.

    Parameters
    ----------
    replicate, rotation : int
        Of the training.
    n_columns, n_units : int
        Of the hidden layer.
    padded : int
        Units with padding, for which the sums are 0.
    *prints : scipy.sparse.csr_array
        Fingerprints.

    Returns
    -------
    list of ndarray of float32, shape (rows, padded)
        One for each of `prints`.
    """
    columns = occurring(n_columns, *prints)
    place = np.zeros(n_columns, dtype=np.int32)
    place[columns] = np.arange(len(columns))
    states, bound = column_states(replicate, rotation, columns), np.float32(hidden_bound(n_columns, n_units))
    return [_sums(states, n_units, padded, bound, place[p.indices], p.indptr.astype(np.int32)) for p in prints]


@compiled
def _sums(
    states: npt.NDArray[np.uint64], n_units: int, padded: int, bound: np.float32, places: Index, starts: Index
) -> Floats:
    """Sum drawn weights over the columns of each row, some units at a time so that their weights stay in cache.

    In float64, once for the whole training: what is rounded here is rounded in every step.
    """
    sums = np.zeros((len(starts) - 1, padded), np.float32)
    weights, total = np.empty((len(states), _UNITS), np.float32), np.empty(_UNITS, np.float64)
    for begin in range(0, n_units, _UNITS):
        width = min(_UNITS, n_units - begin)
        for c in range(len(states)):
            for u in range(width):
                weights[c, u] = _uniform(states[c], np.uint64(begin + u)) * (2 * bound) - bound
        for i in range(len(sums)):
            total[:] = 0
            for place in places[starts[i] : starts[i + 1]]:
                drawn = weights[place]
                for u in range(width):
                    total[u] += drawn[u]
            sums[i, begin : begin + width] = total[:width]
    return sums


@compiled
def _uniform(state: np.uint64, unit: np.uint64) -> np.float32:
    """Draw from [0, 1): the hash of :mod:`mtlcurves.grid.seeds`, one number at a time."""
    x = (unit + np.uint64(1)) * GAMMA + state
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    x ^= x >> np.uint64(31)
    return np.float32(x >> np.uint64(40)) * _TO_UNIT

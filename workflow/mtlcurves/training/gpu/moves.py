"""Tables of Adam's steps without a gradient, for all steps of an epoch at once (see ``lazy.catchup``)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mtlcurves.training.lazy.catchup import LONGEST, Moves, sum_moves
from mtlcurves.training.lazy.compiled import compiled

Table = npt.NDArray[np.float32]


def epoch_table(n_batches: int, epoch: int, rate: float, next_rate: float) -> Table:
    """Make the table of a network's steps in one epoch.

    Parameters
    ----------
    n_batches : int
        Steps an epoch.
    epoch : int
        Number of the epoch, from 1.
    rate, next_rate : float
        Learning rates of this epoch and the next.

    Returns
    -------
    ndarray of float32, shape (n_batches, 7, LONGEST + 1)
        Per step the fields of ``Moves`` by wait: total, mean, second, third, term, at, and whether the expansion
        is exact enough whatever the moments (1 or 0). A wait ends before the end of the next epoch.
    """
    table = np.zeros((n_batches, 7, LONGEST + 1), dtype=np.float32)
    _fill(table, (epoch - 1) * n_batches, 0, 2 * n_batches, rate, next_rate)
    return table


def catch_up_table(n_batches: int, epoch: int, rate: float) -> Table:
    """Make the table of an epoch's first steps, which follow weights that were read; shape (1, 7, ...)."""
    table = np.zeros((1, 7, LONGEST + 1), dtype=np.float32)
    if n_batches:
        _fill(table, (epoch - 1) * n_batches - 1, 1, n_batches, rate, rate)
    return table


@compiled
def _fill(table: Any, steps_before: int, first: int, longest: int, rate: float, next_rate: float) -> None:
    least = np.zeros(table.shape[2], np.float32)
    for i in range(len(table)):
        row = table[i]
        moves = Moves(row[0], row[1], row[2], row[3], least, row[4], row[5])
        sum_moves(moves, steps_before + i + 1, first, longest, rate, len(table) - 1 - i, next_rate)
        row[6] = least == 0

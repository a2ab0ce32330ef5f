"""The network of the first paper (SparseChem's, Arany et al. 2022): how it starts.

ECFP bits x (one row of 0 and 1) lead to h = relu(x W + b) and to one logit per task, h V' + c. W and V start
Xavier-uniform, W with gain sqrt(2) over all fingerprint columns, V with gain 1 over the training's tasks; every
bias starts at 0.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mtlcurves.grid.seeds import column_uniforms, task_uniforms

BIAS = 0.1

Weights = npt.NDArray[np.float32]


def xavier_bound(gain: float, fan_in: int, fan_out: int) -> float:
    """Half the width of the Xavier-uniform distribution (Glorot and Bengio 2010, equation 16, times a gain)."""
    return gain * math.sqrt(6 / (fan_in + fan_out))


def _scaled(uniforms: Weights, bound: float) -> Weights:
    uniforms *= np.float32(2 * bound)
    uniforms -= np.float32(bound)
    return uniforms


def initial_hidden(
    replicate: int, rotation: int, columns: npt.NDArray[Any], n_columns: int, hidden: int
) -> Weights:
    """Draw the initial weights of the hidden layer, for some fingerprint columns.

    Parameters
    ----------
    replicate, rotation : int
        Of the training.
    columns : ndarray of int, shape (k,)
        Columns wanted.
    n_columns : int
        Columns of the whole fingerprint: the fan-in, however few of them occur.
    hidden : int
        Units.

    Returns
    -------
    ndarray of float32, shape (k, hidden)
        The same for a column and unit in every training of this replicate and rotation.
    """
    drawn = column_uniforms(replicate, rotation, columns, hidden)
    return _scaled(drawn, hidden_bound(n_columns, hidden))


def hidden_bound(n_columns: int, hidden: int) -> float:
    """Largest initial weight of the hidden layer."""
    return xavier_bound(math.sqrt(2), n_columns, hidden)


def initial_head(replicate: int, rotation: int, tasks: Sequence[str], hidden: int) -> Weights:
    """Draw the initial weights of the head, shape (tasks, hidden); their bound depends on the number of tasks."""
    drawn = task_uniforms(replicate, rotation, tasks, hidden)
    return _scaled(drawn, xavier_bound(1, hidden, len(tasks)))


def learning_rate(epoch: int, start: float, milestones: Sequence[int], gamma: float) -> float:
    """Return the rate in an epoch (the first is 1): multiplied by gamma for each milestone that lies behind it."""
    return start * gamma ** sum(milestone < epoch for milestone in milestones)

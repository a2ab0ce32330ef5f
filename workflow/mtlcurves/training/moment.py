"""A training just before one of its steps, for those who watch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from mtlcurves.training.batches import Batch


@dataclass(frozen=True)
class Moment:
    """A network, its batch and its Adam before a step; all is the training's own and must not be changed.

    Attributes
    ----------
    step : int
        Number of the step that comes, from 1.
    learning_rate : float
        Its rate.
    batch : Batch
        Its data; m labelled rows.
    start : Tensor, shape (m, hidden)
        What the initial weights give for each row, x W0.
    sizes : ndarray of float32, shape (groups,)
        Columns in each group (see ``columns``).
    kept : Tensor, shape (m, hidden), or None
        Factors of dropout; None without it.
    changes, bias : Tensors, shapes (groups, hidden) and (hidden,)
        The weights that all tasks share.
    head, head_bias : Tensors, shapes (tasks, hidden) and (tasks,)
        Those of each task.
    first, second : pairs of Tensors
        Adam's first and second moments of `changes` and of `bias` after the steps so far, not bias corrected.
    """

    step: int
    learning_rate: float
    batch: Batch
    start: Tensor
    sizes: npt.NDArray[np.float32]
    kept: Tensor | None
    changes: Tensor
    bias: Tensor
    head: Tensor
    head_bias: Tensor
    first: tuple[Tensor, Tensor]
    second: tuple[Tensor, Tensor]


Observer = Callable[[Moment], None]

"""What a way of balancing is told of a step, and what it must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mtlcurves.training.balanced.gradients import GradientProducts

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """One step; k tasks have labels in its batch, which may be none.

    Attributes
    ----------
    number : int
        Steps before it.
    learning_rate : float
        The network's.
    tasks : ndarray of int, shape (k,)
        The tasks, as positions among those that have any training label.
    losses : ndarray, shape (k,)
        Their losses: sums of cross-entropies over the batch's rows.
    label_losses : ndarray, shape (k,)
        The same over their labels.
    gradients : GradientProducts
        The gradients of `losses` by the shared weights, in the order of `tasks`.
    """

    number: int
    learning_rate: float
    tasks: npt.NDArray[np.intp]
    losses: Floats
    label_losses: Floats
    gradients: GradientProducts


class Balancer(Protocol):
    """A way to balance the tasks of one training.

    Attributes
    ----------
    weighs_heads : bool
        Whether the weights are those of the losses, and so reach the heads too; otherwise each head gets the plain
        gradient of its task, as ``torchjd.autojac.mtl_backward`` has it.
    """

    weighs_heads: bool

    def weights(self, step: Step) -> Floats:
        """Weigh all tasks that have any training label; what it says of those not in the batch has no effect."""
        ...

    def end_epoch(self) -> None:
        """Take note that an epoch is over."""
        ...

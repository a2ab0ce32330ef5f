"""Steps taken for one source alone: how far its gradient would move the shared weights.

TAG (Fifty et al. 2021) looks ahead by the optimiser that trains. Its authors train by SGD with momentum; for Adam
there are three ways, all at the learning rate of the training's next step:

- ``sgd``: -rate g.
- ``preconditioned``: -rate g / (sqrt(v) + eps). v are the second moments of the joint training, bias corrected, as
  Adam has them for this very step: the joint gradient of the batch is in them already. Before, v would be 0 in a
  column that was never seen. No momentum, which is not the source's.
- ``adam``: a step of a copy of Adam, moments and all, less its step for no gradient at all, which is the
  momentum's and the same for every source.

Each is a function of the gradient; the first two are linear in it.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from mtlcurves.affinity.shared import Floats, SharedGradients
from mtlcurves.affinity_sections import Lookahead
from mtlcurves.training.moment import Moment

BETA_1, BETA_2, EPS = 0.9, 0.999, 1e-8  # those of every engine


class Rule(Protocol):
    """A way to look ahead."""

    def move(self, gradient: Floats) -> Floats:
        """Movement of the shared weights for a gradient; both of shape (columns, hidden)."""
        ...

    @property
    def rest(self) -> Floats | None:
        """Movement for no gradient; None where there is none."""
        ...


class Scaled:
    """Moves by -rate P g, of which sgd and preconditioned are cases.

    Attributes
    ----------
    scale : ndarray, shape (columns, hidden), or None
        P; None for 1.
    """

    rest = None

    def __init__(self, rate: float, scale: Floats | None) -> None:
        self._rate, self.scale = rate, scale

    def move(self, gradient: Floats) -> Floats:
        """Movement for a gradient."""
        return -self._rate * (gradient if self.scale is None else gradient * self.scale)


class AdamCopy:
    """Moves as Adam would, from the moments that it has.

    Parameters
    ----------
    rate : float
        Learning rate.
    first, second : ndarray, shape (columns, hidden)
        Its moments after the steps before.
    step : int
        Number of its step, from 1.
    """

    def __init__(self, rate: float, first: Floats, second: Floats, step: int) -> None:
        self._rate, self._first, self._second, self._step = rate, first, second, step
        self.rest = self.move(np.zeros_like(first))

    def move(self, gradient: Floats) -> Floats:
        """Movement for a gradient."""
        first = BETA_1 * self._first + (1 - BETA_1) * gradient
        return -self._rate / (1 - BETA_1**self._step) * first / _root(self._second, gradient, self._step)


def _root(second: Floats, gradient: Floats, step: int) -> Floats:
    """Adam's divisor sqrt(v) + eps, after its moments have taken a gradient up."""
    root: Floats = np.sqrt((BETA_2 * second + (1 - BETA_2) * gradient**2) / (1 - BETA_2**step)) + EPS
    return root


def scaled_rule(kind: Lookahead, shared: SharedGradients, moment: Moment) -> Scaled | None:
    """Return the rule that is linear in the gradient, at a moment of a training; None for adam, which is not."""
    if kind == "adam":
        return None
    if kind == "sgd":
        return Scaled(moment.learning_rate, None)
    second = shared.of_columns(*moment.second)
    return Scaled(moment.learning_rate, 1 / _root(second, shared.gradient(), moment.step))


def adam_copy(shared: SharedGradients, moment: Moment) -> AdamCopy:
    """Return the training's Adam as it stands before its step."""
    moments = (shared.of_columns(*values) for values in (moment.first, moment.second))
    return AdamCopy(moment.learning_rate, *moments, step=moment.step)

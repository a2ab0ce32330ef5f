"""Steps taken for one source alone: how far its gradient would move the shared weights.

TAG (Fifty et al. 2021) looks ahead by the optimiser that trains. Its authors train by SGD with momentum; for Adam
there are three ways, all at the learning rate of the training's next step:

- ``sgd``: -rate g, the default.
- ``preconditioned``: -rate g / (sqrt(v) + eps). v are the second moments of the joint training, bias corrected, as
  Adam has them for this very step: the joint gradient of the batch is in them already. Before, v would be 0 in a
  column that was never seen. No momentum, which is not the source's. Where the gradients of two tasks cancel, v is
  small and the step long, so what a task does to others on the same compounds is biased downwards: g h / |g + h|
  has no lower bound, and for independent g and h its mean is minus infinity.
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
    """A way to look ahead; `columns` says of which columns a gradient is."""

    has_rest: bool
    """Whether it moves for no gradient, too."""

    def move(self, gradient: Floats, columns: slice) -> Floats:
        """Movement of the shared weights for a gradient; both of shape (columns, hidden)."""
        ...


class Sgd:
    """Moves by -rate g."""

    has_rest = False

    def __init__(self, moment: Moment) -> None:
        self._rate = moment.learning_rate

    def scale(self, columns: slice) -> Floats | None:
        """Return P of a movement -rate P g, shape (columns, hidden); None for 1."""
        return None

    def move(self, gradient: Floats, columns: slice) -> Floats:
        """Movement for a gradient."""
        return -self._rate * gradient


class Preconditioned(Sgd):
    """Moves by -rate g / (sqrt(v) + eps), v that of the joint training."""

    def __init__(self, shared: SharedGradients, moment: Moment) -> None:
        super().__init__(moment)
        self._shared, self._moment, self._joint = shared, moment, shared.dz()

    def scale(self, columns: slice) -> Floats:
        """Return P, 1 / (sqrt(v) + eps)."""
        second = self._shared.of_columns(self._moment.second, columns)
        joint = self._shared.gradient(self._joint, columns)
        return np.reciprocal(_root(second, joint, self._moment.step))

    def move(self, gradient: Floats, columns: slice) -> Floats:
        """Movement for a gradient."""
        return super().move(gradient, columns) * self.scale(columns)


class AdamCopy:
    """Moves as the training's Adam would, from the moments that it has."""

    has_rest = True

    def __init__(self, shared: SharedGradients, moment: Moment) -> None:
        self._shared, self._moment = shared, moment

    def move(self, gradient: Floats, columns: slice) -> Floats:
        """Movement for a gradient."""
        moment = self._moment
        first, second = (self._shared.of_columns(m, columns) for m in (moment.first, moment.second))
        mean = (BETA_1 * first + (1 - BETA_1) * gradient) / (1 - BETA_1**moment.step)
        return -moment.learning_rate * mean / _root(second, gradient, moment.step)


def _root(second: Floats, gradient: Floats, step: int) -> Floats:
    """Adam's divisor sqrt(v) + eps, after its moments have taken a gradient up; overwrites `second`."""
    correction = 1 - BETA_2**step
    second *= BETA_2 / correction
    second += gradient**2 * ((1 - BETA_2) / correction)
    np.sqrt(second, out=second)
    second += EPS
    return second


def linear_rule(kind: Lookahead, shared: SharedGradients, moment: Moment) -> Sgd | None:
    """Return a rule that is linear in the gradient, at a moment of a training; None for adam, which is not."""
    if kind == "adam":
        return None
    return Sgd(moment) if kind == "sgd" else Preconditioned(shared, moment)

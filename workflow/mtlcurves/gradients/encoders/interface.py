"""What an encoder is to the trainings: how compounds are prepared, and the module that reads them.

An encoder's module takes what its inputs give for some compounds, and returns their representations, shape
(compounds, hidden). It draws its initial weights and its dropout from torch's generator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from torch import nn

from mtlcurves.gradient_sections import EncoderTraining

Rows = npt.NDArray[np.intp]


class Inputs(Protocol):
    """All compounds of a study, prepared once."""

    def take(self, rows: Rows) -> Any:
        """Return what the encoder's module takes for some compounds, in this order."""


class EncoderKind(NamedTuple):
    """One kind of encoder.

    Attributes
    ----------
    prepare : callable
        Makes the inputs of compounds, given as SMILES.
    module : callable
        Makes the module for some settings.
    """

    prepare: Callable[[Sequence[str]], Inputs]
    module: Callable[[EncoderTraining], nn.Module]

"""Encoder ecfp: dense layers on ECFP4 of 2,048 columns, as in the second paper.

They are computed here and are not the study's, which by default are of another radius and folded to a number of
columns that 2,048 does not divide. So what a gradient study finds does not depend on section fingerprints.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from mtlcurves.data.fingerprints import compute_fingerprints
from mtlcurves.gradient_sections import EncoderTraining
from mtlcurves.gradients.encoders.interface import EncoderKind, Rows

RADIUS, COLUMNS = 2, 2048


class Fingerprints:
    """Dense fingerprints, a byte a bit."""

    def __init__(self, smiles: Sequence[str]) -> None:
        prints = compute_fingerprints(smiles, RADIUS, COLUMNS, workers=1)
        self._bits = torch.from_numpy(prints.toarray().astype(np.uint8))

    def take(self, rows: Rows) -> Tensor:
        """Return the fingerprints of some compounds, shape (compounds, columns)."""
        return self._bits[torch.from_numpy(rows)].to(torch.get_default_dtype())


def dense_layers(settings: EncoderTraining) -> nn.Module:
    """Make two layers of twice the width and of the width: 512 and 256 by default."""
    widths = (COLUMNS, 2 * settings.hidden, settings.hidden)
    layers = [
        layer
        for n_in, n_out in zip(widths, widths[1:], strict=False)
        for layer in (nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(settings.dropout))
    ]
    return nn.Sequential(*layers)


ECFP = EncoderKind(Fingerprints, dense_layers)

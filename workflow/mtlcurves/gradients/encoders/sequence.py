"""Encoder cnn: convolutions over the characters of SMILES, as in the second paper.

Characters are embedded, filters of three widths slide over them side by side, half as many of each as the encoder
has units, and the largest response of each filter anywhere in the compound is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from mtlcurves.gradient_sections import EncoderTraining
from mtlcurves.gradients.encoders.interface import EncoderKind, Rows

EMBEDDING = 64
KERNELS = (3, 5, 7)
CHARACTERS = 128  # SMILES are ASCII; 0 is no character of theirs and fills up
FILL = 0


class Characters:
    """SMILES as rows of character codes, filled up to the longest."""

    def __init__(self, smiles: Sequence[str]) -> None:
        codes = [np.frombuffer(text.encode("ascii"), dtype=np.uint8) for text in smiles]
        self._lengths = np.array([len(row) for row in codes], dtype=np.intp)
        table = np.full((len(codes), int(self._lengths.max(initial=1))), FILL, dtype=np.uint8)
        for place, row in enumerate(codes):
            table[place, : len(row)] = row
        self._codes = torch.from_numpy(table)

    def take(self, rows: Rows) -> Tensor:
        """Return the codes of some compounds, shape (compounds, longest of them)."""
        return self._codes[torch.from_numpy(rows), : int(self._lengths[rows].max())].long()


class CharacterFilters(nn.Module):
    """The encoder's module.

    Only the place of its largest response moves a filter. So these places are found without gradients, and the
    responses computed again there alone.
    """

    def __init__(self, settings: EncoderTraining) -> None:
        super().__init__()
        n_filters = max(1, settings.hidden // 2)
        # the embedding of nothing is 0 and stays so: a compound does not depend on how long the others are
        self.embedding = nn.Embedding(CHARACTERS, EMBEDDING, padding_idx=FILL)
        self.filters = nn.ModuleList(nn.Conv1d(EMBEDDING, n_filters, width, padding="same") for width in KERNELS)
        self.dropout = nn.Dropout(settings.dropout)
        self.dense = nn.Linear(len(KERNELS) * n_filters, settings.hidden)

    def forward(self, codes: Tensor) -> Tensor:
        """Return the representations, shape (compounds, hidden)."""
        with torch.no_grad():
            embedded = self.embedding(codes).transpose(1, 2)
            is_fill = (codes == FILL)[:, None]
            places = [one(embedded).masked_fill(is_fill, -torch.inf).argmax(dim=2) for one in self.filters]
        largest = [self._responses(codes, *pair) for pair in zip(self.filters, places, strict=True)]
        dense = self.dense(self.dropout(torch.relu(torch.cat(largest, dim=1))))
        result: Tensor = self.dropout(torch.relu(dense))
        return result

    def _responses(self, codes: Tensor, filters: Any, place: Tensor) -> Tensor:
        """Responses of filters at one place each, shape (compounds, filters)."""
        width: int = filters.weight.shape[2]
        around = pad(codes, (width // 2, width // 2), value=FILL)
        at = (place[:, :, None] + torch.arange(width)).flatten(1)
        windows = self.embedding(around.gather(1, at).reshape(*place.shape, width))
        responses: Tensor = torch.einsum("bfwc,fcw->bf", windows, filters.weight) + filters.bias
        return responses


CNN = EncoderKind(Characters, CharacterFilters)

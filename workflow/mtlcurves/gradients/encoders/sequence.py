"""Encoder cnn: convolutions over the characters of SMILES, as in the second paper.

Characters are embedded, filters of three widths slide over them side by side, half as many of each as the encoder
has units, and the largest response of each filter anywhere in the compound is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

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
    """The encoder's module."""

    def __init__(self, settings: EncoderTraining) -> None:
        super().__init__()
        filters = max(1, settings.hidden // 2)
        self.embedding = nn.Embedding(CHARACTERS, EMBEDDING)
        self.filters = nn.ModuleList(nn.Conv1d(EMBEDDING, filters, width, padding=width // 2) for width in KERNELS)
        self.dropout = nn.Dropout(settings.dropout)
        self.dense = nn.Linear(len(KERNELS) * filters, settings.hidden)

    def forward(self, codes: Tensor) -> Tensor:
        """Return the representations, shape (compounds, hidden)."""
        is_character = (codes != FILL)[:, None]
        # embeddings of nothing are 0, so that a compound does not depend on how long the others are
        embedded = self.embedding(codes).transpose(1, 2) * is_character
        responses = [torch.relu(one(embedded)) * is_character for one in self.filters]
        # relu leaves nothing below 0, so what fills up is never the largest
        largest = torch.cat([response.amax(dim=2) for response in responses], dim=1)
        result: Tensor = self.dropout(torch.relu(self.dense(self.dropout(largest))))
        return result


CNN = EncoderKind(Characters, CharacterFilters)

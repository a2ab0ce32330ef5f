"""The keyed hash of :mod:`mtlcurves.grid.seeds` on the device.

torch has no arithmetic for unsigned 64-bit words. In int64 sums and products wrap to the same bits; only shifts
and comparisons see the sign, and they are mended here. Triton has both; its version draws inside the kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import triton
import triton.language as tl
from torch import Tensor

from mtlcurves.grid import seeds

GAMMA = tl.constexpr(int(seeds.GAMMA))
FIRST = tl.constexpr(int(seeds.MULTIPLIERS[0]))
SECOND = tl.constexpr(int(seeds.MULTIPLIERS[1]))
TO_UNIT = tl.constexpr(2.0**-24)

SIGN = -(1 << 63)


def _signed(word: Any) -> int:
    """Read an unsigned 64-bit word as a signed one."""
    return int(np.uint64(word).astype(np.int64))


def as_words(states: seeds.Words, device: torch.device) -> Tensor:
    """Put unsigned 64-bit words on the device, as int64 with the same bits."""
    return torch.from_numpy(states.view(np.int64)).to(device)


def absorb(state: Tensor, words: Tensor) -> Tensor:
    """Take one word into each state, as :func:`mtlcurves.grid.seeds.absorb` does.

    Parameters
    ----------
    state, words : Tensor of int64
        Bits of unsigned words; they broadcast.

    Returns
    -------
    Tensor of int64
        Bits of the new states.
    """
    mixed = (words + 1) * _signed(seeds.GAMMA) + state
    for shift, multiplier in zip((30, 27), seeds.MULTIPLIERS, strict=True):
        mixed = (mixed ^ _shifted(mixed, shift)) * _signed(multiplier)
    return mixed ^ _shifted(mixed, 31)


def _shifted(words: Tensor, shift: int) -> Tensor:
    """Shift right with zeros coming in."""
    return (words >> shift) & ((1 << (64 - shift)) - 1)


def sortable(words: Tensor) -> Tensor:
    """Turn the sign bit, so that signed order is the order of the unsigned words."""
    return words ^ SIGN


@triton.jit
def uniforms(state, unit):
    """Draw from [0, 1): states and units are uint64 and broadcast."""
    x = (unit + 1) * GAMMA + state
    x = (x ^ (x >> 30)) * FIRST
    x = (x ^ (x >> 27)) * SECOND
    x = x ^ (x >> 31)
    return (x >> 40).to(tl.float32) * TO_UNIT

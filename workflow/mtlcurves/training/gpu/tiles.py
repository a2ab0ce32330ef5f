"""How kernels cut their work into tiles: by the number of hidden units alone, so that company changes no bit."""

from __future__ import annotations

from typing import NamedTuple

LANE = 16  # rows of weights are padded to 64 bytes
WARP_UNITS = 128  # four for each of the 32 threads: 16 bytes a load
AT_ONCE = 16  # rows that a sum loads before it adds them
ROW_NUMBERS = 8192  # numbers that the program of a whole row loads at once


class Tiles(NamedTuple):
    """Sizes of tiles.

    Attributes
    ----------
    padded : int
        Units with padding.
    units, n_tiles : int
        Units of a tile, and tiles that cover the padded units.
    all_units : int
        Units of a tile that covers them all.
    chunk, row_chunk : int
        Rows that a sum loads at once, in tiles of `units` and of `all_units`.
    warps, row_warps : int
        Warps of 32 threads that work on these tiles.
    """

    padded: int
    units: int
    n_tiles: int
    all_units: int
    chunk: int
    row_chunk: int
    warps: int
    row_warps: int

    @classmethod
    def of(cls, hidden: int) -> Tiles:
        """Cut `hidden` units."""
        padded = -(-hidden // LANE) * LANE
        all_units = 1 << (padded - 1).bit_length()
        units = min(WARP_UNITS, all_units)
        return cls(
            padded=padded,
            units=units,
            n_tiles=-(-padded // units),
            all_units=all_units,
            chunk=AT_ONCE,
            row_chunk=max(1, min(AT_ONCE, ROW_NUMBERS // all_units)),
            warps=1,
            row_warps=min(16, max(1, all_units // WARP_UNITS)),
        )

"""How many networks a launch may hold: from the device's free memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from mtlcurves.training.gpu.tiles import Tiles
from mtlcurves.training.problem import Problem

# Bytes while an epoch is indexed, above all by the sorts, for each
ENTRY, LABEL, ROW, CELL = 160, 96, 128, 16
SPARE = 0.9  # of the free memory; the rest is for what the sums below leave out
MOST = 1024  # networks in a launch: more gain nothing, and outcomes are handed over launch by launch


def needed_bytes(problem: Problem, hidden: int, batch_ratio: float) -> int:
    """Bound the device memory of one network in training.

    Bits are counted as if every column of the training rows were a group of its own.
    """
    prints = problem.fingerprints
    n_rows, n_columns = len(problem.rows), prints.shape[1]
    width = 4 * Tiles.of(hidden).padded
    bits = int((prints.indptr[problem.rows + 1] - prints.indptr[problem.rows]).sum()) + n_rows
    n_groups = min(bits, n_columns) + 1
    weights = 3 * width * (n_groups + len(problem.tasks))
    rows = (width + ROW) * n_rows + 2 * width * max(1, round(batch_ratio * n_rows))
    labels = LABEL * (len(problem.labels.row) + len(problem.test_labels.row)) + ROW * len(problem.test_rows)
    cells = CELL * len(problem.tasks) * (round(1 / batch_ratio) + 1)
    return int(weights + rows + labels + cells + ENTRY * bits + 4 * n_columns)


def shared_bytes(problem: Problem) -> int:
    """Count what the networks of a launch share: fingerprints, and a few seeds' states of columns."""
    n_compounds, n_columns = problem.fingerprints.shape
    return int(4 * problem.fingerprints.nnz + 8 * n_compounds + 64 * n_columns)


def fitting(needed: Sequence[int], budget: int, most: int) -> int:
    """Count how many of the first networks fit into a launch: at least one, at most `most`.

    Parameters
    ----------
    needed : sequence of int
        Bytes of each.
    budget : int
        Bytes that all may take.
    most : int
        Networks that they may be.
    """
    within = sum(1 for total in accumulate(needed) if total <= budget)
    return max(1, min(within, most))

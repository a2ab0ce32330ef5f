"""How many networks a launch may hold: from the device's free memory."""

from __future__ import annotations

from mtlcurves.training.gpu.networks import Network
from mtlcurves.training.gpu.tiles import Tiles
from mtlcurves.training.problem import Problem

# Bytes for each while an epoch is indexed, above all by the sorts: estimates on the safe side
ENTRY, LABEL, ROW, CELL = 160, 96, 128, 16
SPARE = 0.9  # of the free memory; the rest is for what the sums below leave out
MOST = 1024  # networks in a launch: outcomes are handed over launch by launch


def needed_bytes(network: Network, hidden: int) -> int:
    """Bound the device memory of one network in training with `hidden` units."""
    problem, n_rows = network.problem, len(network.keys)
    n_labelled, n_tasks = len(network.labelled), len(problem.tasks)
    width = 4 * Tiles.of(hidden).padded
    weights = 3 * width * (len(network.sizes) + n_tasks)
    rows = width * (n_labelled + 2 * min(network.size, n_labelled)) + ROW * (n_rows + len(problem.test_rows))
    labels = LABEL * (len(problem.labels.row) + len(problem.test_labels.row))
    cells = CELL * n_tasks * (network.n_batches + 1)
    return weights + rows + labels + cells + ENTRY * len(network.groups) + 4 * len(network.of_column)


def shared_bytes(problem: Problem) -> int:
    """Count what the networks of a launch share: fingerprints, and a few seeds' states of columns."""
    n_compounds, n_columns = problem.fingerprints.shape
    return int(4 * problem.fingerprints.nnz + 8 * n_compounds + 64 * n_columns)

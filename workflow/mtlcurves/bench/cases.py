"""Simulated data of KIBA's shape, and the trainings that are timed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from mtlcurves.config import Epochs, Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.grid.allocations import Allocation
from mtlcurves.grid.seeds import absorb, state_of
from mtlcurves.training.problem import Problem, make_problem

N_COMPOUNDS, N_COLUMNS, N_TASKS, N_LABELS, N_FOLDS = 50_522, 32_000, 244, 222_249, 10
BITS = 69  # set in a fingerprint, on average
TIMED_TASKS = {"167 labels": 167, "1000 labels": 1_000}  # of which nine folds hold 150 and 900


@dataclass(frozen=True)
class Case:
    """A training that is timed.

    Attributes
    ----------
    name : str
        Its row in the table.
    folds : dict of str to int
        Folds per task.
    hidden : int
        Units.
    epochs : int
        Epochs of the full training, to which its time is extrapolated.
    rounds : int
        How often each engine is timed, in turn.
    """

    name: str
    folds: dict[str, int]
    hidden: int
    epochs: int
    rounds: int

    def problem(self, dataset: Dataset, epochs: int, rotation: int = 0) -> Problem:
        """Make the training, cut to some epochs."""
        n = len(self.folds)
        allocation = Allocation(self.folds, "stl" if n == 1 else "mtl", "all", None, max(self.folds.values()))
        return make_problem(dataset, allocation, rotation, 0, self.recipe(epochs), N_FOLDS)

    def recipe(self, epochs: int | None = None) -> Recipe:
        """Return the first paper's recipe with this case's width."""
        n = epochs or self.epochs
        return Recipe(hidden=self.hidden, epochs=Epochs(single=n, group=n, complete=n))


def timed_cases(dataset: Dataset) -> list[Case]:
    """List the trainings that are timed."""
    everything = dict.fromkeys(dataset.tasks, 9)
    small, usual = TIMED_TASKS
    return [
        Case("single, 150 labels", {small: 9}, 500, 40, 5),
        Case("single, 900 labels", {usual: 9}, 500, 40, 5),
        Case("complete", everything, 500, 300, 3),
        Case("complete, hidden 2000", everything, 2_000, 300, 1),
    ]


def simulated_dataset(seed: int = 0) -> Dataset:
    """Draw compounds whose columns are as unevenly popular as ECFP bits, and tasks of KIBA's uneven sizes.

    Column k is drawn with probability proportional to 1 / k: a batch of 1,011 rows then has about 14,000 columns,
    as KIBA's batches have.
    """
    rng = np.random.default_rng(seed)
    sizes = dict(TIMED_TASKS)
    share = rng.lognormal(sigma=1.3, size=N_TASKS - len(sizes))
    rest = N_LABELS - sum(sizes.values())
    sizes |= {f"task {i}": int(n) for i, n in enumerate(np.maximum(100, share / share.sum() * rest))}
    labels = {task: _labels(rng, n) for task, n in sizes.items()}
    names = np.arange(N_COMPOUNDS)
    return Dataset(
        smiles=names.astype(str).astype(object),
        keys=np.sort(absorb(state_of("bench"), names.astype(np.uint64))),
        folds={split: rng.integers(0, N_FOLDS, N_COMPOUNDS).astype(np.int8) for split in ("scaffold", "compound")},
        fingerprints=_fingerprints(rng),
        tasks=sorted(sizes),
        labels=labels,
        digests=dict.fromkeys(sizes, ""),
    )


def _labels(rng: np.random.Generator, n: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    compounds = np.sort(rng.choice(N_COMPOUNDS, n, replace=False)).astype(np.int32)
    return compounds, (rng.random(n) < 1 / 3).astype(np.int8)


def _fingerprints(rng: np.random.Generator) -> Any:
    cumulative = np.cumsum(1 / np.arange(1, N_COLUMNS + 1))
    column_of = rng.permutation(N_COLUMNS).astype(np.int32)
    drawn = np.searchsorted(cumulative, rng.random((N_COMPOUNDS, round(1.25 * BITS))) * cumulative[-1])
    row = np.repeat(np.arange(N_COMPOUNDS), drawn.shape[1])
    prints = scipy.sparse.csr_array(
        (np.ones(len(row), np.uint8), (row, column_of[drawn.ravel()])), shape=(N_COMPOUNDS, N_COLUMNS)
    )
    prints.sum_duplicates()
    prints.data[:] = 1
    prints.indices, prints.indptr = prints.indices.astype(np.int32), prints.indptr.astype(np.int32)
    return prints

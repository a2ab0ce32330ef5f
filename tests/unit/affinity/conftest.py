"""Small trainings with missing labels, tasks of one class and columns that are alike, stopped at some steps."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
import scipy.sparse
import torch
from mtlcurves.config import Epochs, Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.grid.allocations import multi_task
from mtlcurves.grid.seeds import text_key
from mtlcurves.training.columns import group_columns
from mtlcurves.training.moment import Moment
from mtlcurves.training.network import initial_hidden
from mtlcurves.training.problem import Problem, make_problem
from mtlcurves.training.reference import Reference

FOLDS = 4


def make_dataset(
    seed: int = 0, n: int = 90, n_columns: int = 150, n_tasks: int = 4, share: float = 0.3
) -> Dataset:
    """Random compounds and tasks; every third task has active labels alone, and labels are missing at random."""
    rng = np.random.default_rng(seed)
    dense = rng.random((n, n_columns)) < (1 / (1 + np.arange(n_columns)) ** 0.7)
    dense = np.hstack([dense, dense[:, ::3]])  # columns that are alike, besides those of a single row
    prints = scipy.sparse.csr_array(dense.astype(np.uint8))
    prints.indices, prints.indptr = prints.indices.astype(np.int32), prints.indptr.astype(np.int32)
    smiles = np.array([f"C{i:04d}" for i in range(n)], dtype=object)
    labels = {}
    for i in range(n_tasks):
        compounds = np.flatnonzero(rng.random(n) < share * (i + 1) / n_tasks).astype(np.int32)
        active = rng.random(len(compounds)) < 0.5
        labels[f"task-{i}"] = (compounds, (active | (i % 3 == 2)).astype(np.int8))
    return Dataset(
        smiles=smiles,
        keys=np.array([text_key(s) for s in smiles], dtype=np.uint64),
        folds={split: rng.integers(0, FOLDS, n).astype(np.int8) for split in ("scaffold", "compound")},
        fingerprints=prints,
        tasks=list(labels),
        labels=labels,
        digests=dict.fromkeys(labels, ""),
    )


@dataclass(frozen=True)
class Stopped:
    """A training before a step, and the same for a dense program: all original columns, in float64."""

    moment: Moment
    x: torch.Tensor
    initial: torch.Tensor
    of_column: np.ndarray

    def dense(self, of_groups: torch.Tensor) -> torch.Tensor:
        """Spread values of column groups (groups x hidden) over their columns; 0 in a column of no group."""
        spread = of_groups.double()[np.maximum(self.of_column, 0)]
        spread[self.of_column < 0] = 0
        return spread


def stop(problem: Problem, recipe: Recipe, steps: set[int]) -> list[Stopped]:
    """Train, and keep what there is before some steps."""
    labelled = np.unique(problem.labels.row)
    prints, keys = problem.fingerprints[problem.rows[labelled]], problem.keys[labelled]
    grouping, n_columns = group_columns(prints, keys), problem.fingerprints.shape[1]
    drawn = initial_hidden(problem.replicate, problem.rotation, np.arange(n_columns), n_columns, recipe.hidden)
    initial, kept = torch.from_numpy(drawn).double(), []

    def observe(moment: Moment) -> None:
        if moment.step in steps:
            x = torch.from_numpy(prints[moment.batch.rows].toarray()).double()
            # the sums of initial weights are rounded to float32 in a training; the dense program's are not
            copies = {name: getattr(moment, name).double() for name in ("changes", "bias", "head", "head_bias")}
            copies |= {name: tuple(m.clone() for m in getattr(moment, name)) for name in ("first", "second")}
            kept.append(Stopped(replace(moment, start=x @ initial, **copies), x, initial, grouping.of_column))

    list(Reference(observe).train([problem], recipe))
    return kept


def make_recipe(**settings: object) -> Recipe:
    given = {"hidden": 7, "learning_rate": 3e-3, "batch_ratio": 0.15, "epochs": Epochs(complete=4)}
    return Recipe(**given | settings)


def problem_of(dataset: Dataset, recipe: Recipe, rotation: int = 1) -> Problem:
    (allocation,) = multi_task("all", dataset.tasks, [3])
    return make_problem(dataset, allocation, rotation, 0, recipe, FOLDS)


@pytest.fixture
def dataset_of() -> Callable[..., Dataset]:
    return make_dataset


@pytest.fixture
def recipe_of() -> Callable[..., Recipe]:
    return make_recipe


@pytest.fixture(name="problem_of")
def problem_maker() -> Callable[..., Problem]:
    return problem_of


@pytest.fixture
def stopped() -> Callable[..., list[Stopped]]:
    """Stop a training: ``stopped(steps, recipe's keys, data's keys)``."""

    def at(steps: set[int], settings: dict[str, object] | None = None, **shape: object) -> list[Stopped]:
        recipe = make_recipe(**settings or {})
        return stop(problem_of(make_dataset(**shape), recipe), recipe, steps)

    return at

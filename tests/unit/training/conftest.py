"""Small prepared data sets and settings."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse
import torch
from mtlcurves.config import Epochs, Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.grid.seeds import text_key

FOLDS = 5

# pytest has a worker for each core: more threads would wait for one another, in some tests for minutes
torch.set_num_threads(1)


def make_dataset(
    n: int = 120, n_columns: int = 300, tasks: tuple[str, ...] = ("a", "b", "c"), seed: int = 0
) -> Dataset:
    """Random compounds with rare and frequent bits, and tasks that a linear rule over the bits decides."""
    rng = np.random.default_rng(seed)
    popularity = 1 / (1 + np.arange(n_columns)) ** 0.7
    dense = rng.random((n, n_columns)) < popularity[rng.permutation(n_columns)]
    prints = scipy.sparse.csr_array(dense.astype(np.uint8))
    prints.indices, prints.indptr = prints.indices.astype(np.int32), prints.indptr.astype(np.int32)
    smiles = np.array([f"C{i:04d}" for i in range(n)], dtype=object)
    labels = {}
    shared = rng.normal(size=n_columns)
    for task in tasks:
        compounds = np.sort(rng.choice(n, size=n // 2, replace=False)).astype(np.int32)
        effect = dense[compounds] @ (shared + rng.normal(size=n_columns))
        labels[task] = (compounds, (effect > np.median(effect)).astype(np.int8))
    return Dataset(
        smiles=smiles,
        keys=np.array([text_key(s) for s in smiles], dtype=np.uint64),
        folds={split: rng.integers(0, FOLDS, n).astype(np.int8) for split in ("scaffold", "compound")},
        fingerprints=prints,
        tasks=list(tasks),
        labels=labels,
        digests=dict.fromkeys(tasks, ""),
    )


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture
def dataset_of() -> Callable[..., Dataset]:
    return make_dataset


@pytest.fixture
def recipe() -> Recipe:
    return Recipe(
        hidden=12,
        learning_rate=3e-3,
        batch_ratio=0.1,
        epochs=Epochs(single=4, group=4, complete=5),
        score_epochs=[1, 2],
    )

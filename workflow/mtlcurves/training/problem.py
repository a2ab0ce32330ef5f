"""What one training is given: its rows, its labels, and the labels it is tested on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mtlcurves.config import Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.grid.allocations import Allocation
from mtlcurves.grid.seeds import label_order
from mtlcurves.training.epochs import epochs_of, scored_epochs


@dataclass(frozen=True)
class Labels:
    """Labels of some rows, ordered by row and then by task.

    Attributes
    ----------
    row : ndarray of int32, shape (k,)
        Position of the label's compound among the rows.
    task : ndarray of int32, shape (k,)
        Position of its task among the training's tasks.
    active : ndarray of int8, shape (k,)
        1 active, 0 inactive.
    """

    row: npt.NDArray[np.int32]
    task: npt.NDArray[np.int32]
    active: npt.NDArray[np.int8]

    def per_task(self, n_tasks: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Count the labels, and the active ones, of each task."""
        return (
            np.bincount(self.task, minlength=n_tasks),
            np.bincount(self.task[self.active == 1], minlength=n_tasks),
        )


@dataclass(frozen=True)
class Problem:
    """One training, ready for a backend.

    Attributes
    ----------
    tasks : tuple of str
        Tasks trained and tested, sorted by name, so that a task's place in any list changes nothing.
    rotation, replicate : int
        Seed the initial weights and the order of rows.
    epochs : int
        Passes over the rows.
    scored : tuple of int
        Epochs after which the test labels are predicted, ascending; the last is `epochs`.
    fingerprints : scipy.sparse.csr_array, shape (compounds, columns)
        Those of the whole data set, shared by all problems.
    rows : ndarray of int32, shape (n,)
        Compounds trained on, sorted by key. Some may have no label: they count in n, in the size of batches
        and in the loss's divisor.
    keys : ndarray of uint64, shape (n,)
        Their keys, ascending.
    labels : Labels
        Training labels.
    test_rows : ndarray of int32
        Compounds with a test label, sorted by key.
    test_labels : Labels
        Test labels.
    """

    tasks: tuple[str, ...]
    rotation: int
    replicate: int
    epochs: int
    scored: tuple[int, ...]
    fingerprints: Any
    rows: npt.NDArray[np.int32]
    keys: npt.NDArray[np.uint64]
    labels: Labels
    test_rows: npt.NDArray[np.int32]
    test_labels: Labels

    def digest(self) -> str:
        """Digest the content: whatever reaches the training's result, and nothing else (32 hexadecimal digits)."""
        n_columns = self.fingerprints.shape[1]
        scalars = (self.tasks, self.rotation, self.replicate, self.epochs, self.scored, n_columns)
        hashed = hashlib.blake2b(repr(scalars).encode(), digest_size=16)
        arrays: list[npt.NDArray[Any]] = [self.keys]
        for rows, labels in ((self.rows, self.labels), (self.test_rows, self.test_labels)):
            prints = self.fingerprints[rows]
            arrays += [prints.indptr.astype(np.int64), prints.indices.astype(np.int32)]
            arrays += [labels.row, labels.task, labels.active]
        for array in arrays:
            hashed.update(f"{array.dtype} {array.size} ".encode())
            hashed.update(array.tobytes())
        return hashed.hexdigest()


def make_problem(
    dataset: Dataset, allocation: Allocation, rotation: int, replicate: int, recipe: Recipe, fold_count: int
) -> Problem:
    """Gather the rows and labels of one training.

    Rotation r puts fold (r + i) modulo the number of folds in place i. A task with f folds is trained on the
    places 0 to f - 1 and tested on the last place, or, with ``test_on: complement``, on every place from f on.

    Parameters
    ----------
    dataset : Dataset
        Prepared data of the study.
    allocation : Allocation
        Folds per task.
    rotation, replicate : int
        Of the training.
    recipe : Recipe
        Its split, test_on, rows, epochs and score_epochs decide here.
    fold_count : int
        Folds of the study.

    Returns
    -------
    Problem
        Rows are the compounds with a label of the training, or with ``rows: folds`` all compounds of its folds.
        Of a task that the allocation shuffles, the labels in folds beyond its size have each other's classes.
    """
    place = (dataset.folds[recipe.split].astype(np.int64) - rotation) % fold_count
    tasks = tuple(sorted(task for task, folds in allocation.folds.items() if folds > 0))
    wanted, tested = [], []
    for task in tasks:
        compounds, _ = dataset.labels[task]
        at, folds = place[compounds], allocation.folds[task]
        wanted.append(at < folds)
        tested.append(at >= folds if recipe.test_on == "complement" else at == fold_count - 1)
    most = max(allocation.folds.values())
    rows = np.flatnonzero(place < most) if recipe.rows == "folds" else _labelled(dataset, tasks, wanted)
    test_rows = _by_key(dataset, _labelled(dataset, tasks, tested))
    rows = _by_key(dataset, rows)
    epochs = epochs_of(len(tasks), len(dataset.tasks), recipe.epochs)
    return Problem(
        tasks=tasks,
        rotation=rotation,
        replicate=replicate,
        epochs=epochs,
        scored=scored_epochs(epochs, recipe.score_epochs),
        fingerprints=dataset.fingerprints,
        rows=rows,
        keys=dataset.keys[rows],
        labels=_labels(_as_trained(dataset, allocation, place, rotation, replicate), tasks, wanted, rows),
        test_rows=test_rows,
        test_labels=_labels(dataset, tasks, tested, test_rows),
    )


def _as_trained(
    dataset: Dataset, allocation: Allocation, place: npt.NDArray[np.int64], rotation: int, replicate: int
) -> Dataset:
    """Shuffle the classes that the allocation says, among the labels in the folds beyond its size."""
    task = allocation.shuffled
    if task is None:
        return dataset
    compounds, classes = dataset.labels[task]
    at = place[compounds]
    added = np.flatnonzero((at >= allocation.size) & (at < allocation.folds[task]))
    # by key, so that a compound's place in the data set changes nothing
    added = added[np.argsort(dataset.keys[compounds[added]], kind="stable")]
    dealt = classes.copy()
    dealt[added] = classes[added[label_order(replicate, rotation, task, dataset.keys[compounds[added]])]]
    return replace(dataset, labels=dataset.labels | {task: (compounds, dealt)})


def _labelled(dataset: Dataset, tasks: tuple[str, ...], chosen: list[npt.NDArray[np.bool_]]) -> npt.NDArray[Any]:
    """List the compounds with a chosen label of any task, each once."""
    present = np.zeros(len(dataset.keys), dtype=bool)
    for task, mask in zip(tasks, chosen, strict=True):
        present[dataset.labels[task][0][mask]] = True
    return np.flatnonzero(present)


def _by_key(dataset: Dataset, compounds: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Sort compounds by key, so that their place in the data set changes nothing."""
    return compounds[np.argsort(dataset.keys[compounds], kind="stable")].astype(np.int32)


def _labels(
    dataset: Dataset,
    tasks: tuple[str, ...],
    chosen: list[npt.NDArray[np.bool_]],
    rows: npt.NDArray[np.int32],
) -> Labels:
    """Gather the chosen labels of all tasks, their compounds as positions in `rows`."""
    position = np.full(len(dataset.keys), -1, dtype=np.int32)
    position[rows] = np.arange(len(rows), dtype=np.int32)
    picked = [
        (position[dataset.labels[task][0][mask]], np.full(mask.sum(), i, np.int32), dataset.labels[task][1][mask])
        for i, (task, mask) in enumerate(zip(tasks, chosen, strict=True))
    ]
    row, task, active = (np.concatenate(column) for column in zip(*picked, strict=True))
    order = np.lexsort((task, row))
    return Labels(row[order], task[order], active[order])

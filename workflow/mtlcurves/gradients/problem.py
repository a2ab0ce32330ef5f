"""What one training is given: the compounds of its folds, and their labels as a table of tasks by compounds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.data.views import view_labels
from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import Gradients
from mtlcurves.gradients.encoders.interface import Rows
from mtlcurves.gradients.network import Kind
from mtlcurves.grid.seeds import Words
from mtlcurves.tables import read_table

Labels = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Problem:
    """One training.

    Attributes
    ----------
    tasks : tuple of str
        Tasks trained, in the study's order.
    kind : str
        Whether labels are classes (``class``) or values (``value``).
    labels : ndarray of float32, shape (tasks, compounds)
        Of all compounds of the study: classes 0 and 1, or values standardised by each task's training labels; NaN
        where there is none.
    keys : ndarray of uint64, shape (compounds,)
        Hash of each compound, which orders it in an epoch.
    train, validation, test : ndarray of int
        Compounds with a label in the folds trained on, in the last fold but one, and in the last, sorted by key.
    rotation, seed : int
        Of the training.
    """

    tasks: tuple[str, ...]
    kind: Kind
    labels: Labels
    keys: Words
    train: Rows
    validation: Rows
    test: Rows
    rotation: int
    seed: int

    def of(self, tasks: Sequence[str]) -> Problem:
        """Return the training of some of its tasks alone."""
        chosen = [self.tasks.index(task) for task in tasks]
        labels = self.labels[chosen]
        has_label = np.any(~np.isnan(labels), axis=0)
        train, validation, test = (own[has_label[own]] for own in (self.train, self.validation, self.test))
        return replace(self, tasks=tuple(tasks), labels=labels, train=train, validation=validation, test=test)

    def digest(self) -> str:
        """Digest the content: whatever reaches the training's result, and nothing else (32 hexadecimal digits).

        Compounds stand for themselves by their keys, which are hashes of their SMILES.
        """
        hashed = hashlib.blake2b(repr((self.tasks, self.kind, self.rotation, self.seed)).encode(), digest_size=16)
        for rows in (self.train, self.validation, self.test):
            hashed.update(f"{len(rows)} ".encode())
            hashed.update(self.keys[rows].tobytes())
            hashed.update(self.labels[:, rows].tobytes())
        return hashed.hexdigest()


@dataclass(frozen=True)
class LabelledCompounds:
    """Compounds and labels of a study, as gradient trainings read them.

    Attributes
    ----------
    compounds, labels : pandas.DataFrame
        Schemas ``compounds`` and ``labels``.
    tasks : sequence of str
        Tasks of the study.
    fold_count : int
        Folds of the study.
    """

    compounds: pd.DataFrame
    labels: pd.DataFrame
    tasks: Sequence[str]
    fold_count: int

    def problem(self, gradients: Gradients, kind: Kind, view: str, rotation: int, seed: int) -> Problem:
        """Gather what a training of all tasks is given.

        Rotation r puts fold (r + i) modulo the number of folds in place i. The last place is tested on, the one
        before it is for validation, and the others are trained on.

        Parameters
        ----------
        gradients : Gradients
            The study's section: its split, and the settings of its sweeps.
        kind : str
            ``class`` or ``value``.
        view : str
            Which labels exist.
        rotation, seed : int
            Of the training.

        Raises
        ------
        mtlcurves.errors.DataError
            When the view cannot be drawn, or leaves no label to train on.
        """
        labels = view_labels(self.labels, self.compounds, view, seed, gradients)
        table = self._table(labels, kind)
        keys = self.compounds["key"].to_numpy(dtype=np.uint64)
        fold = self.compounds[f"fold_{gradients.split}"].to_numpy(dtype=np.int64)
        place = (fold - rotation) % self.fold_count
        by_key = np.argsort(keys, kind="stable")
        by_key = by_key[~np.isnan(table[:, by_key]).all(axis=0)]
        at = place[by_key]
        last = self.fold_count - 1
        train, validation, test = (by_key[mask] for mask in (at < last - 1, at == last - 1, at == last))
        if not len(train):
            raise DataError(f"view {view}: no label in the folds that rotation {rotation} trains on")
        if kind == "value":
            table = _standardised(table, train)
        found = table.astype(np.float32)
        return Problem(tuple(self.tasks), kind, found, keys, train, validation, test, rotation, seed)

    def _table(self, labels: pd.DataFrame, kind: Kind) -> npt.NDArray[np.float64]:
        row = pd.Index(self.tasks).get_indexer(pd.Index(labels["task"]))
        column = pd.Index(self.compounds["smiles"]).get_indexer(pd.Index(labels["smiles"]))
        table = np.full((len(self.tasks), len(self.compounds)), np.nan)
        values = labels["label" if kind == "class" else "value"].to_numpy(dtype=np.float64)
        known = row >= 0
        table[row[known], column[known]] = values[known]
        return table


def load_labelled(folder: Path | str, tasks: Sequence[str], fold_count: int) -> LabelledCompounds:
    """Load what gradient trainings read of a study's data set, ``results/<study>/dataset``."""
    compounds, labels = (read_table(Path(folder) / f"{name}.parquet") for name in ("compounds", "labels"))
    return LabelledCompounds(compounds, labels, tasks, fold_count)


def _standardised(table: npt.NDArray[np.float64], train: Rows) -> npt.NDArray[np.float64]:
    """Subtract each task's mean over its training labels, and divide by their standard deviation unless 0."""
    of_training = table[:, train]
    known = ~np.isnan(of_training)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    mean = np.where(known, of_training, 0).sum(axis=1, keepdims=True) / count
    spread = np.sqrt(np.where(known, (of_training - mean) ** 2, 0).sum(axis=1, keepdims=True) / count)
    return np.asarray((table - mean) / np.where(spread > 0, spread, 1))

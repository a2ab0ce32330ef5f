"""The prepared data set of a study, as trainings load it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.data.fingerprintfile import load_fingerprints
from mtlcurves.errors import DataError
from mtlcurves.tables import read_table


@dataclass(frozen=True)
class Dataset:
    """Compounds, folds, fingerprints and labels of a study; n compounds, sorted by SMILES.

    Attributes
    ----------
    smiles : ndarray of str, shape (n,)
        Canonical SMILES (object array).
    keys : ndarray of uint64, shape (n,)
        Hash of each SMILES; seeds everything random about the compound.
    folds : dict of str to ndarray of int8, shape (n,)
        ``scaffold`` and ``compound``: the fold of each compound under either split.
    fingerprints : scipy.sparse.csr_array, shape (n, columns)
        Binary (uint8), column indices int32 and sorted within each row.
    tasks : list of str
        Tasks in the study's order.
    labels : dict of str to (ndarray of int32, ndarray of int8)
        For each task the compounds' row numbers, ascending, and their labels (1 active, 0 inactive).
    digests : dict of str to str
        Digest of each task's labels: compounds, folds, classes.
    """

    smiles: npt.NDArray[np.object_]
    keys: npt.NDArray[np.uint64]
    folds: dict[str, npt.NDArray[np.int8]]
    fingerprints: Any
    tasks: list[str]
    labels: dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]]
    digests: dict[str, str]


def load_dataset(folder: Path | str) -> Dataset:
    """Load the data set of a study.

    Parameters
    ----------
    folder : Path or str
        ``results/<study>/dataset`` with compounds.parquet, tasks.parquet, labels.parquet and fingerprints.arrow.

    Raises
    ------
    mtlcurves.errors.DataError
        When the files do not belong together.
    """
    folder = Path(folder)
    compounds = read_table(folder / "compounds.parquet")
    tasks = read_table(folder / "tasks.parquet")
    fingerprints = load_fingerprints(folder / "fingerprints.arrow")
    if fingerprints.shape[0] != len(compounds):
        raise DataError(
            f"{folder / 'fingerprints.arrow'}: {fingerprints.shape[0]} rows for the {len(compounds)} compounds of "
            "compounds.parquet; make both again"
        )
    labels = pd.read_parquet(folder / "labels.parquet", columns=["smiles", "task", "label"])
    names = [str(task) for task in tasks["task"]]
    return Dataset(
        smiles=compounds["smiles"].to_numpy(dtype=object),
        keys=compounds["key"].to_numpy(dtype=np.uint64),
        folds={split: compounds[f"fold_{split}"].to_numpy(dtype=np.int8) for split in ("scaffold", "compound")},
        fingerprints=fingerprints,
        tasks=names,
        labels=labels_by_task(labels, compounds["smiles"], names),
        digests=dict(zip(names, map(str, tasks["digest"]), strict=True)),
    )


def labels_by_task(
    labels: pd.DataFrame, smiles: pd.Series[str], tasks: list[str], column: Literal["label", "value"] = "label"
) -> dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[Any]]]:
    """Group labels by task, compounds as row numbers.

    Parameters
    ----------
    labels : pandas.DataFrame
        Columns smiles, task and `column` (schema ``labels``).
    smiles : pandas.Series
        Canonical SMILES of all compounds; its order gives the row numbers.
    tasks : list of str
        Tasks wanted, in this order.
    column : str
        ``label``, or ``value`` where there are no classes.

    Returns
    -------
    dict of str to (ndarray of int32, ndarray of int8 or float64)
        Row numbers, ascending, and labels of each task.

    Raises
    ------
    mtlcurves.errors.DataError
        When a label's compound is not among the compounds.
    """
    compound = pd.Index(smiles).get_indexer(pd.Index(labels["smiles"]))
    if (compound < 0).any():
        stranger = labels["smiles"].to_numpy()[np.argmin(compound)]
        raise DataError(f"labels.parquet: compound {stranger!r} is not in compounds.parquet; make both again")
    task = pd.Index(tasks).get_indexer(pd.Index(labels["task"]))
    order = np.lexsort((compound, task))
    order = order[np.searchsorted(task[order], 0) :]
    ends = np.searchsorted(task[order], np.arange(len(tasks) + 1))
    kind = np.int8 if column == "label" else np.float64
    rows, found = compound[order].astype(np.int32), labels[column].to_numpy(dtype=kind)[order]
    return {name: (rows[a:b], found[a:b]) for name, a, b in zip(tasks, ends[:-1], ends[1:], strict=True)}

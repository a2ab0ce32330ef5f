"""Folds: a keyed hash draws one for each scaffold and for each compound; the tables of compounds and tasks."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.config import Folds
from mtlcurves.data.dataset import labels_by_task
from mtlcurves.data.labels import has_classes
from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS
from mtlcurves.task_info import TaskInfo

log = logging.getLogger(__name__)

SPLITS = ("scaffold", "compound")


def compound_keys(smiles: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Hash each compound's SMILES to 64 bits."""
    return np.array([_hash64(text) for text in smiles], dtype=np.uint64)


def draw_fold(name: str, split: str, settings: Folds) -> int:
    """Draw the fold of one scaffold or compound, uniform over the folds.

    The draw depends on the name, the split, the seed and the number of folds alone, so that it stays when
    compounds are added or taken away.

    Parameters
    ----------
    name : str
        SMILES of the scaffold or compound.
    split : str
        ``scaffold`` or ``compound``.
    settings : mtlcurves.config.Folds
        Number of folds and seed.
    """
    return _hash64(f"{split}\0{settings.seed}\0{name}") * settings.count >> 64


def _hash64(text: str) -> int:
    """First 8 bytes of a text's BLAKE2b digest, little-endian: uniform over the 64-bit numbers."""
    return int.from_bytes(hashlib.blake2b(text.encode()).digest()[:8], "little")


def assign_folds(scaffolds: pd.DataFrame, labels: pd.DataFrame, settings: Folds) -> pd.DataFrame:
    """Table of the compounds that have a label, each in one fold by scaffold and one by compound.

    Parameters
    ----------
    scaffolds : pandas.DataFrame
        Schema ``scaffolds``.
    labels : pandas.DataFrame
        Schema ``labels``.
    settings : mtlcurves.config.Folds
        Number of folds and seed.

    Returns
    -------
    pandas.DataFrame
        Schema ``compounds``, sorted by SMILES.
    """
    n_labels = labels["smiles"].value_counts()
    compounds = scaffolds[scaffolds["smiles"].isin(n_labels.index)].sort_values("smiles", ignore_index=True)
    by_scaffold = {name: draw_fold(name, "scaffold", settings) for name in compounds["scaffold"].unique()}
    compounds = compounds.assign(
        key=compound_keys(compounds["smiles"]),
        fold_scaffold=compounds["scaffold"].map(by_scaffold).astype("int8"),
        fold_compound=np.array([draw_fold(c, "compound", settings) for c in compounds["smiles"]], dtype=np.int8),
        n_labels=compounds["smiles"].map(n_labels),
    )
    for split in SPLITS:
        log.info("compounds per fold by %s: %s", split, fold_sizes(compounds, split, settings.count))
    return compounds[list(SCHEMAS["compounds"].columns)]


def fold_sizes(compounds: pd.DataFrame, split: str, count: int) -> list[int]:
    """Compounds in each fold under one split."""
    return [int(n) for n in np.bincount(compounds[f"fold_{split}"], minlength=count)]


def check_folds(compounds: pd.DataFrame, splits: Iterable[str], settings: Folds) -> None:
    """Refuse folds without compounds, under the splits that are used.

    Raises
    ------
    mtlcurves.errors.DataError
        Naming the empty folds, what there was to divide, and what to do.
    """
    problems = []
    for split in splits:
        sizes = fold_sizes(compounds, split, settings.count)
        empty = [str(fold) for fold, n in enumerate(sizes) if n == 0]
        if not empty:
            continue
        groups = compounds["scaffold" if split == "scaffold" else "smiles"].unique()
        seed = _seed_that_fills(groups, split, settings)
        ways = [f"folds.seed: {seed}, which fills all"] if seed is not None else []
        ways += ["fewer folds (folds.count)"]
        ways += ["recipes with split: compound"] if split == "scaffold" else []
        problems.append(
            f"folds by {split}: of the folds 0 .. {settings.count - 1}, {', '.join(empty)} got none of the "
            f"{len(compounds)} compounds, which have {len(groups)} {split}s; use {', or '.join(ways)}"
        )
    if problems:
        raise DataError("\n".join(problems))


def _seed_that_fills(groups: Iterable[str], split: str, settings: Folds) -> int | None:
    """First seed of a few whose draw leaves no fold empty."""
    for seed in range(100):
        other = settings.model_copy(update={"seed": seed})
        if len({draw_fold(name, split, other) for name in groups}) == settings.count:
            return seed
    return None


def task_table(compounds: pd.DataFrame, labels: pd.DataFrame, tasks: Sequence[TaskInfo]) -> pd.DataFrame:
    """Table of the study's tasks, with a digest of each task's labels.

    Two tasks' digests are equal when their labelled compounds, the folds of these under both splits, and the
    classes are, or the values where there are no classes; trainings are recognised by them.

    Parameters
    ----------
    compounds, labels : pandas.DataFrame
        Schemas ``compounds`` and ``labels``.
    tasks : sequence of mtlcurves.task_info.TaskInfo
        The study's tasks, in its order.

    Returns
    -------
    pandas.DataFrame
        Schema ``tasks``.
    """
    classes = has_classes(labels)
    names = [info.task for info in tasks]
    by_task = labels_by_task(labels, compounds["smiles"], names, "label" if classes else "value")
    columns = compounds[["key", "fold_scaffold", "fold_compound"]].to_records(index=False)
    rows = []
    for info in tasks:
        index, found = by_task[info.task]
        rows.append(
            {
                "task": info.task,
                "name": info.name,
                "family": info.family,
                "n": len(found),
                "n_active": int(found.sum()) if classes else None,
                "prevalence": found.mean() if classes and len(found) else np.nan,
                "digest": _digest(
                    columns["key"][index],
                    columns["fold_scaffold"][index],
                    columns["fold_compound"][index],
                    found,
                ),
            }
        )
    return pd.DataFrame(rows, columns=list(SCHEMAS["tasks"].columns))


def _digest(keys: npt.NDArray[np.uint64], *columns: npt.NDArray[Any]) -> str:
    """Digest labelled compounds, whatever their order: keys, folds and classes or values."""
    order = np.argsort(keys)
    digest = hashlib.blake2b(keys[order].astype("<u8").tobytes(), digest_size=16)
    for column in columns:
        digest.update(column[order].astype("<f8" if column.dtype.kind == "f" else "i1").tobytes())
    return digest.hexdigest()

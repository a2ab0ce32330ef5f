"""Whether tasks share enough compounds for any correlation of their labels, asked before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mtlcurves.errors import DataError
from mtlcurves.gradient_runs import folds_of_rows
from mtlcurves.gradient_sections import Gradients
from mtlcurves.similarity.overlap import shared_compounds

REMEDY = "`make overlap` (snakemake overlap) says what each pair shares, and what to measure"


class MostShared(NamedTuple):
    """The pair of tasks that shares the most compounds of some rows, in the rotation where it shares the most."""

    n: int
    task_a: str
    task_b: str


def check_shared(
    labels: pd.DataFrame, compounds: pd.DataFrame, tasks: Sequence[str], gradients: Gradients, fold_count: int
) -> dict[str, MostShared]:
    """Refuse data in which no two tasks share the compounds that a correlation of their labels needs.

    Parameters
    ----------
    labels : pandas.DataFrame
        Columns smiles and task, each pair once.
    compounds : pandas.DataFrame
        Schema ``compounds``, or its columns smiles and those of folds.
    tasks : sequence of str
        The study's tasks, two at least.
    gradients : mtlcurves.gradient_sections.Gradients
        The study's section: its split, rotations, rows and the smallest number of shared compounds.
    fold_count : int
        Folds of the study.

    Returns
    -------
    dict of str to MostShared
        For each choice of rows (all, train, heldout) what is shared at most.

    Raises
    ------
    mtlcurves.errors.DataError
        When this is less than ``gradients.min_shared`` for the rows that the study shows.
    """
    fold = labels["smiles"].map(compounds.set_index("smiles")[f"fold_{gradients.split}"])
    most: dict[str, MostShared] = {}
    for rotation in range(gradients.rotations):
        for rows, folds in folds_of_rows(rotation, fold_count).items():
            found = _most_shared(labels[fold.isin(folds)], tasks)
            most[rows] = max(most.get(rows, found), found, key=lambda pair: pair.n)
    n, task_a, task_b = most[gradients.rows]
    if n >= gradients.min_shared:
        return most
    if not most["all"].n:
        raise DataError(f"gradients: no compound has labels of two tasks, so none can be compared; {REMEDY}")
    more = [f"{most[rows].n} with gradients.rows: {rows}" for rows in ("train", "all") if most[rows].n > n]
    where = "" if gradients.rows == "all" else f" of the rows {gradients.rows} (gradients.rows)"
    raise DataError(
        f"gradients.min_shared: found {gradients.min_shared}; no two tasks share so many compounds{where}, the "
        f"most are {n}, of {task_a} and {task_b}; allowed: up to {', '.join([str(n)] * (n > 0) + more)}; {REMEDY}"
    )


def _most_shared(labels: pd.DataFrame, tasks: Sequence[str]) -> MostShared:
    shared, _ = shared_compounds(labels, tasks)
    a, b = np.triu_indices(len(tasks), k=1)
    best = int(shared[a, b].argmax())
    return MostShared(int(shared[a, b][best]), tasks[a[best]], tasks[b[best]])

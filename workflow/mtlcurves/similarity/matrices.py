"""Pairs of tasks in a table, as matrices over the tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.gradient_runs import FULL

Floats = npt.NDArray[np.float64]

PAIR = ["task_a", "task_b"]
SERIES = ["encoder", "window", "part"]
RAW, CORRECTED = "raw", "corrected"
VERSIONS = {RAW: "similarity", CORRECTED: "corrected"}
"""Versions of a similarity, with their columns in table ``gradient_similarity``."""
CROSS = "cross"
"""Part of gradients of different compounds, which overlap takes nothing from: it has no corrected version."""


def tasks_of(pairs: pd.DataFrame) -> list[str]:
    """List the tasks of unordered pairs, in the order in which the pairs name them."""
    return list(dict.fromkeys([*pairs["task_a"], *pairs["task_b"]]))


def symmetric(pairs: pd.DataFrame, column: str, tasks: Sequence[str]) -> Floats:
    """Lay out one number of every unordered pair; shape (K, K), NaN on the diagonal and where it is unknown."""
    matrix = ordered(pairs, column, tasks, "task_a", "task_b")
    return np.where(np.isnan(matrix), matrix.T, matrix)


def ordered(pairs: pd.DataFrame, column: str, tasks: Sequence[str], source: str, onto: str) -> Floats:
    """Lay out one number of every ordered pair, [source, onto]; shape (K, K), NaN where it is unknown.

    Parameters
    ----------
    pairs : pandas.DataFrame
        One row for a pair; those of other tasks are left out.
    column : str
        The number.
    tasks : sequence of str
        Tasks of the rows and columns.
    source, onto : str
        Columns with the tasks of the row and of the column.
    """
    index = pd.Index(list(tasks))
    row, place = index.get_indexer(pd.Index(pairs[source])), index.get_indexer(pd.Index(pairs[onto]))
    known = (row >= 0) & (place >= 0) & (row != place)
    matrix = np.full((len(index), len(index)), np.nan)
    matrix[row[known], place[known]] = pairs[column].to_numpy(float, na_value=np.nan)[known]
    return matrix


def similarities(table: pd.DataFrame, tasks: Sequence[str]) -> Iterator[tuple[dict[str, str], Floats]]:
    """Lay out every similarity of trainings with all labels: encoder, window, part; as it is and corrected.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``gradient_similarity``.
    tasks : sequence of str
        Tasks of the rows and columns.

    Yields
    ------
    keys : dict of str to str
        Encoder, window, part and version (:data:`VERSIONS`).
    matrix : ndarray, shape (K, K)
        Similarities; NaN where unknown.
    """
    full = table[table["view"] == FULL]
    for (encoder, window, part), own in full.groupby(SERIES, sort=False, observed=True):
        keys = {"encoder": str(encoder), "window": str(window), "part": str(part)}
        for version, column in VERSIONS.items():
            if (part, version) == (CROSS, CORRECTED):
                continue
            yield keys | {"version": version}, symmetric(own, column, tasks)


def status_of(table: pd.DataFrame, keys: Mapping[str, object]) -> pd.Series:
    """Return what is said of the pairs of one similarity of :func:`similarities`, column ``status``."""
    kept = table["view"] == FULL
    for name in SERIES:
        kept &= table[name] == keys[name]
    return pd.Series(table.loc[kept, "status"])

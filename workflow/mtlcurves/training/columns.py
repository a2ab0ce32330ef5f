"""Fewer columns to train, exactly: those that stand in the same training rows move alike.

The gradient of a column's weights is the sum of the hidden layer's gradients over the rows that have its bit. So
columns with the same rows have the same gradient at every step, hence the same Adam state, and their weights stay
as far from where they started. One row of changes D per group of such columns is all there is to train:

    x W = x W0 + counts(x) D,

where W0 are the initial weights and counts(x) says how many columns of each group x has. x W0 never changes. A
column in no training row has gradient 0 and keeps W0; it belongs to no group. About a thousand training rows leave
a third to a half as many groups as they have columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mtlcurves.grid.seeds import absorb, state_of

Index = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Rows:
    """Rows as sums over column groups.

    Attributes
    ----------
    groups : ndarray of int32
        Column groups of row i: entries starts[i] to starts[i + 1].
    starts : ndarray of int32, shape (n + 1,)
        Where each row starts.
    """

    groups: Index
    starts: Index


@dataclass(frozen=True)
class Grouping:
    """Fingerprint columns, grouped by the training rows they stand in.

    Attributes
    ----------
    of_column : ndarray of int32, shape (columns,)
        Group of each column, -1 for a column in no row. Groups are numbered by their first column.
    first : ndarray of bool, shape (columns,)
        Whether a column is the first of its group.
    sizes : ndarray of float32, shape (groups,)
        Columns in each group.
    """

    of_column: Index
    first: npt.NDArray[np.bool_]
    sizes: npt.NDArray[np.float32]

    def training_rows(self, prints: Any) -> Rows:
        """Write the rows that were grouped, each group once: such a row has all of its columns or none."""
        return self._rows(prints, self.first[prints.indices])

    def any_rows(self, prints: Any) -> Rows:
        """Write any rows as groups, one entry per column; columns of no group are left out."""
        return self._rows(prints, self.of_column[prints.indices] >= 0)

    def _rows(self, prints: Any, taken: npt.NDArray[np.bool_]) -> Rows:
        ends = np.concatenate(([0], np.cumsum(taken, dtype=np.int32)))
        return Rows(self.of_column[prints.indices[taken]], ends[prints.indptr].astype(np.int32))


def occurring(n_columns: int, *prints: Any) -> npt.NDArray[np.intp]:
    """List the columns that occur in any of some fingerprints, ascending."""
    present = np.zeros(n_columns, dtype=bool)
    for some in prints:
        present[some.indices] = True
    return np.flatnonzero(present)


def group_columns(prints: Any, keys: npt.NDArray[np.uint64]) -> Grouping:
    """Group the columns of training rows.

    Parameters
    ----------
    prints : scipy.sparse.csr_array, shape (n, columns)
        Binary fingerprints of the training rows, columns ascending within a row.
    keys : ndarray of uint64, shape (n,)
        Keys of the rows' compounds.
    """
    # A column's signature is the sum, modulo 2^64, of one hash per row. Different sets of rows share a signature
    # with probability 2^-64 per pair: 3e-11 for the half billion pairs of 32,000 columns.
    signatures = prints.T.astype(np.uint64) @ absorb(state_of("row"), keys)
    columns = occurring(prints.shape[1], prints)
    _, at, group, sizes = np.unique(
        signatures[columns], return_index=True, return_inverse=True, return_counts=True
    )
    by_first = np.argsort(at)
    number = np.empty_like(by_first)
    number[by_first] = np.arange(len(at))
    of_column = np.full(prints.shape[1], -1, dtype=np.int32)
    of_column[columns] = number[group]
    first = np.zeros(prints.shape[1], dtype=bool)
    first[columns[at]] = True
    return Grouping(of_column, first, sizes[by_first].astype(np.float32))

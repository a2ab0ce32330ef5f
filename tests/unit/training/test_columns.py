"""Grouping of columns."""

import numpy as np
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mtlcurves.training.columns import group_columns, occurring


def csr(dense):
    prints = scipy.sparse.csr_array(dense.astype(np.uint8))
    prints.sort_indices()
    return prints


def as_counts(rows, n, n_groups):
    counts = np.zeros((n, n_groups))
    for i in range(n):
        np.add.at(counts[i], rows.groups[rows.starts[i] : rows.starts[i + 1]], 1)
    return counts


@settings(max_examples=100, deadline=None)
@given(arrays(bool, st.tuples(st.integers(1, 8), st.integers(1, 30))), arrays(bool, (4, 30)))
def test_groups_are_the_columns_with_the_same_rows(train, other):
    n, columns = train.shape
    keys = np.arange(n, dtype=np.uint64) + 17
    grouping = group_columns(csr(train), keys)
    patterns = [tuple(column) for column in train.T]
    distinct = list(dict.fromkeys(p for p in patterns if any(p)))
    # numbered in the order of their first columns; columns in no row have no group
    assert grouping.of_column.tolist() == [distinct.index(p) if any(p) else -1 for p in patterns]
    assert grouping.sizes.tolist() == [patterns.count(p) for p in distinct]

    # sums over groups are sums over columns that share their weights
    weights = np.arange(1, len(distinct) + 1) ** 2
    by_column = np.where(grouping.of_column >= 0, weights[grouping.of_column] if len(weights) else 0, 0)
    counts = as_counts(grouping.training_rows(csr(train)), n, len(distinct))
    assert counts.max(initial=0) <= 1
    np.testing.assert_array_equal((counts * grouping.sizes) @ weights, train @ by_column)
    other = other[:, :columns]
    np.testing.assert_array_equal(
        as_counts(grouping.any_rows(csr(other)), 4, len(distinct)) @ weights, other @ by_column
    )


def test_fewer_groups_than_columns(dataset):
    prints = dataset.fingerprints[np.arange(15)]
    grouping = group_columns(prints, dataset.keys[:15])
    assert len(grouping.sizes) < len(occurring(prints.shape[1], prints))
    assert grouping.sizes.sum() == len(occurring(prints.shape[1], prints))


def test_occurring_joins_several():
    a, b = csr(np.array([[0, 1, 0, 0]])), csr(np.array([[0, 0, 0, 1], [0, 1, 0, 0]]))
    assert occurring(4, a, b).tolist() == [1, 3]

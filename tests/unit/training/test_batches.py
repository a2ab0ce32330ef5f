"""Batches of an epoch."""

import math

import numpy as np
import pytest
from mtlcurves.grid.allocations import Allocation
from mtlcurves.grid.seeds import epoch_order
from mtlcurves.training import batches as batches_module
from mtlcurves.training.batches import Batches, batch_size
from mtlcurves.training.columns import group_columns
from mtlcurves.training.problem import make_problem


@pytest.mark.parametrize(
    ("n", "ratio", "size"),
    [(50, 0.02, 1), (51, 0.02, 2), (150, 0.02, 3), (900, 0.02, 18), (100, 0.07, 7), (3, 0.02, 1), (7, 1.0, 7)],
)
def test_batch_size_rounds_up_but_not_by_a_rounding_error(n, ratio, size):
    assert batch_size(n, ratio) == size


def test_an_epoch_has_about_fifty_batches_for_any_number_of_rows():
    for n in (50, 60, 500, 5_000, 50_522):
        assert 25 < math.ceil(n / batch_size(n, 0.02)) <= 50


@pytest.mark.parametrize("rows", ["labelled", "folds"])
@pytest.mark.parametrize("ratio", [0.03, 0.2, 1.0])
@pytest.mark.parametrize("at_once", [3, 64])
def test_batches_hold_each_row_and_label_once_in_the_keyed_order(
    dataset, recipe, rows, ratio, at_once, monkeypatch
):
    monkeypatch.setattr(batches_module, "AT_ONCE", at_once)
    recipe = recipe.model_copy(update={"rows": rows})
    problem = make_problem(dataset, Allocation({"a": 3, "b": 1}, "mtl", "ab", None, 1), 2, 0, recipe, 5)
    labelled = np.unique(problem.labels.row)
    prints = problem.fingerprints[problem.rows[labelled]]
    grouping = group_columns(prints, problem.keys[labelled])
    batches = list(Batches(problem, labelled, prints, grouping, ratio).epoch(3))

    sizes = [batch.n_rows for batch in batches]
    assert sum(sizes) == len(problem.rows)
    assert set(sizes[:-1]) <= {batch_size(len(problem.rows), ratio)}
    order = epoch_order(0, 2, 3, problem.keys)
    np.testing.assert_array_equal(
        labelled[np.concatenate([batch.rows for batch in batches])], order[np.isin(order, labelled)]
    )
    found = set()
    for batch, end in zip(batches, np.cumsum(sizes), strict=True):
        positions = labelled[batch.rows]
        assert set(positions) == set(order[end - batch.n_rows : end]) & set(labelled)
        row, task = np.divmod(batch.cells, len(problem.tasks))
        found |= set(zip(positions[row], task, batch.active, strict=True))
    labels = problem.labels
    assert found == set(zip(labels.row, labels.task, labels.active, strict=True))
    assert sum(len(batch.cells) for batch in batches) == len(labels.row)


def test_members_are_the_groups_turned_round(dataset, recipe):
    problem = make_problem(dataset, Allocation({"a": 4}, "stl", "a", None, 4), 0, 0, recipe, 5)
    labelled = np.unique(problem.labels.row)
    prints = problem.fingerprints[problem.rows[labelled]]
    grouping = group_columns(prints, problem.keys[labelled])
    for batch in Batches(problem, labelled, prints, grouping, 0.1).epoch(1):
        by_row = np.zeros((len(batch.rows), len(grouping.sizes)))
        by_group = by_row.copy()
        for i in range(len(batch.rows)):
            by_row[i, batch.groups[batch.starts[i] : batch.starts[i + 1]]] += 1
        for g in range(len(grouping.sizes)):
            by_group[batch.members[batch.member_starts[g] : batch.member_starts[g + 1]], g] += 1
        np.testing.assert_array_equal(by_row, by_group)
        expected = prints[batch.rows].toarray()[:, grouping.first]
        np.testing.assert_array_equal(by_row, expected)

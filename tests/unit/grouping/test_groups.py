"""The table of groups: random partitions, affinities as tables have them, which job trains what."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.errors import DataError
from mtlcurves.grid.groups import trained_groups
from mtlcurves.grid.partitions import random_partition
from mtlcurves.grouping.groups import make_groups
from mtlcurves.grouping.matrices import tag_matrix, transfer_matrix
from mtlcurves.grouping_sections import Grouping
from mtlcurves.schemas import SCHEMAS

TASKS = ["a", "b", "c", "d"]


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 30), st.data())
def test_a_random_partition_has_every_task_in_one_of_so_many_groups(n_tasks, data):
    n_groups = data.draw(st.integers(1, n_tasks))
    members = random_partition(n_tasks, n_groups, 0, data.draw(st.integers(0, 99)))
    assert members.shape == (n_groups, n_tasks)
    assert (members.sum(axis=0) == 1).all() and members.any(axis=1).all()
    assert (np.diff(members.argmax(axis=1)) > 0).all()


def test_every_partition_is_as_likely():
    drawn = Counter(random_partition(4, 2, 0, number).tobytes() for number in range(1400))
    assert len(drawn) == 7  # all that four tasks have into two groups
    # chi-square with 6 degrees of freedom: above 22.5 once in a thousand seeds
    assert sum((n - 200) ** 2 / 200 for n in drawn.values()) < 22.5


def test_partitions_depend_on_seed_and_number_alone():
    assert (random_partition(9, 3, 5, 2) == random_partition(9, 3, 5, 2)).all()
    several = {random_partition(30, 5, seed, number).tobytes() for seed in (0, 1) for number in range(10)}
    assert len(several) == 20
    with pytest.raises(ValueError, match="3 tasks cannot be parted into 4 groups"):
        random_partition(3, 4, 0, 0)


def test_random_groups_are_trained_once_by_the_first_job_that_has_them():
    settings = Grouping(budget=2, random_partitions=12)
    table = make_groups("random", TASKS[::-1], settings, 5, 9, "auroc")
    assert list(table) == list(SCHEMAS["groups"].columns)
    assert (table.groupby("partition")["task"].agg(sorted).map(tuple) == tuple(TASKS)).all()
    bundles = sorted({f"random-{i:03d}" for i in range(3)})
    trained = [job.subset for bundle in bundles for job in trained_groups(table.itertuples(), bundle, 9)]
    assert (
        len(trained)
        == len(set(trained))
        == table["group"].nunique()
        < table.drop_duplicates(["partition", "group"]).shape[0]
    )
    for job in trained_groups(table.itertuples(), "random-000", 9):
        assert dict(job.folds) == dict.fromkeys(table.loc[table["group"] == job.subset, "task"], 9)
    assert table.equals(make_groups("random", TASKS, settings, 5, 9, "auroc"))


def transfer_table(values, **columns):
    rows = [(j, i, value) for (j, i), value in values.items()]
    table = pd.DataFrame(rows, columns=["auxiliary", "target", "value"]).astype({"value": float})
    fixed = {"recipe": "main", "metric": "auroc", "coefficient": "a_ij", "estimator": "joint", "shrunken": np.nan}
    return table.assign(per_fold=2 * table["value"], **fixed | columns)


def test_transfer_weights_are_read_from_auxiliary_onto_target():
    table = transfer_table({("a", "b"): 1.0, ("b", "a"): 3.0, ("a", "c"): 0.0})
    other = transfer_table({("a", "b"): 9.0}, estimator="paired")  # not the first of those preferred
    matrix = transfer_matrix(pd.concat([table, other]), ["a", "b", "c"], "auroc")
    assert matrix.tolist() == [[0, 2, 0], [6, 0, 0], [0, 0, 0]]
    drawn = transfer_matrix(table.assign(shrunken=[0.5, 1.0, 0.1]), ["a", "b", "c"], "auroc")
    assert drawn.tolist() == [[0, 1, 0.2], [2, 0, 0], [0, 0, 0]]  # per fold, also where the weight is 0
    with pytest.raises(DataError, match="no transfer weight a_ij for aupr is known between any two tasks"):
        transfer_matrix(table, ["a", "b", "c"], "aupr")


def test_tag_affinities_of_one_size_are_read_from_and_onto():
    rows = [("task", "a", "b", 9, 0.2), ("task", "b", "a", 9, np.nan), ("task", "a", "a", 9, 5.0)]
    rows += [("task", "b", "a", 1, 0.7), ("complement", None, "a", 9, 0.9)]
    table = pd.DataFrame(rows, columns=["source", "from", "onto", "size", "mean"]).assign(recipe="main")
    assert tag_matrix(table, ["a", "b"], 9).tolist() == [[0, 0.2], [0, 0]]


def test_chosen_groups_serve_every_task_once_and_say_what_was_predicted():
    values = {(j, i): 1.0 if {j, i} in ({"a", "b"}, {"c", "d"}) else -1.0 for j in TASKS for i in TASKS if i != j}
    settings = Grouping(budget=2, random_partitions=2)
    table = make_groups("transfer", TASKS, settings, 5, 9, "auroc", transfer_table(values))
    assert sorted(table[table["serves"]]["task"]) == TASKS
    assert table.groupby("group", sort=False)["task"].agg(list).tolist() == [["a", "b"], ["c", "d"]]
    assert (table["predicted"] == 2.0).all()
    assert not set(table["group"]) & set(make_groups("random", TASKS, settings, 5, 9, "auroc")["group"])
    assert set(table["bundle"]) == {"transfer"}
    # among fifty random partitions are all seven that there are
    table = make_groups("transfer", TASKS, Grouping(budget=2), 5, 9, "auroc", transfer_table(values))
    assert set(table["bundle"]) < {f"random-{i:03d}" for i in range(10)}

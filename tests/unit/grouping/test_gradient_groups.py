"""Groups by the similarity of gradients: published numbers of clusters, and jobs known before the study runs."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from mtlcurves.errors import DataError
from mtlcurves.gradient_runs import group_bundles
from mtlcurves.gradient_sections import GradientGroups
from mtlcurves.grouping.gradient_groups import groups_of_bundle, make_gradient_groups
from mtlcurves.schemas import SCHEMAS

TASKS = ["d", "a", "c", "b", "e"]
BLOCKS = [{"d", "c"}, {"a", "b", "e"}]
SETTINGS = GradientGroups(counts=[2, 3], random_partitions=5)


def log_of() -> pd.DataFrame:
    """Similar within blocks; two trainings, and rows of other windows and parts that say the opposite."""
    rows = [
        (window, part, *pair, sign * (0.2 if set(pair) <= BLOCKS[0] or set(pair) <= BLOCKS[1] else -0.01))
        for pair in combinations(TASKS, 2)
        for window, part, sign in (("last_fifth", "all", 1), ("all", "all", -1), ("last_fifth", "cross", -1))
        for _ in range(2)
    ]
    return pd.DataFrame(rows, columns=["window", "part", "task_a", "task_b", "similarity"])


def test_groups_are_the_blocks_and_their_jobs_those_planned() -> None:
    table = make_gradient_groups(log_of(), TASKS, "last_fifth", SETTINGS, per_bundle=2)
    assert set(table.columns) == set(SCHEMAS["gradient_groups"].columns)
    for method in ("linkage", "search"):
        own = table[(table["method"] == method) & (table["n_groups"] == 2)]
        assert sorted(own["group"].unique()) == ["a+b+e", "d+c"]
        np.testing.assert_allclose(own["predicted"], 0.2)
    planned = group_bundles(SETTINGS, 2)
    assert set(table["bundle"]) <= set(planned) and "random-3-002" in planned
    # every partition's groups are trained somewhere, each by one job
    assert (table.groupby("group")["bundle"].nunique() == 1).all()
    trained = ["+".join(tasks) for bundle in planned for tasks in groups_of_bundle(table, bundle)]
    assert sorted(trained) == sorted(table["group"].unique()) and trained[0] == "d+a+c+b+e"


def test_random_partitions_have_as_many_groups_as_asked_for() -> None:
    table = make_gradient_groups(log_of(), TASKS, "last_fifth", SETTINGS, per_bundle=2)
    drawn = table[table["method"] == "random"].groupby(["n_groups", "partition"])
    assert len(drawn) == 10 and all(sorted(own) == sorted(TASKS) for _, own in drawn["task"])
    counts = drawn["group"].nunique().reset_index()
    assert (counts["group"] == counts["n_groups"]).all()


def test_without_any_similarity_there_is_nothing_to_group_by() -> None:
    with pytest.raises(DataError, match="no similarity of gradients is known between any two tasks"):
        make_gradient_groups(log_of().assign(similarity=np.nan), TASKS, "last_fifth", SETTINGS, per_bundle=2)

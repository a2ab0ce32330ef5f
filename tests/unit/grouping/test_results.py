"""What groups score against their references, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.grouping.results import compare_groupings
from mtlcurves.schemas import SCHEMAS

ROTATIONS = (0, 1, 2)


def points(arm, subset, scores, size=9):
    """Grid points of one training by task and rotation; `scores` {task: by rotation}."""
    rows = [
        {
            "arm": arm,
            "subset": subset or task,
            "task": task,
            "rotation": r,
            "replicate": 0,
            "size": size,
            "auroc": s,
        }
        for task, values in scores.items()
        for r, s in zip(ROTATIONS, values, strict=True)
    ]
    return pd.DataFrame(rows).assign(recipe="main", allocation="", auxiliary=None)


def rows_of(method, partition, *groups):
    """Rows of table groups; a task in capitals is in the group and served by another."""
    table = [
        (method, partition, "+".join(group).lower(), task.lower(), task.islower())
        for group in groups
        for task in group
    ]
    frame = pd.DataFrame(table, columns=["method", "partition", "group", "task", "serves"])
    return frame.assign(bundle=method, predicted=np.nan if method == "random" else 0.5)


@pytest.fixture
def results():
    groups = pd.concat(
        [
            rows_of("transfer", 1, ["a", "B", "c"], ["b"]),
            rows_of("random", 1, ["a", "b"], ["c"]),
            rows_of("random", 2, ["a"], ["b", "c"]),
        ]
    )
    trained = pd.concat(
        [
            points("group", "a+b+c", {"a": [0.9, 0.9, 0.8], "b": [0.1, 0.1, 0.1], "c": [0.7, 0.8, np.nan]}),
            points("group", "b", {"b": [0.6, 0.6, 0.6]}),
            points("group", "a+b", {"a": [0.8, 0.8, 0.8], "b": [0.8, 0.8, 0.8]}),
            points("group", "c", {"c": [0.7, 0.7, np.nan]}),
            points("group", "a", {"a": [0.6, 0.6, 0.6]}),
            points("group", "b+c", {"b": [0.5, 0.5, 0.5], "c": [0.5, 0.5, np.nan]}),
        ]
    )
    grid = pd.concat(
        [
            points("mtl", "all", {"a": [0.7, 0.7, 0.7], "b": [0.6, 0.6, 0.6], "c": [0.7, 0.7, np.nan]}),
            points("mtl", "all", {"a": [0, 0, 0], "b": [0, 0, 0], "c": [0, 0, 0]}, size=1),
            points("mtl", "others", {"a": [0, 0, 0]}),
            *(points("stl", None, {task: [0.5, 0.5, np.nan if task == "c" else 0.5]}) for task in "abc"),
        ]
    )
    table = compare_groupings(groups, trained, grid, ["auroc"], 9, 1 / 9)
    assert list(table) == list(SCHEMAS["grouping_results"].columns)
    return table.set_index(["method", "partition", "against"])


def test_the_serving_groups_mean_is_compared_rotation_by_rotation(results):
    row = results.loc[("transfer", 1, "all_in_one")]
    # rotation 0: (0.9 + 0.6 + 0.7) / 3 - (0.7 + 0.6 + 0.7) / 3; the third has no score of c
    differences = np.array([0.2 / 3, 0.3 / 3, 0.1 / 2])
    assert row["difference"] == pytest.approx(differences.mean())
    assert row["sd"] == pytest.approx(differences.std(ddof=1))
    half = 4.302652729696 * np.sqrt(1 / 3 + 1 / 9) * differences.std(ddof=1)  # t of two degrees of freedom
    assert [row["low"], row["high"]] == pytest.approx([differences.mean() - half, differences.mean() + half])
    assert row["n_tasks"] == 3 and row["n_rotations"] == 3
    assert row["groups"] == "a; b; c | b" and row["n_groups"] == 2 and row["predicted"] == 0.5
    assert row["serving_size"] == pytest.approx((3 + 1 + 3) / 3)  # b stands in both and is served alone
    assert results.loc[("random", 2, "all_in_one"), "serving_size"] == pytest.approx((1 + 2 + 2) / 3)
    assert np.isnan(results.loc[("single_task", np.nan, "all_in_one"), "serving_size"])


def test_choices_and_references_are_ranked_among_the_random_partitions(results):
    own = results.xs("all_in_one", level="against")
    assert own.loc[("random", 1), "difference"] == pytest.approx((2 * 0.1 + 0.15) / 3)
    assert own.loc[("random", 2), "difference"] < 0
    assert own.loc[("transfer", 1), "n_better"] == 1 and own.loc[("transfer", 1), "p_random"] == pytest.approx(
        2 / 3
    )
    alone = results.loc[("single_task", np.nan, "all_in_one")]
    assert alone["difference"] < 0 and alone["n_better"] == 2 and alone["p_random"] == 1
    assert results.loc[("random", 1, "all_in_one")].isna()[["n_better", "p_random"]].all()


def test_each_reference_is_compared_with_the_other(results):
    found = set(results.index.droplevel("partition"))
    assert {("all_in_one", "single_task"), ("single_task", "all_in_one")} <= found
    assert ("all_in_one", "all_in_one") not in found
    forth, back = (
        results.loc[(method, np.nan, against), "difference"]
        for method, against in (("all_in_one", "single_task"), ("single_task", "all_in_one"))
    )
    assert forth == pytest.approx(-back)

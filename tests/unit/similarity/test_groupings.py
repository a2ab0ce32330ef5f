"""Groups chosen by gradients against their references and random groups, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.groupings import compare_gradient_groups

SEEDS = (0, 1)
# AUROC of each task's network with either seed, by the tasks trained together
TRAINED = {
    "a+b+c": {"a": (0.7, 0.6), "b": (0.7, 0.6), "c": (0.7, 0.9)},
    "a": {"a": (0.5, 0.5)},
    "b": {"b": (0.5, 0.5)},
    "c": {"c": (0.5, np.nan)},
    "a+b": {"a": (0.9, 0.9), "b": (0.8, 0.6)},
    "b+c": {"b": (0.5, 0.5), "c": (0.5, 0.5)},
    "a+c": {"a": (0.9, 0.9), "c": (0.9, 0.9)},
}
PARTITIONS = [
    ("together", 1, 1, ["a+b+c"]),
    ("alone", 3, 1, ["a", "b", "c"]),
    ("linkage", 2, 1, ["a+b", "c"]),
    ("random", 2, 1, ["a", "b+c"]),
    ("random", 2, 2, ["a+c", "b"]),
]


def compared(metric: str = "auroc") -> pd.DataFrame:
    rows = [
        (method, n, partition, group, task, 0.1 * len(group))
        for method, n, partition, groups in PARTITIONS
        for group in groups
        for task in group.split("+")
    ]
    groups = pd.DataFrame(rows, columns=["method", "n_groups", "partition", "group", "task", "predicted"])
    scores = [
        (group, task, seed, rows, score if rows == "test" else 0.99)
        for group, own in TRAINED.items()
        for task, of_seeds in own.items()
        for seed, score in zip(SEEDS, of_seeds, strict=True)
        for rows in ("validation", "test")
    ]
    table = pd.DataFrame(scores, columns=["trained", "task", "seed", "rows", "score"]).assign(metric=metric)
    found = compare_gradient_groups(groups.assign(serves=True), table)
    assert list(found) == list(SCHEMAS["gradient_grouping_results"].columns)
    return found.set_index(["method", "partition", "against"])


def test_differences_are_paired_by_task_and_seed() -> None:
    row = compared().loc[("linkage", 1, "all_in_one")]
    # seed 0: a 0.2, b 0.1, c -0.2; seed 1: a 0.3, b 0.0, and no score of c alone
    differences = np.array([0.1 / 3, 0.3 / 2])
    assert row["difference"] == pytest.approx(differences.mean())
    half = 12.706204736 * differences.std(ddof=1) / np.sqrt(2)  # t of one degree of freedom
    assert [row["low"], row["high"]] == pytest.approx([differences.mean() - half, differences.mean() + half])
    assert row["score"] == pytest.approx(((0.9 + 0.8 + 0.5) / 3 + (0.9 + 0.6) / 2) / 2)
    assert row[["n_groups", "n_networks", "n_seeds", "n_tasks"]].tolist() == [2, 2, 2, 3]
    assert row["groups"] == "a; b | c" and row["serving_size"] == pytest.approx((2 + 2 + 1) / 3)


def test_a_choice_is_ranked_among_random_partitions_and_set_against_their_mean() -> None:
    found = compared()
    # the second random partition comes nearest: 0.2, -0.2, 0.2 and 0.3, -0.1, 0.0 above all in one network
    whole = found.loc[("linkage", 1, "all_in_one")]
    assert (whole["n_better"], whole["n_random"]) == (0, 2) and whole["p_random"] == pytest.approx(1 / 3)
    chance = found.loc[("linkage", 1, "random")]
    means = {"a": (0.7, 0.7), "b": (0.5, 0.5), "c": (0.7, 0.7)}
    first = (0.9 - means["a"][0]) + (0.8 - means["b"][0]) + (0.5 - means["c"][0])
    second = (0.9 - means["a"][1]) + (0.6 - means["b"][1])
    assert chance["difference"] == pytest.approx((first / 3 + second / 2) / 2)
    assert not {("random", 1, "random"), ("all_in_one", 1, "all_in_one")} & set(found.index)
    assert {("all_in_one", 1, "random"), ("single_task", 1, "all_in_one")} <= set(found.index)


def test_an_error_that_falls_is_a_gain() -> None:
    score, error = compared(), compared("rmse")
    np.testing.assert_allclose(error["difference"], -score["difference"])
    np.testing.assert_allclose(error["score"], score["score"])
    assert error.loc[("linkage", 1, "all_in_one"), "n_better"] == 2

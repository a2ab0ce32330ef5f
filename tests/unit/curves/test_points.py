"""Points of learning curves: which rotations count, and what is averaged."""

import numpy as np
import pandas as pd
import pytest
from curve_studies import dense_truth, simulated
from mtlcurves.curves.points import arms_of, curves_of, mean_scores
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table

METRICS = ["auroc", "aupr"]


@pytest.fixture
def points():
    return simulated(dense_truth(3), rotations=4, replicates=2, sizes=(1, 2, 4), arms=("stl", "mtl"), noise=0.02)


def row(table, **keys):
    for key, value in keys.items():
        table = table[table[key] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_one_row_per_point_with_the_schemas_columns(points, tmp_path):
    table = mean_scores(points, METRICS)
    write_table(table, tmp_path / "mean_scores.parquet", "mean_scores")
    assert len(table) == 2 * 3 * 3 * 2  # arms, tasks, sizes, metrics
    assert set(table["subset"]) == {"all"}
    assert not table.duplicated(["recipe", "arm", "subset", "task", "metric", "size"]).any()


def test_mean_sd_and_labels_over_rotations_and_replicates(points):
    own = points[(points["arm"] == "mtl") & (points["task"] == "T001") & (points["size"] == 2)]
    found = row(mean_scores(points, METRICS), arm="mtl", task="T001", size=2, metric="auroc")
    assert found["score"] == pytest.approx(own["auroc"].mean(), rel=1e-12)
    assert found["sd"] == pytest.approx(own["auroc"].std(ddof=1), rel=1e-12)
    assert found["n_target"] == pytest.approx(own["n_target"].mean())
    assert found["n_complement"] == pytest.approx(own["n_complement"].mean())
    assert found["n_rotations"] == 4


def test_a_rotation_undefined_at_one_size_counts_at_none(points):
    hole = (
        (points["arm"] == "stl") & (points["task"] == "T000") & (points["size"] == 2) & (points["rotation"] == 3)
    )
    # labels that would shift the mean if the rotation were kept for them
    points.loc[(points["task"] == "T000") & (points["rotation"] == 3), "n_target"] += 1000
    points.loc[hole, "auroc"] = np.nan
    table = mean_scores(points, METRICS)
    kept = points[(points["arm"] == "stl") & (points["task"] == "T000") & (points["rotation"] < 3)]
    for size in (1, 2, 4):
        found = row(table, arm="stl", task="T000", size=size, metric="auroc")
        at_size = kept[kept["size"] == size]
        assert found["score"] == pytest.approx(at_size["auroc"].mean(), rel=1e-12)
        assert found["n_target"] == pytest.approx(at_size["n_target"].mean())
        assert found["n_rotations"] == 3
    # the other metric, arm and tasks keep all four
    assert (table.loc[~((table.arm == "stl") & (table.task == "T000")), "n_rotations"] == 4).all()
    assert row(table, arm="stl", task="T000", size=1, metric="aupr")["n_rotations"] == 4


def test_a_missing_training_counts_like_an_undefined_score(points):
    gone = (points["arm"] == "mtl") & (points["size"] == 4) & (points["rotation"] == 0)
    table = mean_scores(points[~gone], METRICS)
    assert (table.loc[table["arm"] == "mtl", "n_rotations"] == 3).all()
    assert (table.loc[table["arm"] == "stl", "n_rotations"] == 4).all()


def test_one_replicate_of_a_rotation_may_be_enough(points):
    points.loc[(points["task"] == "T002") & (points["replicate"] == 1), "auroc"] = np.nan
    table = mean_scores(points, METRICS)
    assert row(table, arm="stl", task="T002", size=1, metric="auroc")["n_rotations"] == 4


def test_a_task_without_a_valid_rotation_is_null_not_gone(points):
    points.loc[(points["task"] == "T002") & (points["size"] == 1), "auroc"] = np.nan
    table = mean_scores(points, METRICS)
    lost = table[(table["task"] == "T002") & (table["metric"] == "auroc")]
    assert len(lost) == 6
    assert lost["score"].isna().all()
    assert (lost["n_rotations"] == 0).all()
    arm = next(arms_of(points, METRICS))
    curves = curves_of(arm, METRICS)
    assert 2 not in curves.task[curves.metric == 0]
    assert 2 in curves.task[curves.metric == 1]


def test_a_single_rotation_has_no_sd(points):
    table = mean_scores(points[(points["rotation"] == 0) & (points["replicate"] == 0)], METRICS)
    assert table["sd"].isna().all()
    assert table["score"].notna().all()


def test_each_subset_and_each_recipe_is_an_arm_of_its_own():
    truth = dense_truth(3)
    main = simulated(truth, rotations=2, sizes=(1, 2), arms=("stl", "mtl"))
    pair = main[(main["arm"] == "mtl") & (main["task"] != "T000")].assign(subset="pair")
    other = main.assign(recipe="a_control")
    arms = list(arms_of(pd.concat([other, main, pair]), METRICS))
    assert [(arm.recipe, arm.arm, arm.subset, len(arm.tasks)) for arm in arms] == [
        ("main", "stl", "all", 3),
        ("main", "mtl", "all", 3),
        ("main", "mtl", "pair", 2),
        ("a_control", "stl", "all", 3),
        ("a_control", "mtl", "all", 3),
    ]


def test_curves_of_rotations_and_their_mean(points):
    arm = next(arms_of(points, METRICS))
    curves = curves_of(arm, METRICS)
    assert curves.y.shape == (2 * (3 * 8 + 3), 3)
    for task in range(3):
        own = (curves.task == task) & (curves.metric == 1)
        single, mean = curves.y[own & ~curves.averaged], curves.y[own & curves.averaged]
        np.testing.assert_allclose(single.mean(axis=0), mean[0], rtol=1e-12)
        np.testing.assert_allclose(
            curves.x[own & ~curves.averaged].mean(axis=0), curves.x[own & curves.averaged][0]
        )


def test_the_lowest_start_looks_at_no_later_point():
    points = simulated(dense_truth(2), rotations=1, sizes=(1, 2, 3), arms=("stl",))
    points = points[points["task"] == "T000"].assign(auroc=[0.5, 0.2, 0.4])
    curves = curves_of(next(arms_of(points, ["auroc"])), ["auroc"])
    np.testing.assert_array_equal(curves.lowest_start[0], [0.3, 0.2, 0.2])


def test_no_grid_points_give_an_empty_table():
    points = simulated(dense_truth(2), rotations=1, sizes=(1,), arms=("stl",))[:0]
    table = mean_scores(points, METRICS)
    assert table.empty
    assert list(table.columns) == list(SCHEMAS["mean_scores"].columns)

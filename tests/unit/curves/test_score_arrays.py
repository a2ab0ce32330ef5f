"""Grid points as arrays."""

import numpy as np
import pandas as pd
import pytest
from curve_studies import dense_truth, simulated
from mtlcurves.curves.score_arrays import (
    Axes,
    arm_scores,
    by_rotation,
    count_rotations,
    mean_over,
    read_scores,
    valid_everywhere,
)
from mtlcurves.errors import DataError


@pytest.fixture(scope="module")
def points():
    return simulated(dense_truth(3), rotations=3, replicates=2, noise=0.01)


def test_every_grid_point_finds_its_place(points):
    axes = Axes.of(points)
    arm = arm_scores(points.sample(frac=1, random_state=0), axes, ["auroc"], "mtl", "all")
    assert arm.score["auroc"].shape == (3, 9, 3, 2)
    row = points[(points.arm == "mtl")].iloc[17]
    place = axes.tasks.index(row.task), arm.sizes.index(row["size"]), row.rotation, row.replicate
    assert arm.score["auroc"][place] == row.auroc
    assert arm.own[place] == row.n_target
    assert arm.complement[place] == row.n_complement
    assert np.isfinite(arm.score["auroc"]).all()


def test_an_absent_arm_is_none(points):
    assert arm_scores(points, Axes.of(points), ["auroc"], "mtl", "kinases") is None


def test_two_rows_for_one_place_are_refused(points):
    stl = points[points.arm == "stl"]
    twice = stl.iloc[[0, 1, 2, 1]]
    with pytest.raises(DataError, match=r"two rows for arm stl, task T000, size 1, rotation 0, replicate 1"):
        arm_scores(twice, Axes.of(twice), ["auroc"], "stl")


def test_means_take_the_rotations_that_are_valid_at_every_size():
    score = np.arange(12.0).reshape(1, 2, 3, 2)  # one task, two sizes, three rotations, two replicates
    score[0, 1, 0, 1] = np.nan
    valid = valid_everywhere(score)
    assert valid.tolist() == [[[True, False], [True, True], [True, True]]]
    np.testing.assert_allclose(mean_over(score, valid), [[(0 + 2 + 3 + 4 + 5) / 5, (6 + 8 + 9 + 10 + 11) / 5]])
    assert count_rotations(valid).tolist() == [3]
    assert np.isnan(mean_over(score, np.zeros_like(valid))).all()


def test_replicates_are_averaged_within_their_rotation():
    np.testing.assert_allclose(by_rotation(np.array([[1, 3], [5, np.nan], [np.nan, np.nan]])), [2, 5, np.nan])


def test_reads_only_what_is_asked_for(points, tmp_path):
    early = points.assign(last_epoch=False, auroc=0.0)
    shuffled = points.assign(labels="shuffled", auroc=0.0)
    other = points.assign(recipe="wide")
    path = tmp_path / "grid_points.parquet"
    pd.concat([early, shuffled, other, points]).to_parquet(path)
    assert len(read_scores(path, ["auroc"])) == 2 * len(points)
    mine = read_scores(path, ["auroc"], "main")
    assert sorted(mine.auroc) == sorted(points.auroc)
    assert set(read_scores(path, ["aupr"], "main", ["stl", "mtl"]).arm) == {"stl", "mtl"}
    assert "aupr" not in mine.columns

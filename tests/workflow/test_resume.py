"""Trainings that are bundled otherwise, spread over cores, or killed: the same bits."""

import copy
import re

import pandas as pd
import pytest
from workplace import comparable


@pytest.fixture(scope="module")
def small_config(tiny_config):
    """Two rotations of the single- and multi-task arms alone."""
    config = copy.deepcopy(tiny_config)
    config["grid"] = {"sizes": [1, 3, 5], "rotations": 2, "stl": {}, "mtl": {}}
    config["recipes"] = {"main": config["recipes"]["main"]}
    return config


@pytest.fixture(scope="module")
def uninterrupted(small_config, workplace):
    """The small study's grid points, trained at one go on two cores."""
    place = workplace(small_config)
    place.succeed(grid_points_of(small_config))
    return comparable(place.table("grid_points.parquet"))


def grid_points_of(config):
    return f"results/{config['study']}/grid_points.parquet"


def test_same_bits_whatever_cores_and_bundles(uninterrupted, small_config, workplace):
    config = copy.deepcopy(small_config)
    config["bundles"] = {"stl_tasks": 1}
    place = workplace(config)
    place.succeed(grid_points_of(config), cores=1)
    pd.testing.assert_frame_equal(comparable(place.table("grid_points.parquet")), uninterrupted, check_exact=True)
    assert uninterrupted.auroc.notna().any()


def test_killed_study_goes_on_where_it_stopped(uninterrupted, small_config, workplace):
    target, place = grid_points_of(small_config), workplace(small_config)

    def parts():
        return list((place.results / "trainings").glob("**/*.parts/*.parquet"))

    for finished in (3, 12):
        place.kill_when(lambda enough=finished: len(parts()) >= enough, target, "--rerun-incomplete")
        place.succeed("--unlock")
        assert not (place.results / "grid_points.parquet").exists()
    done = {path.stem for path in parts() if path.stem != "kept"}
    place.succeed("--rerun-incomplete", target)
    here = comparable(place.table("grid_points.parquet"))
    assert done <= set(here.training_id)
    pd.testing.assert_frame_equal(here, uninterrupted, check_exact=True)
    logs = "".join(path.read_text() for path in (place.folder / "logs").glob("**/trainings/**/*.log"))
    finished_before = sum(map(int, re.findall(r"(\d+) of them finished before", logs)))
    assert finished_before >= len(done) > 0

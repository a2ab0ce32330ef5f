"""A cluster for the tests, and studies that run on it through the profile."""

import copy
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import Cluster, missing
from places import SlurmPlace, continued
from workplace import ROOT, Workplace


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One cluster for all tests."""
    if reason := missing():
        pytest.skip(reason)
    with Cluster(tmp_path_factory.mktemp("cluster") / "slurm") as running:
        yield running


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder of configurations, in which `make profiles` has put the profiles."""
    folder = tmp_path_factory.mktemp("home")
    command = ["make", "-C", str(ROOT), "profiles"]
    subprocess.run(
        command, env=os.environ | {"XDG_CONFIG_HOME": str(folder)}, check=True, stdout=subprocess.DEVNULL
    )
    return folder


@pytest.fixture(scope="session")
def place(
    tmp_path_factory: pytest.TempPathFactory, cluster: Cluster, profiles: Path
) -> Callable[[dict[str, Any]], SlurmPlace]:
    """Make a fresh folder for a study on the cluster: ``place(configuration)``."""
    return lambda config: SlurmPlace(tmp_path_factory.mktemp(config["study"]), config, cluster, profiles)


@pytest.fixture(scope="session")
def long_config(tiny_config: dict[str, Any]) -> dict[str, Any]:
    """Eight bundles of five trainings that take some seconds each: time enough to interfere."""
    config = copy.deepcopy(tiny_config)
    config["grid"] = {"sizes": [1, 2, 3, 4, 5], "rotations": 2, "stl": {}}
    config["recipes"] = {"main": {"hidden": 8, "batch_ratio": 0.1, "epochs": {"single": 2400}}}
    config["bundles"] = {"stl_tasks": 1}
    return config


@pytest.fixture(scope="session")
def prepared(long_config: dict[str, Any], workplace: Callable[[dict[str, Any]], Workplace]) -> Workplace:
    """The data of the long study, made on this machine; `uninterrupted` goes on from a copy."""
    place = workplace(long_config)
    place.succeed("dataset")
    return place


@pytest.fixture(scope="session")
def uninterrupted(prepared: Workplace, workplace: Callable[[dict[str, Any]], Workplace]) -> Workplace:
    """The long study's grid points, trained at one go on this machine."""
    here = continued(prepared, workplace(prepared.config))
    here.succeed(f"results/{here.config['study']}/grid_points.parquet")
    return here


@pytest.fixture
def long_study(prepared: Workplace, place: Callable[[dict[str, Any]], SlurmPlace]) -> Workplace:
    """The long study on the cluster, its data made, nothing trained."""
    return continued(prepared, place(prepared.config))

"""A cluster for the tests, and studies that run on it through the profile."""

import copy
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from cluster import Cluster, missing
from workplace import ROOT, Workplace

# A cluster of tests answers at once, and its jobs take seconds; everything else is as the profile says.
QUICK = ["--slurm-init-seconds-before-status-checks", "4", "--max-status-checks-per-second", "2"]
KEYS = ["recipe", "arm", "allocation", "rotation", "replicate", "task", "epoch"]


class SlurmPlace(Workplace):
    """A folder with one study, which is run with ``snakemake --profile slurm``."""

    def __init__(self, folder: Path, config: dict[str, Any], cluster: Cluster) -> None:
        super().__init__(folder, config)
        self.cluster = cluster
        self.environment = cluster.environment | {"XDG_CONFIG_HOME": f"{cluster.folder}/home"}

    def command(self, *arguments: str, cores: int = 2) -> list[str]:
        local = super().command(*arguments, cores=cores)
        at = local.index("--cores")
        return [*local[:at], "--profile", "slurm", *QUICK, *local[at + 2 :]]

    def jobs(self) -> list[dict[str, str]]:
        """The cluster's jobs of this study."""
        return [job for job in self.cluster.jobs() if job["WorkDir"] == str(self.folder)]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One cluster for all tests, with the profiles linked as `make profiles` does."""
    if reason := missing():
        pytest.skip(reason)
    with Cluster(tmp_path_factory.mktemp("cluster") / "slurm") as running:
        yield running

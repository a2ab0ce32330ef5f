"""A study run for real through Snakemake, in a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

ROOT = Path(__file__).parents[1]
KEYS = ["recipe", "arm", "allocation", "rotation", "replicate", "task", "epoch"]


def comparable(points: pd.DataFrame) -> pd.DataFrame:
    """Grid points in an order of their own, without what may differ between runs."""
    return points.drop(columns="seconds").sort_values(KEYS).reset_index(drop=True)


def jobs_in(printed: str) -> dict[str, int]:
    """Rules in a table of jobs that Snakemake printed, with their numbers of jobs."""
    rows = (line.split() for line in printed.splitlines())
    return {
        row[0]: int(row[1])
        for row in rows
        if len(row) == 2 and row[0].isidentifier() and row[1].isdigit() and row[0] not in ("total", "all")
    }


class Workplace:
    """A folder with one study's configuration, in which Snakemake is called as a user calls it."""

    environment: dict[str, str] | None = None  # this process's own

    def __init__(self, folder: Path, config: dict[str, Any]) -> None:
        self.folder = folder
        self.tree = ROOT  # the workflow that is run
        folder.mkdir(parents=True, exist_ok=True)
        self.configure(config)

    @property
    def results(self) -> Path:
        return self.folder / "results" / self.config["study"]

    def configure(self, config: dict[str, Any]) -> None:
        self.config = config
        (self.folder / "study.yaml").write_text(yaml.safe_dump(config, sort_keys=False))

    def take_table(self) -> None:
        """Give the study a copy of its source's table, to change."""
        source = self.config["source"]
        table = shutil.copy2(source["path"], self.folder)
        self.configure(self.config | {"source": source | {"path": Path(table).name}})

    def command(self, *arguments: str, cores: int = 2) -> list[str]:
        snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(self.tree / "Snakefile")]
        return [*snakemake, "--configfile", "study.yaml", "--cores", str(cores), *arguments]

    def run(self, *arguments: str, cores: int = 2) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments, cores=cores),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=540,
        )

    def succeed(self, *arguments: str, cores: int = 2) -> str:
        done = self.run(*arguments, cores=cores)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        return done.stdout + done.stderr

    def planned(self, *arguments: str) -> dict[str, int]:
        """Rules that a dry run would run, with their numbers of jobs (the targets themselves left out)."""
        return jobs_in(self.succeed(*arguments, "--dry-run", "--quiet", "rules"))

    def kill_when(self, ready: Callable[[], bool], *arguments: str) -> None:
        """Start Snakemake, and kill it and all its jobs (-9) as soon as `ready`."""
        with subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            while process.poll() is None and not ready():
                try:
                    process.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
            assert process.poll() is None, "the study ended before it could be killed"
            os.killpg(process.pid, signal.SIGKILL)

    def finished(self) -> dict[str, float]:
        """The trainings on disk, and the seconds that each took: others, were it trained again."""
        found: dict[str, float] = {}
        for path in (self.results / "trainings").glob("**/*.parts/*.parquet"):
            with suppress(FileNotFoundError):  # packed just now
                found |= pd.read_parquet(path).set_index("training_id").seconds.to_dict()
        return found

    def trained_again(self, finished: dict[str, float]) -> set[str]:
        """Those of some finished trainings that the study's grid points do not hold as they were."""
        points = self.table("grid_points.parquet").set_index("training_id").seconds.to_dict()
        return {identity for identity, seconds in finished.items() if points.get(identity) != seconds}

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.results / name)

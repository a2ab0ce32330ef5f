"""A study that runs on a cluster."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cluster import Cluster, wait_until
from workplace import Workplace

# Jobs take seconds here, and the cluster answers at once; everything else is as the profile says. Snakemake waits
# ten seconds more after each look that finds no job finished: it looks at a lone job after 1, 12 and 33 seconds.
QUICK = ["--slurm-init-seconds-before-status-checks", "1", "--max-status-checks-per-second", "2"]


class SlurmPlace(Workplace):
    """A folder with one study, which is run with ``snakemake --profile slurm``."""

    def __init__(self, folder: Path, config: dict[str, Any], cluster: Cluster, profiles: Path) -> None:
        super().__init__(folder, config)
        self.cluster = cluster
        self.environment = cluster.environment | {"XDG_CONFIG_HOME": str(profiles)}

    def command(self, *arguments: str, cores: int = 2) -> list[str]:
        local = super().command(*arguments, cores=cores)
        at = local.index("--cores")
        return [*local[:at], "--profile", "slurm", *QUICK, *local[at + 2 :]]

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Snakemake at work; what it says goes to the file ``snakemake.out``."""
        with (self.folder / "snakemake.out").open("a") as out:
            command = self.command(*arguments)
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, text=True, stdout=out, stderr=out
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def jobs(self, bundle: str = "") -> list[dict[str, str]]:
        """The cluster's jobs of this study, or those of one bundle: its wildcards, joined by _."""
        wanted = f"rule_train_bundle_wildcards_{bundle}" if bundle else ""
        mine = [job for job in self.cluster.jobs() if job["WorkDir"] == str(self.folder)]
        return [job for job in mine if wanted in ("", job["Comment"])]

    def cancel(self) -> None:
        """Kill the jobs that Snakemake left when it was killed."""
        self.cluster.run("scancel", "--signal=KILL", "--full", "--user=root")
        self.cluster.run("scancel", "--user=root")
        over = ("COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL")
        wait_until(lambda: all(job["JobState"] in over for job in self.jobs()), 60, "end of the jobs")

    def parts(self, bundle: str = "") -> list[Path]:
        """Files of finished trainings, of all bundles or of one."""
        if not bundle:
            return list(self.results.glob("trainings/**/*.parts/*.parquet"))
        recipe, arm, rotation, replicate, name = bundle.split("_")
        folder = f"trainings/{recipe}/{arm}/rotation-{rotation}/replicate-{replicate}/{name}.parts"
        return list((self.results / folder).glob("*.parquet"))


def continued(there: Workplace, here: Workplace) -> Workplace:
    """Let a study go on in another folder."""
    shutil.copytree(there.folder, here.folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    here.configure(there.config)
    return here

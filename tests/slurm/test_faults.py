"""What goes wrong on a cluster: detected, tried again with more, reported; nothing lost, nothing trained twice."""

import os
import random
import signal
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from cluster import Cluster, missing, wait_until
from places import SlurmPlace, continued
from workplace import Workplace, comparable

TARGET = "results/tiny/grid_points.parquet"
OTHERS = ["main_stl_0_0_bundle-003", *(f"main_stl_1_0_bundle-00{i}" for i in range(4))]


def signal_training(job: dict[str, str], number: signal.Signals) -> None:
    """Send a signal to the process that trains. A node that is out of memory kills it (-9)."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            inside = f"SLURM_JOB_ID={job['JobId']}".encode() in (folder / "environ").read_bytes().split(b"\0")
            training = b"train_bundle.py" in (folder / "cmdline").read_bytes().split(b"\0")[1]
        except (OSError, IndexError):  # it ended meanwhile, or is no program
            continue
        if inside and training:
            os.kill(int(folder.name), number)


def same_points(here: Workplace, there: Workplace) -> None:
    """Two studies have the same grid points, bit for bit."""
    ours, theirs = (comparable(study.table("grid_points.parquet")) for study in (here, there))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def asked(jobs: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Memory and time that the attempts of a bundle asked for."""
    return [(job["MinMemoryNode"], job["TimeLimit"]) for job in jobs]


def test_every_fault_at_once(long_study, uninterrupted, cluster):
    blocked = long_study.results / "trainings/main/stl/rotation-0/replicate-0/bundle-000.parts"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("where the bundle's folder should be")
    failing, cancelled, killed = (f"main_stl_0_0_bundle-00{i}" for i in range(3))

    def at_first(bundle: str) -> bool:
        return long_study.jobs(bundle)[0]["JobState"] == "RUNNING"

    with long_study.running(TARGET, "--retries", "2") as snakemake:
        wait_until(lambda: all(map(long_study.parts, (cancelled, killed))), 120, "training finished")
        cluster.run("scancel", long_study.jobs(cancelled)[0]["JobId"])
        signal_training(long_study.jobs(killed)[0], signal.SIGKILL)
        wait_until(lambda: not any(map(at_first, (failing, cancelled, killed))), 60, "end of their first attempts")
        finished = long_study.finished()
        # both nodes are lost to the jobs on them: one set down, the other taken by something urgent
        cluster.run("scontrol", "update", "nodename=cpu1", "state=down", "reason=test")
        urgent = ["-p", "urgent", "-w", "cpu2", "--exclusive", "--time=5", "-o", "/dev/null", "--wrap", "sleep 3"]
        number = cluster.run("sbatch", "--parsable", *urgent).strip()
        wait_until(lambda: cluster.run("squeue", "-htall", "-o%T", f"-j{number}") == "RUNNING\n", 60, "urgent job")
        cluster.run("scontrol", "update", "nodename=cpu1", "state=resume")
        snakemake.wait(300)
    said = (long_study.folder / "snakemake.out").read_text()

    assert snakemake.returncode == 1
    assert not (long_study.folder / TARGET).exists()
    failed = long_study.jobs(failing)
    assert asked(failed) == [("2000M", "00:20:00"), ("4000M", "00:40:00"), ("6000M", "01:00:00")]
    assert {job["JobState"] for job in failed} == {"FAILED"}
    log = "logs/tiny/trainings/main/stl/rotation-0/replicate-0/bundle-000.log"
    assert log in said and "bundle-000.parts" in (long_study.folder / log).read_text()
    assert Path(failed[-1]["StdOut"]).read_text() and failed[-1]["StdOut"] in said

    for bundle, state in ((cancelled, "CANCELLED"), (killed, "FAILED")):
        first, second = long_study.jobs(bundle)
        assert (first["JobState"], second["JobState"]) == (state, "COMPLETED")
        assert asked([first, second]) == [("2000M", "00:20:00"), ("4000M", "00:40:00")]
    others = [job for bundle in OTHERS for job in long_study.jobs(bundle)]
    assert [job["JobState"] for job in others] == ["COMPLETED"] * 5
    assert any(int(job["Restarts"]) for job in others)

    blocked.unlink()
    long_study.succeed(TARGET)
    assert len(long_study.jobs()) == len(failed) + 4 + 5 + 2  # the bundle that failed, and gather_grid_points
    same_points(long_study, uninterrupted)
    assert finished and not long_study.trained_again(finished)


@pytest.mark.verify
def test_snakemake_is_killed_and_slurmctld_too(long_study, uninterrupted, cluster):
    with long_study.running(TARGET):
        wait_until(lambda: len(long_study.parts()) >= 3, 120, "training finished")
        cluster.kill("slurmctld")
        at_first = len(long_study.parts())
        wait_until(lambda: len(long_study.parts()) > at_first, 60, "training without slurmctld")
        cluster.start("slurmctld")
        wait_until(lambda: len(long_study.finished()) >= 10, 120, "training with slurmctld again")
    # leaving the block killed Snakemake (-9); its jobs live on
    finished = long_study.finished()
    assert any(job["JobState"] == "RUNNING" for job in long_study.jobs())
    long_study.succeed("--unlock")
    long_study.succeed(TARGET)
    same_points(long_study, uninterrupted)
    assert not long_study.trained_again(finished)


@pytest.mark.verify
def test_a_job_out_of_time_goes_on_with_more(long_study, uninterrupted):
    late = "main_stl_0_0_bundle-000"
    with long_study.running(TARGET, "--set-resources", "train_bundle:runtime=attempt") as snakemake:
        wait_until(lambda: long_study.parts(late), 120, "training finished")
        finished = long_study.finished()
        signal_training(long_study.jobs(late)[0], signal.SIGSTOP)
        snakemake.wait(400)
    first, second = long_study.jobs(late)
    assert (first["JobState"], first["TimeLimit"]) == ("TIMEOUT", "00:01:00")
    assert (second["JobState"], second["TimeLimit"]) == ("COMPLETED", "00:02:00")
    assert snakemake.returncode == 0
    same_points(long_study, uninterrupted)
    assert not long_study.trained_again(finished)


@pytest.mark.verify
def test_with_accounting_too(prepared, uninterrupted, tmp_path, profiles):
    if reason := missing(accounting=True):
        pytest.skip(reason)
    cancelled = "main_stl_0_0_bundle-001"
    with Cluster(tmp_path / "slurm", accounting=True) as accounted:
        here = continued(prepared, SlurmPlace(tmp_path / "study", prepared.config, accounted, profiles))
        with here.running(TARGET) as snakemake:
            wait_until(lambda: here.parts(cancelled), 120, "training finished")
            accounted.run("scancel", here.jobs(cancelled)[0]["JobId"])
            snakemake.wait(300)
        states = accounted.run("sacct", "-nXP", "--format=State").splitlines()
    assert snakemake.returncode == 0
    assert sum(state.startswith("CANCELLED") for state in states) == 1
    assert sum(state.startswith("COMPLETED") for state in states) == 9
    same_points(here, uninterrupted)


@pytest.mark.verify
@pytest.mark.parametrize("where", ["here", "on the cluster"])
def test_ten_kills_at_random_moments(where, prepared, uninterrupted, workplace, place):
    """Snakemake and its jobs are killed (-9). Those that live on are another test's."""
    moments, kills = random.Random(20), 0
    while kills < 10:
        study = continued(prepared, (workplace if where == "here" else place)(prepared.config))
        finished: dict[str, float] = {}
        while kills < 10 and not (study.folder / TARGET).exists():
            process = subprocess.Popen(
                study.command(TARGET, "--rerun-incomplete"),
                cwd=study.folder,
                env=study.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                process.wait(moments.uniform(3, 20))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
                if isinstance(study, SlurmPlace):
                    study.cancel()
                finished = study.finished() | finished
                study.succeed("--unlock")
        study.succeed(TARGET, "--rerun-incomplete")
        same_points(study, uninterrupted)
        assert not study.trained_again(finished)

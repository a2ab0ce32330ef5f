"""The profile, as it is and filled in, on a real Slurm: the same tables, the asked-for resources, few files."""

import copy
import shutil
from datetime import datetime

import pandas as pd
import pytest
import yaml
from places import SlurmPlace
from workplace import ROOT, comparable

TABLES = ["form_ranking", "curves", "transfer", "arm_effects", "effect_counts", "parameter_change"]


@pytest.fixture(scope="module")
def small_config(tiny_config):
    """Every step up to the tables, six bundles, few forms of curve."""
    config = copy.deepcopy(tiny_config)
    config["grid"] = {"sizes": [1, 3, 5], "rotations": 2, "stl": {}, "mtl": {}}
    config["grid"]["augmented"] = {"sizes": [1], "raise_by": "full"}
    config["recipes"] = {"main": config["recipes"]["main"]}
    config["bundles"] = {"augmented_auxiliaries": 4}
    config["curves"] = {"metrics": ["auroc"], "compared_forms": ["POW3", "EXP3"]}
    return config


@pytest.fixture(scope="module")
def both(place, workplace, small_config):
    """The small study up to its tables, run through the profile, and on this machine while that waits for jobs."""
    there, here = place(small_config), workplace(small_config)
    with there.running("tables") as snakemake:
        here.succeed("tables")
        assert snakemake.wait(500) == 0, (there.folder / "snakemake.out").read_text()[-9000:]
    return there, here


@pytest.fixture(scope="module")
def finished(both):
    """The one that was run through the profile."""
    return both[0]


def test_same_tables_as_on_one_machine(both):
    finished, local = both
    ours, theirs = (comparable(study.table("grid_points.parquet")) for study in (finished, local))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    for name in TABLES:
        assert finished.results.joinpath(f"tables/{name}.csv").read_bytes() == (
            local.results.joinpath(f"tables/{name}.csv").read_bytes()
        )


def test_each_step_was_a_job_that_asked_for_what_its_rule_says(finished):
    jobs = finished.jobs()
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert {job["Partition"] for job in jobs} == {"cpu"}
    trained = [job for job in jobs if "train_bundle" in job["Comment"]]
    assert {(job["MinMemoryNode"], job["TimeLimit"]) for job in trained} == {("2000M", "00:20:00")}
    (chemistry,) = (job for job in jobs if job["Comment"] == "rule_standardise_molecules")
    assert (chemistry["NumCPUs"], chemistry["MinMemoryNode"]) == ("8", "4000M")
    assert not any("gpu" in job["TRES"] for job in jobs)


def test_a_bundle_leaves_few_files(finished):
    folders = [finished.results / "trainings", *(finished.folder / name for name in ("logs", "benchmarks"))]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len([path for path in files if "rotation-0" in path.parts and "stl" in path.parts]) == 4
    assert not list(finished.folder.glob("logs/slurm/**/*.log"))


def test_bundles_that_want_a_gpu_wait_for_one(long_study, tmp_path, cluster):
    """A site fills in its partitions. The bundles are made to want a GPU: the engine for one finds none here."""
    profile = tmp_path / "snakemake/slurm"
    shutil.copytree(ROOT / "profiles/slurm", profile)
    partitions = {"partitions": {"cpu": {"max_runtime": 600}, "gpu": {"max_runtime": 600, "max_gpu": 2}}}
    (profile / "partitions.yaml").write_text(yaml.safe_dump(partitions))
    long_study.config["grid"] |= {"sizes": [1], "rotations": 1}
    here = SlurmPlace(long_study.folder, long_study.config, cluster, tmp_path)
    here.succeed(f"results/{here.config['study']}/grid_points.parquet", "--set-resources", "train_bundle:gpu=1")

    jobs = {job["JobId"]: job for job in here.jobs()}
    trained = [job for job in jobs.values() if "train_bundle" in job["Comment"]]
    assert len(trained) == 4
    assert {(job["Partition"], job["TresPerJob"], job["JobState"]) for job in trained} == {
        ("gpu", "gres:gpu:1", "COMPLETED")
    }
    assert {job["Partition"] for job in jobs.values() if job not in trained} == {"cpu"}
    span = [(datetime.fromisoformat(job["StartTime"]), datetime.fromisoformat(job["EndTime"])) for job in trained]
    at_once = [sum(start <= begin < end for start, end in span) for begin, _ in span]
    assert max(at_once) == 2

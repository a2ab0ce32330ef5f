"""What a training costs besides itself when there are very many, in real jobs."""

import copy
import time

import pytest
from cluster import Cluster, missing
from places import SlurmPlace

pytestmark = pytest.mark.verify


@pytest.mark.parametrize("replicates", [1, 42], ids=["960 trainings", "40,320 trainings"])
def test_a_study_of_very_many_trainings(replicates, tiny_config, tmp_path, profiles, record):
    """20 jobs a replicate, 48 trainings each, with networks that train in milliseconds."""
    if reason := missing():
        pytest.skip(reason)
    config = copy.deepcopy(tiny_config)
    config["fingerprints"], config["folds"] = {"columns": 64}, {"count": 20}
    config["grid"] = {"sizes": list(range(1, 13)), "rotations": 20, "replicates": replicates, "stl": {}}
    config["recipes"] = {"main": {"hidden": 2, "batch_ratio": 1.0, "split": "compound", "epochs": {"single": 1}}}
    jobs, trainings = 20 * replicates, 960 * replicates
    with Cluster(tmp_path / "slurm", cpu_nodes=4, min_job_age=20_000) as cluster:
        here = SlurmPlace(tmp_path / "study", config, cluster, profiles)
        here.succeed("dataset")
        start = time.monotonic()
        with here.running(f"results/{config['study']}/grid_points.parquet") as snakemake:
            assert snakemake.wait(7200) == 0
        seconds = time.monotonic() - start
        trained = [job for job in here.jobs() if "train_bundle" in job["Comment"]]
    assert len(trained) == jobs
    assert {job["JobState"] for job in trained} == {"COMPLETED"}
    points = here.table("grid_points.parquet")
    assert len(points) == points.training_id.nunique() == trainings
    folders = [
        here.folder / name for name in ("results/tiny/trainings", "logs", "benchmarks", ".snakemake/metadata")
    ]
    files = sum(path.is_file() for folder in folders for path in folder.rglob("*"))
    own = 1000 * points.seconds.median()
    each = 1000 * seconds / trainings
    found = f"{each:.0f} ms a training in all ({own:.0f} ms itself), {files / jobs:.1f} files a job"
    record(
        f"{trainings:,} trainings in {jobs} jobs",
        "run to the end, fewer than 20 files a job",
        found,
        seconds,
        True,
    )
    assert files < 20 * jobs

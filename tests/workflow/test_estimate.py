"""A study is estimated, held to its limits before it trains, and set beside its estimate afterwards."""

import copy

import pytest
from mtlcurves.estimate import plan
from mtlcurves.study import Study


@pytest.fixture(scope="module")
def small_config(tiny_config):
    """Two rotations of the single- and multi-task arms at three sizes."""
    config = copy.deepcopy(tiny_config)
    config["grid"] = {"sizes": [1, 3, 5], "rotations": 2, "stl": {}, "mtl": {}}
    config["recipes"] = {"main": config["recipes"]["main"]}
    return config


@pytest.fixture(scope="module")
def estimated(small_config, workplace):
    """The small study, estimated and not trained; and what was printed."""
    place = workplace(small_config)
    return place, place.succeed("estimate")


def limited(place, small_config, **limits):
    place.configure(small_config | ({"limits": limits} if limits else {}))
    return place


def trainings(place):
    return list((place.results / "trainings").glob("**/*.parquet"))


def test_the_plan_counts_the_jobs_that_snakemake_plans(small_config, tiny_config, workplace, monkeypatch):
    logged = {"affinity": {"sizes": [1, 5], "rotations": 1}}
    place = workplace(tiny_config | logged | {"grouping": {"random_partitions": 25, "rotations": 2}})
    monkeypatch.chdir(place.folder)
    study = Study(place.config)
    trained = {"train_bundle": len(study.bundles), "train_groups": len(study.group_bundles)}
    assert place.planned() == plan.other_jobs(study) | trained


def test_the_plan_counts_the_jobs_of_a_study_of_gradients_alone(tiny_config, workplace, monkeypatch):
    kept = {key: tiny_config[key] for key in ("study", "source", "tasks", "labels", "folds")}
    gradients = {
        "encoders": ["ecfp", "cnn"],
        "split": "compound",
        "seeds": 2,
        "sweeps": {"seeds": 2, "thinned": {"levels": [0.5]}},
        "benefit": {"seeds": 1},
        "groups": {"counts": [2, 3], "random_partitions": 12, "seeds": 1},
        "task2vec": 1,
        "synthetic": {},
    }
    place = workplace(kept | {"gradients": gradients})
    monkeypatch.chdir(place.folder)
    study = Study(place.config)
    assert place.planned() == plan.other_jobs(study)


def test_the_estimate_is_printed_and_trains_nothing(estimated):
    place, printed = estimated
    page = (place.results / "estimate/estimate.txt").read_text()
    assert page in printed
    assert not trainings(place)
    table = place.table("tables/estimate.parquet")
    assert table["core_seconds"].notna().all()
    trained = table[table["rule"] == "train_bundle"].set_index("arm")
    assert trained["trainings"].to_dict() == {"stl": 24, "mtl": 6}
    assert (trained[["training_seconds", "core_seconds", "memory_mb", "disk_mb"]] > 0).all(axis=None)
    assert "Nothing to be done" in place.succeed("--dry-run", "estimate")


def test_a_limit_refuses_before_any_training(estimated, small_config):
    place, _ = estimated
    hours = place.table("tables/estimate.parquet")["core_seconds"].sum().item() / 3600
    done = limited(place, small_config, core_hours=hours / 2, trainings=29).run()
    assert done.returncode == 1
    assert "2 problems in study.yaml:\n  - limits.trainings: the study has 30 trainings" in done.stderr
    assert f"limits.core_hours: the study is estimated at {hours:,.3g} core-hours" in done.stderr
    assert "Traceback" not in done.stderr
    assert not trainings(place)


def test_a_limit_on_hours_asks_for_an_estimate_of_this_study(estimated, small_config, workplace):
    done = limited(workplace(small_config), small_config, core_hours=100).run("--dry-run")
    assert done.returncode == 1 and "needs an estimate, and there is none" in done.stderr
    place = limited(estimated[0], small_config, core_hours=100)
    place.config["grid"] = small_config["grid"] | {"rotations": 3}
    place.configure(place.config)
    done = place.run("--dry-run")
    assert done.returncode == 1 and "the study has changed since" in done.stderr


def test_a_study_within_its_limits_runs_and_reports_what_it_took(estimated, small_config):
    place, _ = estimated
    limited(place, small_config, core_hours=100, jobs=1000).succeed()
    table = place.table("tables/estimate_and_actual.parquet")
    trained = table[table["rule"] == "train_bundle"]
    assert (trained["trainings"] == trained["estimated_trainings"]).all()
    assert (trained["jobs"] == trained["estimated_jobs"]).all()
    points = place.table("grid_points.parquet").drop_duplicates(["recipe", "arm", "allocation", "rotation"])
    assert trained["training_seconds"].sum() == pytest.approx(points["seconds"].sum())
    assert table["ratio"].notna().all()
    report = (place.results / "report.html").read_text()
    assert "What the study cost" in report and "estimate / actual" in report
    assert "No estimate was made" not in report
    # other limits, or none, train nothing again; nor do they stop what is finished
    for limits in ({}, {"core_hours": 50}, {"jobs": 1}):
        assert (
            not {"train_bundle", "gather_grid_points", "calibrate"}
            & limited(place, small_config, **limits).planned().keys()
        )

    # a trained study that changes is held against them again
    limited(place, small_config, core_hours=100, trainings=1)
    place.config["recipes"] = {"main": small_config["recipes"]["main"] | {"hidden": 9}}
    place.configure(place.config)
    done = place.run("--dry-run")
    assert done.returncode == 1
    assert "limits.trainings: the study has 30 trainings" in done.stderr
    assert "the study has changed since" in done.stderr


def test_an_estimate_asks_for_tasks_and_an_arm(small_config, workplace):
    for left_out, said in (
        ({"tasks": None}, "tasks: is left out"),
        ({"grid": {"rotations": 2}}, "grid: has no arm"),
    ):
        done = workplace(small_config | left_out).run("estimate", "--dry-run")
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_a_given_calibration_is_used_in_place_of_one_measured_here(estimated, small_config, workplace):
    given = str(estimated[0].results / "estimate/calibration.json")
    assert "calibrate" not in workplace(small_config | {"rates": given}).planned("estimate")
    place, _ = estimated
    place.configure(small_config | {"rates": given, "backend": "reference"})
    done = place.run("estimate")
    assert done.returncode == 1
    assert "calibrates the backend lazy_adam; the study's is reference" in done.stdout + done.stderr


def test_a_report_without_an_estimate_says_so(tiny_study):
    assert "No estimate was made before it was run" in (tiny_study.results / "report.html").read_text()

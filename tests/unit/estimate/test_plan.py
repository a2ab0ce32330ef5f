"""What a study's configuration alone says about its cost, and the limits on it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from mtlcurves.estimate import plan
from mtlcurves.study import Study

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return yaml.safe_load(Path("tests/data/tiny.yaml").read_text())


def refused(config: dict[str, Any], totals: Path, **limits: float) -> list[str]:
    return plan.refusals(Study(config | {"limits": limits}), totals, "today")


def test_a_study_without_limits_is_not_refused(config: dict[str, Any], tmp_path: Path) -> None:
    assert refused(config, tmp_path / "none.json") == []


def test_the_plan_is_held_against_its_limits(config: dict[str, Any], tmp_path: Path) -> None:
    # main: stl 60, mtl 30, augmented 9, offdiagonal 6; controls: stl 60, mtl 30
    none = tmp_path / "none.json"
    assert refused(config, none, trainings=195) == []
    (line,) = refused(config, none, trainings=194)
    assert line.startswith("limits.trainings: the study has 195 trainings (main stl 60, ")
    assert "194 are allowed" in line
    n_jobs = 27 + sum(plan.other_jobs(Study(config)).values())
    assert refused(config, none, jobs=n_jobs) == []
    assert refused(config, none, jobs=n_jobs - 1)[0].startswith(f"limits.jobs: the study has {n_jobs} jobs")


def test_trainings_with_encoders_count_too(config: dict[str, Any], tmp_path: Path) -> None:
    # two with all labels, one shuffled; four tasks and six pairs, with three seeds; 1 + 4 + (5 + 2) x 2 groups
    gradients = {"encoders": ["ecfp"], "seeds": 2, "benefit": {}}
    gradients |= {"groups": {"counts": [2], "random_partitions": 5, "seeds": 1}}
    alone = config | {"grid": {}, "recipes": {"main": {}}, "gradients": gradients}
    n = 2 + 1 + 3 * (4 + 6) + 1 + 4 + 7 * 2
    none = tmp_path / "none.json"
    assert refused(alone, none, trainings=n) == []
    (line,) = refused(alone, none, trainings=n - 1)
    assert line.startswith(f"limits.trainings: the study has {n} trainings (gradients benefit 30, ")
    assert refused(config | {"gradients": gradients}, none, trainings=195 + n) == []
    assert refused(alone, none, jobs=sum(plan.other_jobs(Study(alone)).values())) == []


def test_limits_on_hours_need_an_estimate_of_this_plan(config: dict[str, Any], tmp_path: Path) -> None:
    totals = tmp_path / "totals.json"
    assert "there is none" in refused(config, totals, core_hours=5)[0]
    estimated = {"core_hours": 7.25, "gpu_hours": 0, "disk_gb": 1, "plan": "yesterday"}
    estimated["most"] = dict.fromkeys(plan.UNITS, "main stl, 60%")
    totals.write_text(json.dumps(estimated))
    assert "has changed since" in refused(config, totals, core_hours=5)[0]
    totals.write_text(json.dumps(estimated | {"plan": "today"}))
    (line,) = refused(config, totals, core_hours=5, gpu_hours=1, disk_gb=2)
    assert line.startswith(
        "limits.core_hours: the study is estimated at 7.25 core-hours (most of it main stl, 60%), 5 are allowed; "
    )
    assert refused(config, totals, core_hours=7.5) == []


def test_arms_that_are_left_out_need_no_jobs(config: dict[str, Any]) -> None:
    config["grid"] = {"rotations": 2, "stl": {}}
    config["recipes"] = {"main": {}}
    jobs = plan.other_jobs(Study(config))
    assert {"fit_curves", "compare_forms", "plot_learning_curves"} <= jobs.keys()
    assert not {"fit_transfer", "compare_arms", "plot_transfer_map"} & jobs.keys()
    assert jobs["check_folds"] == 1


def test_a_study_of_gradients_alone_has_no_stage_of_curves(config: dict[str, Any]) -> None:
    parts = {"encoders": ["ecfp"], "benefit": {}, "groups": {"counts": [2]}}
    alone = Study(config | {"grid": {}, "recipes": {"main": {}}, "gradients": parts})
    assert {plan.stage_of(rule) for rule in plan.other_jobs(alone)} == {"data", "gradients", "figures"}
    assert plan.stage_of("gather_groups") == plan.stage_of("fit_curves") == "curves"

"""A study's tables and figures follow from its arms and recipes."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from mtlcurves import outputs
from mtlcurves.study import Study

ROOT = Path(__file__).parents[2]
SIMILARITY = {"similarity_map", "similarity_and_correlation", "similarity_dynamics", "degradation"}
SIMILARITY |= {"pathway_recovery", "signals_and_benefit", "gradient_groupings"}


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return yaml.safe_load(Path("tests/data/tiny.yaml").read_text())


def study_with(config: dict[str, Any], arms: list[str], recipes: dict[str, Any] | None = None) -> Study:
    """The tiny study with some of its arms only."""
    grid = {key: value for key, value in config["grid"].items() if key in ("sizes", "rotations", *arms)}
    return Study(config | {"grid": grid, "recipes": recipes or {"main": {}}})


def test_the_whole_tiny_study_has_everything(config: dict[str, Any]) -> None:
    study = Study(config | {"affinity": {}})
    # neither a designed source, nor balanced, nor grouped
    assert set(outputs.absent_figures(study)) == {"estimated_and_true", "balancing", "groupings"} | SIMILARITY
    assert outputs.tables(study) == [
        "form_ranking",
        "curves",
        "transfer",
        "transfer_estimates",
        "labels_needed",
        "additivity",
        "map_reliability",
        "arm_effects",
        "effect_counts",
        "parameter_change",
        "parameter_correlation",
        "tag_affinity",
        "transfer_comparison",
    ]


def test_single_task_trainings_alone_have_curves_and_nothing_to_compare(config: dict[str, Any]) -> None:
    study = study_with(config, ["stl"])
    assert outputs.tables(study) == ["form_ranking", "curves"]
    assert outputs.figures(study) == ["label_counts", "run_time", "learning_curves", "form_errors"]


def test_a_study_without_trainings_describes_its_data(config: dict[str, Any]) -> None:
    study = study_with(config, [])
    assert outputs.tables(study) == []
    assert outputs.figures(study) == ["label_counts"]


def test_every_figure_that_is_absent_has_its_reason(config: dict[str, Any]) -> None:
    absent = outputs.absent_figures(study_with(config, ["stl", "mtl"]))
    maps = {"transfer_map", "transfer_forest", "estimated_and_true", "groupings"}
    affinities = {"affinity_map", "affinity_sizes", "affinity_and_transfer"}
    assert set(absent) == {"split_comparison", "epochs", "balancing"} | maps | affinities | SIMILARITY
    assert "key affinity" in absent["affinity_map"]
    assert "grid.augmented" in absent["transfer_map"]
    assert "score_epochs" in absent["epochs"]


def test_multi_task_trainings_of_a_subset_only_are_no_reference(config: dict[str, Any]) -> None:
    config["grid"]["mtl"] = {"subsets": ["opsins"]}
    study = study_with(config, ["stl", "mtl", "augmented"])
    assert not outputs.has_both_arms(study, "main")
    assert "transfer" not in outputs.tables(study)
    assert outputs.subsets_of(study, "main", "mtl") == ["opsins"]


def test_a_recipe_with_arms_of_its_own(config: dict[str, Any]) -> None:
    study = study_with(config, ["stl", "mtl"], {"main": {"arms": ["mtl"]}, "control": {"arms": ["stl"]}})
    assert outputs.subsets_of(study, "main", "stl") == []
    assert outputs.subsets_of(study, "control", "stl") == [None]
    assert [comparison.name for comparison in outputs.comparisons(study)] == ["mtl-control", "mtl[opsins]-mtl"]
    assert "parameter_change" not in outputs.tables(study)


def test_affinities_are_averaged_where_they_are_logged(config: dict[str, Any]) -> None:
    study = Study(config | {"affinity": {"rotations": 2}})
    assert outputs.tables(study) == [*outputs.tables(Study(config)), "tag_affinity", "transfer_comparison"]
    # the sizes of the multi-task arm, which are the grid's
    assert study.affinity_logs == [(size, rotation) for size in (1, 2, 3, 4, 5) for rotation in (0, 1)]
    assert Study(config | {"affinity": {"sizes": [5]}}).affinity_logs == [(5, 0), (5, 1), (5, 2)]


def test_affinities_without_transfer_are_not_compared(config: dict[str, Any]) -> None:
    config["affinity"] = {"sizes": [5]}
    study = study_with(config, ["mtl"])
    assert outputs.tables(study)[-1] == "tag_affinity"
    absent = outputs.absent_figures(study)
    assert "affinity_map" not in absent and "affinity.sizes" in absent["affinity_sizes"]
    assert "no transfer is estimated" in absent["affinity_and_transfer"]


def test_the_arms_that_transfer_is_read_off_are_named(config: dict[str, Any]) -> None:
    assert outputs.raised_text(Study(config)) == "augmented, 1 to 5 folds; offdiagonal"
    config["recipes"] = {"main": {}}
    config["grid"] = {"rotations": 3, "mtl": {}, "augmented": {"sizes": [1, 2, 3]}, "design": {"kind": "hadamard"}}
    assert outputs.raised_text(Study(config)) == "augmented, 1-3 folds by 1 more; design, 1 to 5 folds"
    config["grid"] = {"rotations": 3, "mtl": {}, "stl": {}}
    assert outputs.raised_text(Study(config)) == ""


def test_a_designed_study_is_set_beside_its_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    study = Study(yaml.safe_load(Path("config/studies/designed60.yaml").read_text()))
    assert "estimated_and_true" in outputs.figures(study)


def test_balancing_is_compared_with_a_recipe_alike_in_all_else(config: dict[str, Any]) -> None:
    recipes = {
        "main": {"hidden": 8},
        "surgery": {"balancing": {"kind": "pcgrad"}, "arms": ["mtl"], "score_epochs": [2]},
        "wide": {"hidden": 16, "balancing": {"kind": "cagrad"}},
        "alone": {"balancing": {"kind": "dwa"}, "arms": ["stl"]},
    }
    study = study_with(config, ["stl", "mtl"], recipes)
    assert outputs.balancings(study) == {"surgery": {"balancing": "pcgrad", "reference": "main"}}
    assert "balancing" in outputs.tables(study)
    assert "balancing" in outputs.figures(study)
    without = study_with(config, ["stl", "mtl"], {name: recipes[name] for name in ("main", "wide", "alone")})
    assert "balancing" not in outputs.tables(without)
    assert "plain sum" in outputs.absent_figures(without)["balancing"]


def test_gradients_are_analysed_as_far_as_they_are_logged(config: dict[str, Any], tmp_path: Path) -> None:
    table = tmp_path / "tasks.csv"
    table.write_text("task,family\n" + "".join(f'"{task}",one\n' for task in config["tasks"]), encoding="utf-8")
    config = config | {"tasks": str(table)}
    made = [
        *outputs.tables(Study(config)),
        *("overlap", "task_correlation"),
        "gradient_similarity",
        "similarity_and_correlation",
        "similarity_dynamics",
    ]
    plain = Study(config | {"gradients": {"encoders": ["ecfp"]}})
    assert outputs.tables(plain) == made
    assert SIMILARITY & set(outputs.figures(plain)) == {
        *("similarity_map", "similarity_and_correlation", "similarity_dynamics")
    }
    sweeps = {"thinned": {"levels": [1.0, 0.5]}}
    rich = {"encoders": ["ecfp", "cnn"], "partitions": ["family"], "sweeps": sweeps, "benefit": {}, "groups": {}}
    study = Study(config | {"gradients": rich})
    assert set(outputs.tables(study)) - set(made) == {
        *("architecture_consistency", "pathway_recovery", "degradation", "degradation_fits", "pair_benefit"),
        *("benefit_prediction", "benefit_calibration", "benefit_thresholds", "signals_and_benefit"),
        "gradient_grouping_results",
    }
    assert set(outputs.figures(study)) >= SIMILARITY
    assert "gradients.sweeps" in outputs.absent_figures(plain)["degradation"]


def test_claims_are_a_table_where_something_is_published_of_the_data(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MTLCURVES_DATA", str(shared_data))
    for name, claimed in (("tox21_sweep", True), ("kiba244", True), ("kinase", False), ("receptors10", False)):
        path = Path(f"config/studies/{name}.yaml")
        config = yaml.safe_load((path if path.exists() else Path("config/config.yaml")).read_text())
        assert ("claims" in outputs.tables(Study(config))) == claimed, name

"""A study lays out its trainings as its configuration says."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from mtlcurves.study import ConfigError, Study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return yaml.safe_load(Path("tests/data/tiny.yaml").read_text())


def test_what_is_wrong_is_one_error(config: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^1 problem in the configuration:\n  - folds.count: ") as caught:
        Study(config | {"folds": {"count": 1}})
    assert str(caught.value).count("\n") == 1
    with pytest.raises(ConfigError, match=r"^2 problems in the configuration:\n  - .*\n  - .*"):
        Study(config | {"folds": {"count": 1}, "title": 3})
    with pytest.raises(ConfigError, match=r"^2 problems in mine.yaml:\n  - title: .*\n  - folds.count: .*"):
        Study(config | {"folds": {"count": 1}}, "mine.yaml", further=["title: stands in lines 2 and 3"])


@pytest.mark.parametrize(
    ("left_out", "arms", "keys"),
    [
        ({}, True, []),
        ({"grid": {}}, False, []),
        ({"grid": {}}, True, ["grid"]),
        ({"tasks": None, "grid": {}}, False, ["tasks"]),
        ({"tasks": None, "grid": {}}, True, ["tasks", "grid"]),
    ],
)
def test_a_study_too_young_for_a_target(
    config: dict[str, Any], left_out: dict[str, Any], arms: bool, keys: list[str]
) -> None:
    study = Study({"study": "x", "source": config["source"], "tasks": ["opsin-A"], "grid": {"stl": {}}} | left_out)
    try:
        study.check_complete(arms)
        found = []
    except ConfigError as error:
        found = [line.split()[1] for line in str(error).splitlines()[1:]]
    assert found == [f"{key}:" for key in keys]


def test_a_study_of_values_has_no_curves_to_plan(config: dict[str, Any]) -> None:
    study = Study({"study": "x", "source": config["source"], "tasks": ["opsin-A"], "labels": {"kind": "value"}})
    study.check_complete(arms=False)
    with pytest.raises(ConfigError, match="labels.kind: value has no classes"):
        study.check_complete(arms=False, classes=True)


def test_sizes_left_out_are_all_training_folds(config: dict[str, Any]) -> None:
    config["grid"] = {"rotations": 2, "stl": {"tasks": ["opsin-A"]}, "mtl": {"sizes": [1]}}
    config["recipes"] = {"main": {}}
    study = Study(config)
    assert [a.id for a in study.arms["stl"]] == [f"opsin-A@{size}" for size in range(1, 6)]
    assert study.sizes == [1, 2, 3, 4, 5]


def test_the_arms_of_the_tiny_study(config: dict[str, Any]) -> None:
    study = Study(config)
    assert {arm: len(members) for arm, members in study.arms.items()} == {
        "stl": 4 * 5,  # tasks, sizes
        "mtl": 2 * 5,  # subsets, sizes
        "augmented": 3,  # auxiliaries, from one size
        "offdiagonal": 2,  # target sizes
    }
    raised = study.arms["augmented"][0]
    assert raised.folds == {"opsin-A": 5, "opsin-B": 1, "kinase, X": 1, "kinase-Y": 1}
    assert [a.subset for a in study.arms["mtl"]] == ["all"] * 5 + ["opsins"] * 5
    assert study.arms["mtl"][-1].folds == {"opsin-A": 5, "opsin-B": 5}


def test_shuffled_labels_are_added_like_an_augmented_tasks(config: dict[str, Any]) -> None:
    config["grid"]["shuffled"] = config["grid"]["augmented"]
    arms = Study(config).arms
    assert [a.folds for a in arms["shuffled"]] == [a.folds for a in arms["augmented"]]
    assert [a.shuffled for a in arms["shuffled"]] == ["opsin-A", "opsin-B", "kinase-Y"]
    assert arms["shuffled"][0].id == "all@1+opsin-A@5 shuffled"


def test_a_weighing_design_raises_half_of_the_tasks(config: dict[str, Any]) -> None:
    config["grid"]["design"] = {"kind": "hadamard", "low": 2}
    design = Study(config).arms["design"]
    assert [a.id for a in design] == [f"design.row-{row}@2/5" for row in range(1, 8)]
    assert {a.size for a in design} == {2} and {a.subset for a in design} == {"all"}
    for task in config["tasks"]:
        assert sorted(a.folds[task] for a in design) == [2, 2, 2, 5, 5, 5, 5]
    config["grid"]["design"] = {"kind": "random", "rows": 3, "high": 3}
    design = Study(config).arms["design"]
    assert [sorted(a.folds.values()) for a in design] == [[1, 1, 3, 3]] * 3


def test_ids_are_the_studys_own(config: dict[str, Any]) -> None:
    """Tables are joined by them."""
    config["grid"] |= {"shuffled": {"sizes": [1, 2]}, "design": {"kind": "hadamard"}}
    ids = [allocation.id for members in Study(config).arms.values() for allocation in members]
    assert len(set(ids)) == len(ids)


def test_rows_of_a_design_are_bundled(config: dict[str, Any]) -> None:
    config["grid"] = {"rotations": 1, "mtl": {}, "design": {"kind": "hadamard"}}
    config["bundles"], config["recipes"] = {"design_rows": 3}, {"main": {}}
    bundles = [bundle for bundle in Study(config).bundles if bundle.arm == "design"]
    assert [[a.row for a in bundle.allocations] for bundle in bundles] == [[1, 2, 3], [4, 5, 6], [7]]


def test_an_arm_that_is_left_out_is_not_trained(config: dict[str, Any]) -> None:
    config["grid"] = {"sizes": [1, 5], "rotations": 2, "mtl": {"sizes": [5]}}
    config["recipes"] = {"main": {}}
    study = Study(config)
    assert [allocation.id for allocation in study.arms["mtl"]] == ["all@5"]
    assert [(bundle.arm, bundle.rotation) for bundle in study.bundles] == [("mtl", 0), ("mtl", 1)]


def test_every_training_is_in_one_bundle(config: dict[str, Any]) -> None:
    config["grid"]["replicates"] = 2
    config["bundles"] = {"stl_tasks": 3, "augmented_auxiliaries": 2}
    study = Study(config)
    trainings = Counter(
        (bundle.recipe, bundle.arm, bundle.rotation, bundle.replicate, allocation.id)
        for bundle in study.bundles
        for allocation in bundle.allocations
    )
    wanted = {
        (recipe, arm, rotation, replicate, allocation.id)
        for recipe, arms in {
            "main": ["stl", "mtl", "augmented", "offdiagonal"],
            "stl_under_mtl_protocol": ["stl"],
            "compound_folds": ["mtl"],
        }.items()
        for arm in arms
        for rotation in range(3)
        for replicate in range(2)
        for allocation in study.arms[arm]
    }
    assert trainings == dict.fromkeys(wanted, 1)
    assert len({bundle.path for bundle in study.bundles}) == len(study.bundles)


def test_a_bundle_is_found_by_its_wildcards(config: dict[str, Any]) -> None:
    study = Study(config)
    for bundle in study.bundles:
        assert study.bundle(bundle.recipe, bundle.arm, bundle.rotation, bundle.replicate, bundle.name) == bundle


def test_a_task_added_at_the_end_touches_the_last_bundle(config: dict[str, Any]) -> None:
    last = config["tasks"].pop()
    config["bundles"] = {"stl_tasks": 2}
    config["grid"] = {"sizes": [1, 5], "rotations": 1, "stl": {}}
    config["recipes"] = {"main": {}}
    del config["subsets"]
    before = {bundle.path: bundle for bundle in Study(config).bundles}
    config["tasks"].append(last)
    after = {bundle.path: bundle for bundle in Study(config).bundles}
    assert [path for path in after if after[path] != before.get(path)] == [
        "main/stl/rotation-0/replicate-0/bundle-001"
    ]


def test_the_study_of_the_paper_is_a_plan_of_few_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    study = Study(yaml.safe_load(Path("config/studies/kiba244.yaml").read_text()))
    trainings = Counter((bundle.recipe, bundle.arm) for bundle in study.bundles for _ in bundle.allocations)
    assert trainings["main", "stl"] == 241 * 9 * 10
    assert trainings["main", "mtl"] == 9 * 10
    assert trainings["main", "augmented"] == 241 * 8 * 10
    assert len(study.bundles) < 4_900


def test_parsing_a_study_is_light() -> None:
    """Every process of Snakemake parses it; what takes long to import stays out."""
    heavy = ["numpy", "pandas", "torch", "scipy", "rdkit", "pyarrow"]
    check = f"import sys, mtlcurves.study; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_groups_are_planned_by_their_number(config: dict[str, Any]) -> None:
    assert Study(config).group_bundles == []
    config["grouping"] = {"budget": 3, "random_partitions": 7, "rotations": 2}
    config["bundles"] |= {"random_partitions": 3}
    bundles = Study(config).group_bundles
    names = ["random-000", "random-001", "random-002", "transfer"]
    assert [(bundle.rotation, bundle.name) for bundle in bundles] == [(r, name) for r in (0, 1) for name in names]
    assert [len(bundle.allocations) for bundle in bundles[:4]] == [9, 9, 3, 3]
    assert bundles[0].path == "main/group/rotation-0/replicate-0/random-000"
    folds = [allocation.folds for allocation in bundles[3].allocations]
    assert folds == [{"opsin-A": 5}, {"opsin-B": 5}, {"kinase, X": 5, "kinase-Y": 5}]

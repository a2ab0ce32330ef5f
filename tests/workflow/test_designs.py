"""A study with a weighing design and shuffled auxiliaries, from its plan to its grid points; and its power."""

import copy
from pathlib import Path

import pytest
import yaml

RAISED = {"auxiliaries": ["opsin-A", "kinase, X"], "sizes": [1], "raise_by": "full"}


@pytest.fixture(scope="module")
def designed(tiny_config, workplace):
    config = copy.deepcopy(tiny_config)
    config["grid"] = {"sizes": [1, 5], "rotations": 2, "mtl": {}, "augmented": RAISED, "shuffled": RAISED}
    config["grid"]["design"] = {"kind": "hadamard"}
    config["recipes"] = {"main": config["recipes"]["main"]}
    place = workplace(config)
    place.succeed("gather_grid_points", "plan_trainings")
    return place


def test_every_training_is_scored_once(designed):
    points = designed.table("grid_points.parquet")
    last = points[points.last_epoch]
    assert not last.duplicated(["allocation", "rotation", "task"]).any()
    trainings = last.drop_duplicates(["arm", "allocation", "rotation"])["arm"].value_counts()
    # four tasks: a design of order eight without its first row
    assert trainings.to_dict() == {"design": 2 * 7, "augmented": 4, "shuffled": 4, "mtl": 4}
    assert last.groupby("arm").labels.unique().map(list).to_dict() == {
        **dict.fromkeys(["augmented", "design", "mtl"], ["full"]),
        "shuffled": ["shuffled"],
    }


def test_counts_follow_from_the_tables_of_the_plan(designed):
    points, counts = designed.table("grid_points.parquet"), designed.table("label_counts.parquet")
    allocations = designed.table("allocations.parquet")
    assert not allocations.duplicated(["allocation", "task"]).any()
    labels = counts[counts.split == "scaffold"].set_index(["rotation", "folds", "task"])["n"]
    folds = allocations.set_index(["allocation", "task"])["folds"]
    for row in points[points.last_epoch & points.arm.isin(["design", "shuffled"])].itertuples():
        own = {task: labels[row.rotation, n, task] for task, n in folds[row.allocation].items()}
        low = {task: labels[row.rotation, row.size, task] for task in own}
        others = [task for task in own if task != row.task]
        assert row.n_target == own[row.task]
        assert row.n_complement == sum(low[task] for task in others)
        assert row.n_auxiliary == sum(own[task] - low[task] for task in others)


def test_shuffled_labels_change_scores_and_nothing_else(designed):
    points = designed.table("grid_points.parquet")
    arms = {arm: own.drop(columns=["arm", "labels"]) for arm, own in points[points.last_epoch].groupby("arm")}
    true, null = (
        arms["augmented"],
        arms["shuffled"].replace({"allocation": " shuffled$"}, {"allocation": ""}, regex=True),
    )
    keys = ["allocation", "rotation", "task"]
    both = true.merge(null, on=[*keys, "n_target", "n_complement", "n_auxiliary", "n_test", "n_test_active"])
    assert len(both) == len(true) == len(null)
    assert (both.auroc_x != both.auroc_y).any()


def test_power_needs_no_data(tiny_config, workplace):
    place = workplace(tiny_config)
    printed = place.succeed("power")
    assert not (place.results / "dataset").exists()
    assert (place.results / "power/power.txt").read_text() in printed
    table = place.table("tables/power.parquet").set_index("design")
    assert table.index[0] == "this study"
    assert table.loc["this study", "trainings"] == 7 * 3
    assert table["cheapest"].sum() == 1
    place.configure(tiny_config | {"power": {"gap": 0.2}})
    assert place.planned("power") == {"power": 1}


def test_power_measures_noise_on_an_earlier_study(designed, workplace):
    config = copy.deepcopy(designed.config)
    earlier = str(designed.results / "grid_points.parquet")
    place = workplace(config | {"power": {"noise": earlier}})
    assert f"measured on {earlier}" in place.succeed("power")
    assert place.table("tables/power.parquet")["standard_error"].max() > 0


def test_power_needs_the_tasks_names(designed, workplace):
    place = workplace({key: designed.config[key] for key in ("study", "source")})
    done = place.run("power")
    assert done.returncode == 1
    assert "tasks: is left out" in done.stderr
    assert yaml.safe_load(Path(place.folder / "study.yaml").read_text()).keys() == {"study", "source"}

"""The tiny study from table to report."""

import copy
import json
import re

import numpy as np
import pandas as pd
import pytest

# one worker runs the tiny study, once
pytestmark = pytest.mark.xdist_group("tiny_study")

TIMING = ["seconds"]


def comparable(points: pd.DataFrame) -> pd.DataFrame:
    """Grid points in an order of their own, without what may differ between runs."""
    keys = ["recipe", "arm", "allocation", "rotation", "replicate", "task", "epoch"]
    return points.drop(columns=TIMING).sort_values(keys).reset_index(drop=True)


def test_every_planned_training_is_scored(tiny_study):
    points = tiny_study.table("grid_points.parquet")
    last = points[points.last_epoch & (points.recipe == "main")]
    trainings = last.groupby("arm").apply(lambda g: len(g[["allocation", "rotation"]].drop_duplicates()))
    # stl: 4 tasks x 5 sizes x 3 rotations; mtl: 2 subsets; augmented: 4 auxiliaries; off-diagonal: 2 sizes
    assert trainings.to_dict() == {"stl": 60, "mtl": 30, "augmented": 12, "offdiagonal": 6}
    assert sorted(points[points.recipe == "main"].epoch.unique()) == [2, 4, 6]


def test_scores_are_defined_or_say_why(tiny_study):
    points = tiny_study.table("grid_points.parquet")
    assert (points.auroc.isna() == points.undefined.notna()).all()
    assert points.auroc.dropna().between(0, 1).all()
    assert points.auroc.notna().mean() > 0.8


def test_counts_of_arms_agree(tiny_study):
    points = tiny_study.table("grid_points.parquet")
    last = points[points.last_epoch & (points.recipe == "main")]
    stl = last[last.arm == "stl"].set_index(["rotation", "size", "task"])
    mtl = last[(last.arm == "mtl") & (last.subset == "all")].set_index(["rotation", "size", "task"])
    both = stl.add_suffix("_stl").join(mtl.add_suffix("_mtl"))
    assert (both.n_target_stl == both.n_target_mtl).all()
    assert (both.n_test_stl == both.n_test_mtl).all()
    augmented = last[last.arm == "augmented"].set_index(["rotation", "size", "task"])
    augmented = augmented.join(mtl.add_suffix("_mtl"))
    other = augmented[augmented.auxiliary != augmented.index.get_level_values("task")]
    assert (other.n_target == other.n_target_mtl).all()
    assert (other.n_complement == other.n_complement_mtl).all()
    assert (other.n_auxiliary > 0).all()
    own = augmented[augmented.auxiliary == augmented.index.get_level_values("task")]
    assert (own.n_auxiliary == 0).all()
    assert (own.n_target > own.n_target_mtl).all()


def test_more_labels_score_better(tiny_study):
    points = tiny_study.table("grid_points.parquet")
    last = points[points.last_epoch & (points.recipe == "main") & (points.arm == "stl")]
    assert last[last["size"] == 5].auroc.mean() > last[last["size"] == 1].auroc.mean() + 0.02


def test_every_table_has_csv_and_parquet(tiny_study):
    folder = tiny_study.results / "tables"
    names = {path.stem for path in folder.iterdir()}
    expected = {"form_ranking", "curves", "transfer", "arm_effects", "effect_counts"}
    assert expected | {"parameter_change", "parameter_correlation"} <= names
    for name in names:
        csv, parquet = pd.read_csv(folder / f"{name}.csv"), pd.read_parquet(folder / f"{name}.parquet")
        assert len(csv) == len(parquet) > 0
        assert list(csv.columns) == list(parquet.columns)


def test_transfer_names_every_pair(tiny_study):
    transfer = tiny_study.table("curves/transfer.parquet")
    pairs = transfer[(transfer.coefficient == "a_ij") & (transfer.metric == "auroc")]
    assert len(pairs[["target", "auxiliary"]].drop_duplicates()) == 12
    assert (pairs.target != pairs.auxiliary).all()
    assert pairs.status.notna().all()


def test_report_is_whole_and_needs_no_network(tiny_study):
    page = (tiny_study.results / "report.html").read_text()
    figures = {path.stem for path in (tiny_study.results / "figures").glob("*.svg")}
    assert {"learning_curves", "mtl_effect", "transfer_map", "form_errors"} <= figures
    for name in figures:
        assert name in page
        assert (tiny_study.results / "figures" / f"{name}.png").stat().st_size > 5_000
        assert len(pd.read_csv(tiny_study.results / "figures" / f"{name}.csv"))
    for loading in ('src="http', "src='http", '<link rel="stylesheet" href="http', "@import url(http"):
        assert loading not in page


def test_card_counts_every_step(tiny_study):
    card = json.loads((tiny_study.results / "dataset/card.json").read_text())
    text = json.dumps(card)
    assert str(len(tiny_study.table("dataset/compounds.parquet"))) in text
    assert str(len(tiny_study.table("dataset/labels.parquet"))) in text


def test_second_run_does_nothing(tiny_study):
    assert "Nothing to be done" in tiny_study.succeed("--dry-run")


@pytest.fixture(scope="module")
def small_config(tiny_config):
    """Two rotations of the single- and multi-task arms alone."""
    config = copy.deepcopy(tiny_config)
    config["grid"] = {"sizes": [1, 3, 5], "rotations": 2, "stl": {}, "mtl": {}}
    config["recipes"] = {"main": config["recipes"]["main"]}
    return config


def test_same_bits_whatever_cores_and_bundles(tiny_study, small_config, workplace):
    config = copy.deepcopy(small_config)
    config["bundles"] = {"stl_tasks": 1}
    place = workplace("other", config)
    place.succeed(f"results/{config['study']}/grid_points.parquet", cores=1)
    here = comparable(place.table("grid_points.parquet"))
    there = comparable(tiny_study.table("grid_points.parquet"))
    keys = ["recipe", "arm", "allocation", "rotation", "replicate", "task", "epoch"]
    there = here[keys].merge(there, on=keys, how="left")[here.columns]
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    assert np.isfinite(here.auroc).any()


def test_killed_study_goes_on_where_it_stopped(tiny_study, small_config, workplace):
    target = f"results/{small_config['study']}/grid_points.parquet"
    place = workplace("killed", small_config)

    def parts():
        return list((place.results / "trainings").glob("**/*.parts/*.parquet"))

    for finished in (3, 12):
        place.kill_when(lambda enough=finished: len(parts()) >= enough, target, "--rerun-incomplete")
        place.succeed("--unlock")
        assert not (place.results / "grid_points.parquet").exists()
        place.run("--unlock")
    survivors = {path: path.stat().st_mtime_ns for path in parts() if path.stem != "kept"}
    done = {path.stem for path in survivors}
    place.succeed("--rerun-incomplete", target)
    here = comparable(place.table("grid_points.parquet"))
    assert done <= set(here.training_id)
    there = comparable(tiny_study.table("grid_points.parquet"))
    keys = ["recipe", "arm", "allocation", "rotation", "replicate", "task", "epoch"]
    pd.testing.assert_frame_equal(here, here[keys].merge(there, on=keys)[here.columns], check_exact=True)
    logs = "".join(path.read_text() for path in (place.folder / "logs").glob("**/trainings/**/*.log"))
    finished_before = sum(map(int, re.findall(r"(\d+) of them finished before", logs)))
    assert finished_before >= len(done) > 0

"""The tiny study from table to report; after a change it runs again what is needed and nothing more."""

import copy
import json
import shutil

import pandas as pd
import pytest


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


@pytest.fixture
def finished(tiny_study, workplace):
    """A copy of the finished tiny study that a test may change."""
    place = workplace(copy.deepcopy(tiny_study.config))
    shutil.copytree(tiny_study.folder, place.folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    return place


def plan(place, change) -> dict[str, int]:
    """Rules planned after a change of the configuration, figures, tables of figures and report left out."""
    change(place.config)
    place.configure(place.config)
    planned = place.planned()
    return {
        rule: n for rule, n in planned.items() if not rule.startswith("plot_") and rule not in ("build_report",)
    }


def test_curve_setting_refits_curves_alone(finished):
    planned = plan(finished, lambda c: c.setdefault("curves", {}).update(form="POW3"))
    assert "fit_curves" in planned
    assert not {"train_bundle", "gather_grid_points", "compute_fingerprints", "fit_transfer"} & planned.keys()


def test_title_only_rebuilds_the_report(finished):
    assert plan(finished, lambda c: c.update(title="Another title")) == {}


def test_one_more_rotation_trains_only_that_rotation(finished):
    planned = plan(finished, lambda c: c["grid"].update(rotations=4))
    before = 27
    assert planned["train_bundle"] == before / 3
    assert not {"make_labels", "assign_folds", "compute_fingerprints"} & planned.keys()


def test_epochs_of_a_control_train_the_control_alone(finished):
    planned = plan(finished, lambda c: c["recipes"]["stl_under_mtl_protocol"].update(epochs={"single": 8}))
    assert planned["train_bundle"] == 3


def test_threshold_relabels_but_keeps_molecules(finished):
    planned = plan(finished, lambda c: c["labels"].update(threshold=5.5))
    assert "make_labels" in planned
    assert not {"read_source", "standardise_molecules"} & planned.keys()


def test_network_trains_everything_again_and_no_chemistry(finished):
    planned = plan(finished, lambda c: c["recipes"]["main"].update(hidden=9))
    assert planned["train_bundle"] == 27
    assert not {"make_labels", "assign_folds", "compute_fingerprints"} & planned.keys()

"""The tiny study from table to report."""

import json

import pandas as pd


def test_every_planned_training_is_scored(tiny_study):
    points = tiny_study.table("grid_points.parquet")
    last = points[points.last_epoch & (points.recipe == "main")]
    trainings = last.groupby("arm").apply(lambda g: len(g[["allocation", "rotation"]].drop_duplicates()))
    # stl: 4 tasks x 5 sizes x 3 rotations; mtl: 2 subsets; augmented: 3 auxiliaries; off-diagonal: 2 sizes
    assert trainings.to_dict() == {"stl": 60, "mtl": 30, "augmented": 9, "offdiagonal": 6}
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
    expected |= {"transfer_estimates", "labels_needed", "additivity", "map_reliability"}
    assert expected | {"parameter_change", "parameter_correlation"} <= names
    for name in names:
        csv, parquet = pd.read_csv(folder / f"{name}.csv"), pd.read_parquet(folder / f"{name}.parquet")
        # additivity asks for a weight of every task, and the tiny study raises three of four
        assert len(csv) == len(parquet) and (len(csv) > 0 or name == "additivity")
        assert list(csv.columns) == list(parquet.columns)


def test_transfer_names_every_pair(tiny_study):
    transfer = tiny_study.table("curves/transfer.parquet")
    pairs = transfer[(transfer.coefficient == "a_ij") & (transfer.metric == "auroc")]
    assert len(pairs[["target", "auxiliary"]].drop_duplicates()) == 9
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

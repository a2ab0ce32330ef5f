"""What runs again after a change: all that is needed, and nothing more."""

import copy
import csv
import shutil
from pathlib import Path

import pytest
from rdkit import Chem


@pytest.fixture
def finished(tiny_study, tmp_path):
    """A copy of the finished tiny study that a test may change."""
    shutil.copytree(tiny_study.folder, tmp_path / "copy", copy_function=shutil.copy2)
    return type(tiny_study)(tmp_path / "copy", copy.deepcopy(tiny_study.config))


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


@pytest.fixture
def one_rotation(tiny_study, tmp_path):
    """A place with one rotation of the main recipe's multi-task and augmented arms, not run yet."""
    config = copy.deepcopy(tiny_study.config)
    config["grid"] = {
        "rotations": 1,
        "sizes": [2, 4],
        "stl": {},
        "mtl": {"subsets": ["all", "opsins"]},
        "augmented": {"auxiliaries": ["opsin-A", "opsin-B"], "sizes": [1]},
    }
    config["recipes"] = {"main": config["recipes"]["main"]}
    return type(tiny_study)(tmp_path / "one_rotation", config)


def test_one_more_auxiliary_trains_its_bundle_alone(one_rotation):
    config, target = one_rotation.config, f"results/{one_rotation.config['study']}/grid_points.parquet"
    one_rotation.succeed(target)
    config["grid"]["augmented"]["auxiliaries"].append("kinase, X")
    one_rotation.configure(config)
    assert one_rotation.planned(target) == {"train_bundle": 1, "gather_grid_points": 1}


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


def test_changed_label_retrains_only_what_saw_it(one_rotation):
    """A bundle is planned again, but finds its unaffected trainings."""
    config, target = one_rotation.config, f"results/{one_rotation.config['study']}/grid_points.parquet"
    table = one_rotation.folder / "tiny.csv"
    lines = Path(config["source"]["path"]).read_text().splitlines()
    table.write_text("\n".join(lines) + "\n")
    config["source"]["path"] = str(table)
    one_rotation.configure(config)
    one_rotation.succeed(target)
    before = set(one_rotation.table("grid_points.parquet").training_id)

    compounds = one_rotation.table("dataset/compounds.parquet").set_index("smiles")
    labelled = one_rotation.table("dataset/labels.parquet").query("task == 'kinase-Y'").smiles
    trained = compounds.index[(compounds.fold_scaffold == 0) & compounds.index.isin(labelled)][0]
    header, *rows = csv.reader(lines)
    for row in rows:
        if Chem.CanonSmiles(row[1]) == trained and row[-1]:
            row[-1] = "9.99" if float(row[-1]) < 5 else "0.5"
    with table.open("w", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
    one_rotation.succeed(target)
    points = one_rotation.table("grid_points.parquet")
    new = points[~points.training_id.isin(before)]
    assert set(new[new.arm == "stl"].task) == {"kinase-Y"}
    assert set(points[points.arm == "stl"].task) == {"opsin-A", "opsin-B", "kinase, X", "kinase-Y"}
    assert set(new[new.arm == "mtl"].subset) == {"all"}

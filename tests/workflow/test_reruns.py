"""What runs again after a change: all that is needed, and nothing more."""

import copy
import shutil
from pathlib import Path

import pytest


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


def test_one_more_auxiliary_trains_its_bundle_alone(tiny_config, tiny_study, tmp_path):
    config = copy.deepcopy(tiny_config)
    config["recipes"] = {"main": config["recipes"]["main"]}
    config["grid"] = {key: config["grid"][key] for key in ("sizes", "rotations", "augmented")}
    config["grid"]["augmented"]["auxiliaries"] = ["opsin-A", "opsin-B"]
    place = type(tiny_study)(tmp_path / "grow", config)
    place.succeed(f"results/{config['study']}/grid_points.parquet")
    config["grid"]["augmented"]["auxiliaries"] = ["opsin-A", "opsin-B", "kinase, X"]
    place.configure(config)
    planned = place.planned(f"results/{config['study']}/grid_points.parquet")
    assert planned == {"plan_trainings": 1, "train_bundle": 3, "gather_grid_points": 1} or planned == {
        "train_bundle": 3,
        "gather_grid_points": 1,
    }


def test_one_more_rotation_trains_only_that_rotation(finished):
    planned = plan(finished, lambda c: c["grid"].update(rotations=4))
    before = 30
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
    assert planned["train_bundle"] == 30
    assert not {"make_labels", "assign_folds", "compute_fingerprints"} & planned.keys()


def test_changed_label_retrains_only_what_saw_it(finished):
    """A bundle is planned again, but finds its unaffected trainings."""
    table = finished.folder / "tiny.csv"
    original = finished.config["source"]["path"]
    lines = Path(original).read_text().splitlines()
    cells = lines[1].split(",")
    cells[-1] = "9.99" if float(cells[-1] or 0) < 5 else "0.5"
    # moved from elsewhere and changed in one value of kinase-Y
    table.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n")
    finished.config["source"]["path"] = str(table)
    finished.configure(finished.config)
    before = set(finished.table("grid_points.parquet").training_id)
    finished.succeed(f"results/{finished.config['study']}/grid_points.parquet")
    points = finished.table("grid_points.parquet")
    new = points[~points.training_id.isin(before)]
    assert set(new[new.arm == "stl"].task) == {"kinase-Y"}
    assert set(points[points.arm == "stl"].task) == {"opsin-A", "opsin-B", "kinase, X", "kinase-Y"}
    assert set(new[new.arm == "mtl"].subset) == {"all"}

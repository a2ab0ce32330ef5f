"""What runs again after a change: all that is needed, and nothing more."""

import copy
import shutil

import pytest

pytestmark = pytest.mark.xdist_group("tiny_study")


@pytest.fixture
def finished(tiny_study, workplace, tmp_path):
    """A copy of the finished tiny study that a test may change."""
    shutil.copytree(tiny_study.folder, tmp_path / "copy", copy_function=shutil.copy2)
    return workplace("copy", copy.deepcopy(tiny_study.config))


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

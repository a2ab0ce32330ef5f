"""Figures of gradient similarity: no curve, midpoint or family is shown or named that the tables do not have."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from mtlcurves.reporting.figures import similarity_map
from mtlcurves.reporting.names import ordered_tasks


def words(figure) -> str:
    figure.draw_without_rendering()
    return " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))


def test_a_midpoint_is_named_where_it_was_located(simulate):
    study = simulate(10)
    shown = words(study.draw("degradation").figure)
    assert "x0 40 % of the labels (30 to 50)" in shown and "x0: midpoint of the sigmoid" in shown
    assert "x0 360 labels (270 to 450)" in shown  # of the largest level, 900
    fits = study.tables["degradation_fits"]
    study.tables["degradation_fits"] = fits.assign(status="midpoint not located, no interval below 3 seeds")
    drawing = study.draw("degradation")
    assert "x0" not in words(drawing.figure) and (drawing.data["kind"] == "curve").any()


def test_what_shared_compounds_make_stands_beside_the_whole_of_a_sweep(simulate):
    study = simulate(10)
    assert "shared compounds alone" not in words(study.draw("degradation").figure)
    whole = study.tables["degradation"]
    same = whole.assign(part="same", pearson=whole["pearson"] + 0.1)
    study.tables["degradation"] = pd.concat([whole, same], ignore_index=True)
    drawing = study.draw("degradation")
    kinds = drawing.data["kind"].value_counts()
    assert kinds["training, shared compounds"] == kinds["training"] == len(whole)
    assert "mean, shared compounds alone" in words(drawing.figure)


def test_where_no_curve_was_fitted_none_is_drawn_and_the_panel_says_why(simulate):
    study = simulate(10)
    fits = study.tables["degradation_fits"]
    refused = fits.assign(status="2 levels; 3 are needed for 2 parameters")
    refused[["limit", "steepness", "midpoint", "midpoint_low", "midpoint_high", "floor", "r2"]] = np.nan
    study.tables["degradation_fits"] = refused
    drawing = study.draw("degradation")
    assert "curve" not in set(drawing.data["kind"])
    shown = words(drawing.figure)
    assert "no curve: 2 levels" in shown and "x0" not in shown and "sigmoid" not in shown


@pytest.mark.parametrize("families", [None, "one"])
def test_families_are_spoken_of_where_pairs_differ_by_them(simulate, families):
    study = simulate(10)
    assert "green: pairs of one family" in words(study.draw("similarity_and_correlation").figure)
    study.tasks["family"] = families
    assert "family" not in words(study.draw("similarity_and_correlation").figure)


def test_the_correction_is_drawn_where_overlaps_differ(simulate):
    study = simulate(10)
    table = study.tables["gradient_similarity"]
    assert set(study.draw("similarity_and_correlation").data["version"]) == {"raw"}  # half of all, everywhere
    study.tables["gradient_similarity"] = table.assign(
        corrected=table["similarity"] * np.linspace(1, 3, len(table))
    )
    assert set(study.draw("similarity_and_correlation").data["version"]) == {"raw", "corrected"}


def hatched(axes) -> set[tuple[int, int]]:
    """Cells of a map of five tasks whose middle lies in its hatched patch."""
    (patch,) = [patch for patch in axes.patches if patch.get_hatch()]
    return {cell for cell in product(range(5), repeat=2) if patch.get_path().contains_point(cell)}


def test_cells_of_pairs_that_are_not_usable_are_hatched_on_both_sides(simulate):
    study = simulate(5)
    drawing = study.draw("similarity_map")
    place = {task: k for k, task in enumerate(ordered_tasks(study.tasks)["task"])}
    overlap = study.tables["overlap"]
    noisy = overlap[overlap["advice"] == "not usable: too noisy"]
    cells = {(place[a], place[b]) for a, b in zip(noisy["task_a"], noisy["task_b"], strict=True)}
    for axes in drawing.figure.axes[:2]:
        assert hatched(axes) == cells | {cell[::-1] for cell in cells}
    assert f"hatched: {len(noisy)} pairs not usable" in words(drawing.figure)
    assert (drawing.data["advice"] == "not usable: too noisy").sum() == 2 * 2 * len(noisy)  # encoders, sides
    study.tables["overlap"] = overlap.assign(advice="close relations only")
    drawing = study.draw("similarity_map")
    assert "hatched" not in words(drawing.figure)
    assert not any(patch.get_hatch() for axes in drawing.figure.axes for patch in axes.patches)


def test_cells_too_small_for_a_hatch_are_left_grey(simulate, monkeypatch):
    study = simulate(5)
    monkeypatch.setattr(similarity_map, "MOST_NAMES", 4)
    drawing = study.draw("similarity_map")
    n_noisy = int((study.tables["overlap"]["advice"] == "not usable: too noisy").sum())
    assert f"grey, too: {n_noisy} pairs not usable" in words(drawing.figure)
    _, values = drawing.figure.axes[0].images
    assert np.ma.count_masked(values.get_array()) == 5 + 2 * n_noisy
    assert not drawing.figure.axes[0].patches


def test_a_panel_without_a_correlation_says_why(simulate):
    study = simulate(10)
    sweep = study.tables["degradation"]
    lost = (sweep["arm"] == "size") & (sweep["reference"] == "own")
    fits = study.tables["degradation_fits"]
    fits.loc[(fits["arm"] == "size") & (fits["reference"] == "own"), "r2"] = np.nan
    sweep.loc[lost, ["pearson", "status"]] = [np.nan, "3 tasks are known on both sides; 4 are needed"]
    shown = words(study.draw("degradation").figure)
    assert shown.count("no correlation: 3 tasks are known on both sides; 4 are needed") == 1

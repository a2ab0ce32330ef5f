"""Order and names of tasks, series, comparisons, counts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from mtlcurves.reporting import names
from mtlcurves.reporting.contents import FIGURES, LACKING, absent_figures
from mtlcurves.reporting.labels import place_names
from mtlcurves.reporting.style import percent, signed


def tasks_of(families, labels=None):
    n = len(families)
    task = [f"t{k}" for k in range(n)]
    return pd.DataFrame({"task": task, "name": labels or task, "family": families, "n": range(n, 0, -1)})


def test_families_stay_together_in_the_studys_order():
    ordered = names.ordered_tasks(tasks_of(["b", "a", "b", "c", "a"]))
    assert list(ordered["task"]) == ["t0", "t2", "t1", "t4", "t3"]
    assert names.family_edges(ordered["family"]) == [2, 4]


def test_tasks_of_a_family_keep_the_studys_order():
    ordered = names.ordered_tasks(tasks_of(["b", "a"] * 40))
    assert list(ordered["task"]) == [f"t{k}" for k in [*range(0, 80, 2), *range(1, 80, 2)]]


def test_shared_names_are_told_apart():
    ordered = names.ordered_tasks(tasks_of(["", "", ""], ["x", "x", "y"]))
    assert list(ordered["label"]) == ["x (t0)", "x (t1)", "y"]


def test_missing_families_are_one_family():
    ordered = names.ordered_tasks(tasks_of([None, "a", None]))
    assert list(ordered["family"]) == ["", "", "a"]


@given(st.integers(1, 300), st.integers(2, 30))
def test_even_choice_holds_both_ends_and_no_task_twice(n, most):
    chosen = names.evenly_chosen(tasks_of([""] * n), most)
    assert len(chosen) == min(n, most)
    assert chosen["task"].is_unique
    assert {chosen["n"].min(), chosen["n"].max()} == {1, n}


def test_series_have_looks_of_their_own():
    rows = [("mtl", "opsins"), ("stl", "all"), ("mtl", "all"), ("mtl", "kinases")]
    looks = names.series_looks(pd.DataFrame(rows, columns=["arm", "subset"]))
    assert list(looks)[:2] == [("stl", "all"), ("mtl", "all")]
    assert len(set(looks.values())) == 4
    assert names.series_name("mtl", "opsins") == "multi-task, opsins"
    assert names.series_name("stl", "all") == "single-task"


@pytest.mark.parametrize(
    ("comparison", "name"),
    [
        ("mtl-stl", "multi-task \N{MINUS SIGN} single-task"),
        ("mtl-stl_under-mtl", "multi-task \N{MINUS SIGN} stl_under-mtl"),
        ("mtl[opsins]-mtl", "multi-task [opsins] \N{MINUS SIGN} multi-task"),
        ("compound.mtl-compound.stl", "compound.mtl-compound.stl"),
        ("scaffold-folds-mtl", "scaffold-folds \N{MINUS SIGN} multi-task"),
    ],
)
def test_comparisons_have_plain_names(comparison, name):
    assert names.comparison_name(comparison) == name


def test_counts_are_written_with_their_range():
    assert names.count_text(pd.Series([4, 4]), "rotation") == "4 rotations"
    assert names.count_text(pd.Series([1.0, np.nan]), "rotation") == "1 rotation"
    assert names.count_text(pd.Series([2, 10]), "pair") == "2 to 10 pairs"
    assert names.count_text(pd.Series([], dtype=float), "pair") == "no pairs"


def test_signs_are_signs():
    assert signed(-0.0012) == "\N{MINUS SIGN}0.001"
    assert signed(0.5, 1) == "+0.5"
    assert signed(-0.0001) == signed(0.0001) == "0.000"
    assert percent(0.057) == "6 %" and percent(0.001, 1) == "0.1 %"


def test_names_beside_dots_cover_nothing():
    axes = Figure(figsize=(3, 3)).subplots()
    rng = np.random.default_rng(0)
    x, y = (pd.Series(rng.uniform(0.1, 0.9, 12)) for _ in "xy")
    written = place_names(axes, x, y, [f"name {k}" for k in range(12)], side=170)
    boxes = []
    for text in axes.texts:
        (dx, dy), place = text.xyann, text.xy
        width = 0.62 * 5.5 * len(text.get_text())
        left = place[0] * 170 + dx - {"left": 0, "right": width, "center": width / 2}[text.get_ha()]
        boxes.append((left, place[1] * 170 + dy - 2.75, left + width, place[1] * 170 + dy + 2.75))
    assert len(written) == len(boxes) > 6
    for k, one in enumerate(boxes):
        assert one[0] >= 0 and one[2] <= 170
        for other in boxes[:k]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_names_keep_off_the_line_of_no_change():
    axes = Figure(figsize=(3, 3)).subplots()
    x = pd.Series([0.3, 0.5, 0.7])
    assert len(place_names(axes, x, x + 0.005, ["D3", "", "DAT"], side=170)) == 2
    for text in axes.texts:
        width, height = 0.62 * 5.5 * len(text.get_text()), 5.5
        left = text.xy[0] * 170 + text.xyann[0] - {"left": 0, "right": width, "center": width / 2}[text.get_ha()]
        bottom = text.xy[1] * 170 + text.xyann[1] - height / 2
        assert left >= bottom + height or left + width <= bottom


def test_a_name_without_room_is_left_out():
    axes = Figure(figsize=(3, 3)).subplots()
    same = pd.Series([0.5] * 30)
    written = place_names(axes, same, same, ["a long name"] * 30, side=170)
    assert 0 < len(written) < 30


def test_figures_are_absent_for_a_reason_and_only_then():
    assert absent_figures(set(LACKING)) == {}
    reasons = absent_figures({"trainings", "curves", "forms"})
    assert set(reasons) == {
        *("mtl_effect", "split_comparison", "epochs", "curve_parameters", "parameter_change", "transfer_map"),
        *("transfer_forest", "exchange_rates", "estimated_and_true", "balancing", "groupings"),
        *("affinity_map", "affinity_sizes", "affinity_and_transfer"),
        *("similarity_map", "similarity_and_correlation", "similarity_dynamics", "degradation"),
        *("pathway_recovery", "signals_and_benefit", "gradient_groupings"),
    }
    assert reasons["curve_parameters"] == LACKING["both_arms"]
    assert {need for figure in FIGURES for need in figure.needs} == set(LACKING)


def test_long_names_are_cut_and_still_differ():
    alike = [f"a name that is far too long for an axis, number {k}" for k in range(2)]
    long = "Neoplasms benign, malignant and unspecified"
    cut = names.shortened(["AR", long, *alike])
    assert cut[:2] == ["AR", "Neoplasms benign, malig\N{HORIZONTAL ELLIPSIS}"]
    assert len(set(cut)) == 4 and max(map(len, cut)) <= 24

"""Interactive charts: valid, complete, drawn by Vega itself."""

import io
import re

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert
from mtlcurves.reporting import charts
from mtlcurves.reporting.style import PALE


@pytest.fixture(scope="module")
def specs(study):
    tables = study.tables
    return {
        "curves": charts.learning_curve_explorer(tables["mean_scores"], tables["curves"], tables["tasks"]),
        "forest": charts.effect_forest(tables["arm_effects"], tables["tasks"], 0.05),
        "transfer": charts.transfer_explorer(tables["transfer"], tables["tasks"]),
    }


def data_of(spec):
    texts = [text for text in spec["datasets"].values() if isinstance(text, str)]
    return max((pd.read_csv(io.StringIO(text)) for text in texts), key=lambda table: len(table.columns))


@pytest.mark.parametrize("name", ["curves", "forest", "transfer"])
def test_vega_draws_the_chart(specs, name):
    drawn = vl_convert.vegalite_to_svg(specs[name] | {"width": 300} if name != "transfer" else specs[name])
    assert drawn.count("<path") > 20
    assert {"curves": "training labels", "forest": "factor Xa", "transfer": "auxiliary"}[name] in drawn


@pytest.mark.parametrize("name", ["curves", "forest", "transfer"])
def test_the_chart_is_valid_vega_lite(specs, name):
    alt.Chart.from_dict(specs[name], validate=True)


def test_every_task_score_and_recipe_can_be_chosen(study, specs):
    choices = {p["name"]: p for p in specs["curves"]["params"]}
    assert choices["task"]["bind"]["options"] == list(study.tasks["name"])
    assert choices["score"]["bind"]["options"] == ["AUROC", "AUPR"]
    assert choices["recipe"]["bind"]["options"] == ["main", "compound_folds"]


@pytest.mark.parametrize(("name", "marks"), [("curves", 2 * 9), ("forest", 10)])
def test_only_what_was_chosen_is_drawn(specs, name, marks):
    drawn = vl_convert.vegalite_to_svg(specs[name] | {"width": 300})
    (dots,) = re.findall(r'<g class="mark-symbol role-mark.*?</g>', drawn, re.DOTALL)
    assert dots.count("<path") == marks


def test_a_choice_of_one_is_no_choice(simulate):
    tables = simulate(2).tables
    spec = charts.learning_curve_explorer(tables["mean_scores"], tables["curves"], tables["tasks"])
    recipe = next(p for p in spec["params"] if p["name"] == "recipe")
    assert recipe == {"name": "recipe", "value": "main"}


def test_points_are_those_of_the_table(study, specs):
    table = data_of(specs["curves"])
    assert len(table) == len(study.tables["mean_scores"])
    own = table[(table["name"] == "KOR") & (table["arm"] == "multi-task") & (table["recipe"] == "main")]
    mean = study.tables["mean_scores"].query("task == 'CHEMBL237' and arm == 'mtl' and recipe == 'main'")
    assert list(own["score"]) == pytest.approx(list(mean["score"]), abs=1e-4)


def test_the_forest_marks_what_is_significant(study, specs):
    table = data_of(specs["forest"]).query("metric == 'AUROC'")
    effects = study.tables["arm_effects"].query("metric == 'auroc' and size == 9")
    assert (table["verdict"] == "gain").sum() == (
        (effects["q_corrected"] < 0.05) & (effects["difference"] > 0)
    ).sum()


def test_the_map_holds_every_pair_with_its_error(study, specs):
    table = data_of(specs["transfer"])
    assert len(table) == 90 * 2
    assert table[["change", "change_se", "weight", "status"]].notna().all(axis=None)


def test_the_map_to_explore_is_that_of_the_figure(simulate):
    study = simulate(4)
    transfer = study.tables["transfer"]
    transfer["status"] = np.where(transfer["target"] == "CHEMBL234", "not identified", "ok")
    of_pairs = transfer["coefficient"] == "a_ij"
    transfer.loc[of_pairs, ["value", "standard_error"]] = [1.0, 0.01]
    transfer.loc[of_pairs, ["score_change", "score_change_se"]] = [0.01, 1.0]
    spec = charts.transfer_explorer(transfer, study.tasks)
    weights, changes = spec["hconcat"]
    assert weights["title"].startswith("a_ij") and changes["title"].startswith("change")
    assert {panel["view"]["fill"] for panel in (weights, changes)} == {PALE}  # cells without a value
    drawn = vl_convert.vegalite_to_svg(spec)
    assert drawn.count('font-weight="bold" fill="white">+1.00<') == 9 and drawn.count(">+1.00<") == 12
    assert drawn.count(">+.010<") == 12 and not re.search(r'"bold"[^>]*>\+.010<', drawn)
    hatched = re.findall(r'<g class="mark-symbol role-mark.*?</g>', drawn, re.DOTALL)
    assert sum(group.count("<path") for group in hatched) == 3


def test_a_large_map_holds_one_score(simulate):
    tables = simulate(101).tables
    table = data_of(charts.transfer_explorer(tables["transfer"], tables["tasks"]))
    assert set(table["metric"]) == {"AUROC"}
    assert len(table) == 101 * 100

"""Interactive charts: valid, complete, drawn by Vega itself."""

import io
import re

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert
from mtlcurves.reporting import charts
from mtlcurves.reporting.figures.transfer_map import FADED
from mtlcurves.reporting.style import PALE


@pytest.fixture(scope="module")
def specs(study):
    tables = study.tables
    return {
        "curves": charts.learning_curve_explorer(tables["mean_scores"], tables["curves"], tables["tasks"]),
        "forest": charts.effect_forest(tables["arm_effects"], tables["tasks"], 0.05),
        "transfer": charts.transfer_explorer(tables["transfer_estimates"], tables["tasks"], 0.05),
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
    assert table[["closed", "closed_low", "closed_high", "shown", "verdict"]].notna().all(axis=None)


def test_the_map_to_explore_is_that_of_the_figure(simulate):
    study = simulate(4)
    estimates = study.tables["transfer_estimates"]
    own = estimates["target"] == "CHEMBL234"
    estimates["status"] = np.where(own, "no interval", "ok")
    estimates["q_map"] = np.where(estimates["target"] == "CHEMBL219", 0.01, 0.5)
    estimates.loc[estimates["coefficient"] == "a_ij", "per_fold"] = np.log(2)
    spec = charts.transfer_explorer(estimates, study.tasks, 0.05)
    drawn_together, measured = spec["hconcat"]
    assert "drawn together" in drawn_together["title"] and measured["title"] == "as measured"
    assert {panel["view"]["fill"] for panel in (drawn_together, measured)} == {PALE}  # cells without an interval
    drawn = vl_convert.vegalite_to_svg(spec)
    # nine of twelve pairs have an interval, three are called; a fold closes half of the gap in each
    assert drawn.count(">+50<") == 2 * 9
    assert len(re.findall(r'font-weight="bold"[^>]*>\+50<', drawn)) == 2 * 3
    assert drawn.count(f'opacity="{FADED}"') == 2 * 6


def test_a_large_map_holds_one_score(simulate):
    tables = simulate(101).tables
    table = data_of(charts.transfer_explorer(tables["transfer_estimates"], tables["tasks"], 0.05))
    assert set(table["metric"]) == {"AUROC"}
    assert len(table) == 101 * 100

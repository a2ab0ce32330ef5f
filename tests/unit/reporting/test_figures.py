"""Every figure: the csv holds what was drawn, names stay apart, few and many tasks work."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from mtlcurves.reporting.contents import FIGURES
from mtlcurves.reporting.figures import groupings, label_counts, learning_curves, mtl_effect
from mtlcurves.reporting.names import shortened
from mtlcurves.reporting.style import save

NAMES = [figure.name for figure in FIGURES]
OF_PAIRS = ("transfer_map", "transfer_forest", "estimated_and_true")
OF_PAIRS += ("affinity_map", "affinity_sizes", "affinity_and_transfer")
OF_PAIRS += ("similarity_map", "similarity_and_correlation", "similarity_dynamics", "degradation")
OF_PAIRS += ("pathway_recovery", "signals_and_benefit", "gradient_groupings")


def marks(figure: Figure) -> set[tuple[float, float]]:
    """Places of every dot of a figure, whatever drew it."""
    found = []
    for axes in figure.axes:
        found += [line.get_xydata() for line in axes.lines if line.get_marker() not in ("None", None)]
        found += [c.get_offsets() for c in axes.collections if isinstance(c, PathCollection)]
    return rounded(np.concatenate(found))


def rounded(points) -> set[tuple[float, float]]:
    return {
        (round(float(x), 9), round(float(y), 9)) for x, y in np.asarray(points, float) if np.isfinite([x, y]).all()
    }


def pairs(data: pd.DataFrame, x: str, y: str) -> set[tuple[float, float]]:
    return rounded(data[[x, y]].to_numpy())


def bar_widths(axes) -> list[float]:
    return [round(float(patch.get_width()), 9) for patch in axes.patches]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n_tasks", [1, 2, 10])
def test_every_figure_is_drawn_with_numbers(simulate, name, n_tasks):
    study = simulate(n_tasks)
    study.add_recipe("compound_folds", 0.03)
    drawing = study.draw(name)
    has_pairs = n_tasks > 1 or name not in OF_PAIRS
    assert (len(drawing.data) > 0) == has_pairs
    assert drawing.figure.axes or not has_pairs


def test_learning_curves_csv_is_what_is_drawn(study):
    drawing = study.draw("learning_curves")
    points = drawing.data[drawing.data["kind"] == "point"]
    assert marks(drawing.figure) == pairs(points, "labels", "score")
    lines = [
        line.get_xydata() for axes in drawing.figure.axes for line in axes.lines if line.get_marker() == "None"
    ]
    curves = drawing.data[drawing.data["kind"] == "curve"]
    assert rounded(np.concatenate(lines)) == pairs(curves, "labels", "score")
    bars = [c for axes in drawing.figure.axes for c in axes.collections if isinstance(c, LineCollection)]
    ends = {tuple(np.round(s[:, 1].astype(float), 9)) for c in bars for s in c.get_segments()}
    low, high = (points.score - points.sd).clip(lower=0), (points.score + points.sd).clip(upper=1)
    assert ends == set(zip(low.round(9), high.round(9), strict=True))


def test_bars_and_axes_of_learning_curves_end_where_scores_do(simulate):
    study = simulate(3)
    scores = study.tables["mean_scores"]
    scores["sd"] = 1.0
    figure = study.draw("learning_curves").figure
    for axes in figure.axes:
        bars = [c for c in axes.collections if isinstance(c, LineCollection)]
        ends = np.concatenate([s[:, 1] for c in bars for s in c.get_segments()]).astype(float)
        assert (ends.min(), ends.max()) == (0, 1)
        assert axes.get_ylim() == (0, 1)


def test_a_task_without_any_score_has_a_panel_that_says_so(simulate):
    study = simulate(3)
    scores = study.tables["mean_scores"]
    lost = scores["task"] == scores["task"].iloc[0]
    scores.loc[lost, ["score", "sd"]] = np.nan
    curves = study.tables["curves"]
    study.tables["curves"] = curves[curves["task"] != scores["task"].iloc[0]]
    axes = study.draw("learning_curves").figure.axes
    said = [axis for axis in axes if "no score at any size" in [text.get_text() for text in axis.texts]]
    assert len(said) == 2  # one for each metric


@pytest.mark.parametrize(
    ("panels", "grid"),
    [(1, (1, 1)), (5, (1, 5)), (6, (2, 3)), (7, (2, 4)), (10, (2, 5)), (11, (3, 4)), (24, (4, 6))],
)
def test_panels_fill_their_rows(panels, grid):
    rows, columns = learning_curves.balanced_grid(panels)
    assert (rows, columns) == grid
    assert rows * columns - panels < rows  # no row lacks more than one panel


def test_learning_curves_pass_through_the_fitted_form(study):
    curves = study.draw("learning_curves").data.query(
        "kind == 'curve' and task == 'CHEMBL233' and metric == 'auroc'"
    )
    fitted = study.tables["curves"].query("task == 'CHEMBL233' and metric == 'auroc' and arm == 'mtl'")
    a, b, c = fitted.set_index("coefficient")["value"].loc[["a", "b", "c"]]
    own = curves[curves["arm"] == "mtl"]
    np.testing.assert_allclose(own["score"], c - np.exp(b - a * own["labels"] / 1000), rtol=1e-12)


def test_many_learning_curves_are_thinned_evenly_by_labels(simulate):
    study = simulate(60)
    shown = study.draw("learning_curves").data["task"].unique()
    labels = study.tasks.set_index("task")["n"].sort_values()
    places = np.sort([labels.index.get_loc(task) for task in shown])
    assert len(shown) == learning_curves.MOST_TASKS
    assert places[0] == 0 and places[-1] == 59
    assert set(np.diff(places)) <= {2, 3}


@pytest.mark.parametrize("n_tasks", [10, 241])
def test_effects_csv_is_what_is_drawn(simulate, n_tasks):
    drawing = simulate(n_tasks).draw("mtl_effect")
    assert marks(drawing.figure) == pairs(drawing.data, "difference", "place")
    drawn = [s for axes in drawing.figure.axes for c in axes.collections for s in c.get_segments()]
    assert rounded([s[:, 0] for s in drawn]) == pairs(drawing.data, "low", "high")


def test_effects_are_sorted_and_judged(study):
    data = study.draw("mtl_effect").data
    first = data[data["metric"] == "auroc"].sort_values("place")
    assert first["difference"].is_monotonic_increasing
    assert list(first["place"]) == list(range(10))
    effects = study.tables["arm_effects"].query("metric == 'auroc' and size == 9").set_index("task")
    for row in first.itertuples():
        sure = effects.loc[row.task, "q_corrected"] < 0.05
        expected = ("gain" if row.difference > 0 else "loss") if sure else "not significant"
        assert row.verdict == expected


def test_effects_that_are_undefined_are_named_and_not_drawn(simulate):
    study = simulate(4)
    effects = study.tables["arm_effects"]
    effects.loc[effects["task"] == "CHEMBL234", ["difference", "low", "high", "q_corrected"]] = np.nan
    drawing = study.draw("mtl_effect")
    assert set(drawing.data.query("task == 'CHEMBL234'")["verdict"]) == {"undefined"}
    texts = [text.get_text().strip() for axes in drawing.figure.axes for text in axes.texts]
    assert texts == ["undefined"] * 2


def test_controls_of_multi_task_are_drawn_and_other_comparisons_are_not(study):
    effects = study.tables["arm_effects"]
    named = ["mtl-stl", "mtl-stl_control", "compound.mtl-compound.stl"]
    several = pd.concat([effects.assign(comparison=name) for name in named])
    assert list(mtl_effect.shown_effects(several)["comparison"].unique()) == named[:2]
    subset = effects.assign(comparison="mtl[opsins]-stl")
    assert len(mtl_effect.shown_effects(subset)) == 20


def test_form_errors_csv_is_what_is_drawn_and_wild_forms_are_at_the_edge(simulate):
    study = simulate(10)
    wild = (study.tables["form_ranking"]["form"] == "LIN2") & (study.tables["form_ranking"]["arm"] == "stl")
    study.tables["form_ranking"].loc[wild, "l2"] = 1e6
    drawing = study.draw("form_errors")
    inside = drawing.data[drawing.data["value"] < 1e5]
    drawn = marks(drawing.figure)
    assert pairs(inside, "value", "place") <= drawn
    assert len(drawn) - len(pairs(inside, "value", "place")) == 2  # one arrow a metric


def test_forms_are_placed_by_what_they_predict(study):
    data = study.draw("form_errors").data.query("metric == 'aupr' and error == 'prequential_common'")
    means = data.groupby("place")["value"].mean()
    assert means.is_monotonic_increasing


def test_forms_without_common_points_are_placed_by_the_published_error(simulate):
    study = simulate(10)
    study.tables["form_ranking"]["prequential_common"] = np.nan
    data = study.draw("form_errors").data.query("metric == 'auroc' and error == 'prequential_mean'")
    assert data.groupby("place")["value"].mean().is_monotonic_increasing


def test_curve_parameters_are_hollow_without_bar_or_name_where_a_status_is_not_ok(simulate):
    study = simulate(10)
    curves = study.tables["curves"].assign(status="ok", rate_range=0.1)
    limit = (curves["coefficient"] == "c") & (curves["metric"] == "auroc")
    curves.loc[limit & (curves["task"] == "CHEMBL234"), "status"] = "at bound"
    curves.loc[limit & (curves["task"] == "CHEMBL219") & (curves["arm"] == "stl"), "status"] = "not identified"
    study.tables["curves"] = curves
    drawing = study.draw("curve_parameters")
    assert marks(drawing.figure) == pairs(drawing.data, "stl", "mtl")
    hollow = [
        tuple(place)
        for axes in drawing.figure.axes
        for c in axes.collections
        if isinstance(c, PathCollection)
        for place, face in zip(c.get_offsets(), c.get_facecolors(), strict=False)  # no dot has a colour too
        if (face[:3] == 1).all()
    ]
    unsure = drawing.data[~drawing.data["determined"]]
    assert set(unsure["name"]) == {"D3", "D4"} and len(hollow) == 2
    assert rounded(hollow) == pairs(unsure, "stl", "mtl")
    panel = next(axes for axes in drawing.figure.axes if axes.get_title().startswith("AUROC: c"))
    assert panel.get_xlabel().startswith("single-task\nhollow: D3, D4")
    assert not {"D3", "D4"} & {text.get_text() for text in panel.texts}
    bars = [s for c in panel.collections if isinstance(c, LineCollection) for s in c.get_segments() if len(s)]
    assert not any(np.isclose(np.mean(bar, axis=0), place).all() for bar in bars for place in hollow)


def test_curve_parameters_beyond_the_axes_are_drawn_at_their_edge(simulate):
    study = simulate(30)
    curves = study.tables["curves"]
    wild = (curves["task"] == "CHEMBL219") & (curves["coefficient"] == "a") & (curves["arm"] == "mtl")
    curves.loc[wild, "value"] = 1e9
    drawing = study.draw("curve_parameters")
    assert drawing.data["mtl"].max() == 1e9
    assert all(axes.get_ylim()[1] < 1e6 for axes in drawing.figure.axes)


def test_parameter_change_csv_is_what_is_drawn(study):
    drawing = study.draw("parameter_change")
    assert marks(drawing.figure) == pairs(drawing.data, "drawn_change", "score_change")
    assert (drawing.data["drawn_change"] == drawing.data["parameter_change"]).mean() > 0.9


def test_parameter_change_is_that_of_exp3_and_hollow_at_a_bound(simulate):
    study = simulate(4)
    change = study.tables["parameter_change"]
    bound = (change["task"] == "CHEMBL234") & (change["coefficient"] == "c")
    change["status"] = np.where(bound, "at bound", "ok")
    drawing = study.draw("parameter_change")
    assert "EXP3" in drawing.figure.get_suptitle()
    hollow = [
        place
        for axes in drawing.figure.axes
        for line in axes.lines
        if line.get_marker() in "oD" and line.get_markerfacecolor() == "white"
        for place in line.get_xydata()
    ]
    unsure = drawing.data[drawing.data["status"] != "ok"]
    assert len(hollow) == len(unsure) == 4
    assert rounded(hollow) == pairs(unsure, "drawn_change", "score_change")


def test_label_counts_csv_is_what_is_drawn(study):
    drawing = study.draw("label_counts")
    counts, shares = drawing.figure.axes
    assert bar_widths(counts) == [*drawing.data["n_active"], *drawing.data["n_inactive"]]
    assert rounded(shares.lines[0].get_xydata()) == pairs(drawing.data, "prevalence", "place")


def test_labels_without_classes_are_counted(study):
    tasks = study.tables["tasks"].assign(n_active=pd.NA, prevalence=np.nan).astype({"n_active": "Int64"})
    drawing = label_counts.draw(tasks)
    (counts,) = drawing.figure.axes
    assert bar_widths(counts) == [*drawing.data["n"]]
    assert counts.get_title().endswith(" labels") and "active" not in counts.get_title()


def test_epochs_csv_is_what_is_drawn(study):
    drawing = study.draw("epochs")
    assert marks(drawing.figure) == pairs(drawing.data, "epoch", "score")


def test_epochs_average_only_what_has_a_score_at_every_epoch_and_size(simulate):
    study = simulate(3)
    points = study.tables["grid_points"]
    gap = (
        (points["task"] == "CHEMBL234")
        & (points["epoch"] == 10)
        & (points["size"] == 9)
        & (points["arm"] == "stl")
    )
    points.loc[gap, ["auroc", "aupr"]] = np.nan
    data = study.draw("epochs").data
    own = data[(data["arm"] == "stl") & (data["metric"] == "auroc")]
    complete = points[(points["arm"] == "stl") & points["size"].isin([1, 5, 9]) & (points["task"] != "CHEMBL234")]
    wide = complete.pivot_table(index=["rotation", "task"], columns=["size", "epoch"], values="auroc").dropna()
    expected = wide.groupby(level="rotation").mean().mean()
    np.testing.assert_allclose(own.set_index(["size", "epoch"])["score"].sort_index(), expected.sort_index())


def test_run_time_counts_each_training_once(study):
    drawing = study.draw("run_time")
    main = drawing.data[drawing.data["recipe"] == "main"].set_index("arm")
    # 10 tasks x 9 sizes x 4 rotations; 9 sizes x 4 rotations; single: 0.4 s a fold, multi: 3 s
    assert main["n_trainings"].to_dict() == {"stl": 360, "mtl": 36}
    assert main["total_seconds"].to_dict() == pytest.approx({"stl": 40 * 0.4 * 45, "mtl": 4 * 3 * 45})
    assert bar_widths(drawing.figure.axes[0]) == list(drawing.data["n_trainings"])


def test_split_comparison_csv_is_what_is_drawn(study):
    drawing = study.draw("split_comparison")
    means, tasks = (drawing.data[drawing.data["kind"] == kind] for kind in ("mean over tasks", "task"))
    wide = tasks.pivot_table(index=["metric", "arm", "task"], columns="split", values="score")
    assert marks(drawing.figure) == pairs(means, "size", "score") | pairs(wide, "scaffold", "compound")
    np.testing.assert_allclose(wide["compound"] - wide["scaffold"], 0.03)


def test_a_study_with_nothing_to_compare_says_so(simulate):
    study = simulate(3)
    drawing = study.draw("split_comparison")
    assert len(drawing.data) == 0
    assert "No task has scores under both" in drawing.figure.texts[0].get_text()


def test_same_study_same_bytes(simulate, tmp_path):
    for place in ("first", "second"):
        folder = tmp_path / place
        save(simulate(2).draw("mtl_effect"), *(folder / f"f.{ending}" for ending in ("svg", "png", "csv")))
    for ending in ("svg", "png", "csv"):
        assert (tmp_path / f"first/f.{ending}").read_bytes() == (tmp_path / f"second/f.{ending}").read_bytes()


@pytest.mark.parametrize(
    "name", ["label_counts", "learning_curves", "mtl_effect", "transfer_map", "exchange_rates", "curve_parameters"]
)
def test_strange_names_are_drawn_as_they_are(nameless, name):
    nameless.tables["curves"]["status"] = "ok"  # other dots bear no name
    figure = nameless.draw(name).figure
    figure.draw_without_rendering()
    texts = {text.get_text() for text in figure.findobj(match=Text)}
    given = list(nameless.tasks["name"])
    assert set(shortened(given) if name == "transfer_map" else given) <= texts


def test_strange_names_are_the_same_in_the_csv(nameless, tmp_path):
    drawing = nameless.draw("label_counts")
    save(drawing, *(tmp_path / f"f.{ending}" for ending in ("svg", "png", "csv")))
    assert list(pd.read_csv(tmp_path / "f.csv")["name"]) == list(nameless.tasks["name"])


def test_balancing_csv_is_what_is_drawn_and_named(study):
    drawing = study.draw("balancing")
    assert marks(drawing.figure) == pairs(drawing.data, "difference", "place")
    names = [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()]
    assert names == ["with_pcgrad", "with_cagrad", "with_mgda", "with_dwa"]
    for axes in drawing.figure.axes:
        (band,) = axes.patches
        assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((-0.005, 0.005))


def test_balancing_in_one_rotation_says_that_it_takes_two(simulate):
    drawing = simulate(3, rotations=1).draw("balancing")
    assert drawing.data.empty
    assert "two rotations" in drawing.figure.texts[0].get_text()


def test_random_partitions_are_dots_that_do_not_cover_each_other(study):
    drawing = study.draw("groupings")
    data = drawing.data
    assert marks(drawing.figure) == pairs(data, "difference", "place")
    for _, dots in data[data["method"] == "random"].groupby("metric"):
        width = np.ptp(dots["difference"]) / groupings.COLUMNS_OF_DOTS
        for _, level in dots.groupby("place"):
            assert (np.diff(np.sort(level["difference"])) >= width).all()
        assert dots["place"].abs().max() <= groupings.STRIP
    below = data[data["method"] != "random"].drop_duplicates("method").set_index("method")["place"]
    assert below["single_task"] < below["transfer"] < -groupings.STRIP

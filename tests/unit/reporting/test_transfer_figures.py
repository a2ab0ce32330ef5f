"""Figures of transfer: what is drawn is in the csv, what is not told from nothing looks like it."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PatchCollection
from mtlcurves.reporting.figures import estimated_and_true, exchange_rates, transfer_forest, transfer_map
from mtlcurves.reporting.transfer_pairs import GAINS, LOSES, NOTHING, UNKNOWN, is_called, read_pairs
from mtlcurves.tables import read_table

FIGURES = ["transfer_map", "transfer_forest", "exchange_rates", "estimated_and_true"]
N_FOREST = transfer_forest.MOST_TARGETS * 2 * transfer_forest.MOST_EACH


def rounded(points) -> set[tuple[float, float]]:
    return {tuple(np.round(point, 9)) for point in np.asarray(points, float) if np.isfinite(point).all()}


def dots(axes, marker: str, **look) -> set[tuple[float, float]]:
    lines = [line for line in axes.lines if line.get_marker() == marker]
    lines = [
        line for line in lines if all(getattr(line, f"get_{name}")() == value for name, value in look.items())
    ]
    return rounded(np.concatenate([line.get_xydata() for line in lines])) if lines else set()


def segments(axes) -> list:
    return [s for c in axes.collections if isinstance(c, LineCollection) for s in c.get_segments()]


def of_first(data: pd.DataFrame, x: str, y: str) -> set[tuple[float, float]]:
    return rounded(data.loc[data["metric"] == data["metric"].iloc[0], [x, y]])


# ---- the unit


def test_a_weight_is_read_as_the_share_of_the_gap_that_a_fold_closes(study):
    estimates = study.tables["transfer_estimates"]
    pairs = read_pairs(estimates[estimates["estimator"] == "joint"], study.tasks, 0.05)
    fold = study.tasks.set_index("task")["n"].loc[pairs["auxiliary"]].to_numpy() / 10
    np.testing.assert_allclose(1000 * pairs["fold"], fold)
    np.testing.assert_allclose(pairs["closed_low"], 1 - np.exp(-pairs["low"] * fold / 1000))
    assert (pairs["closed_low"] < pairs["closed"]).all() and (pairs["closed"] < pairs["closed_high"]).all()


def test_a_weight_of_exactly_0_takes_the_labels_of_its_fold_from_other_targets(study):
    estimates = study.tables["transfer_estimates"].copy()
    own = estimates[estimates["estimator"] == "joint"].copy()
    at = own.index[own["coefficient"] == "a_ij"][3]
    own.loc[at, ["value", "per_fold", "shrunken"]] = 0.0
    pairs = read_pairs(own, study.tasks, 0.05)
    assert pairs["fold"].notna().all()


def test_a_pair_is_called_by_its_q_over_the_map_and_only_with_an_interval(study):
    estimates = study.tables["transfer_estimates"].copy()
    estimates["q_map"], estimates["q"] = 0.04, 0.5
    pairs = read_pairs(estimates, study.tasks, 0.05)
    assert set(pairs["verdict"]) == {GAINS, LOSES}
    assert set(read_pairs(estimates, study.tasks, 0.03)["verdict"]) == {NOTHING}
    estimates["status"] = "not identified"
    assert set(read_pairs(estimates, study.tasks, 0.05)["verdict"]) == {UNKNOWN}


# ---- map


@pytest.mark.parametrize("n_tasks", [2, 10, 61])
def test_the_map_is_what_the_csv_says(simulate, n_tasks):
    drawing = simulate(n_tasks).draw("transfer_map")
    panels = [axes for axes in drawing.figure.axes if axes.images]
    assert len(panels) == 2
    for axes, metric in zip(panels, ("auroc", "aupr"), strict=True):
        own = drawing.data[drawing.data["metric"] == metric]
        missing, image = axes.images
        expected, kept = np.full((n_tasks, n_tasks), np.nan), np.zeros((n_tasks, n_tasks))
        expected[own["row"], own["column"]] = own["shown"]
        kept[own["row"], own["column"]] = np.where(is_called(own), 1, transfer_map.FADED)
        np.testing.assert_array_equal(np.ma.filled(image.get_array(), np.nan), expected)
        np.testing.assert_array_equal(image.get_alpha(), kept)
        assert (np.ma.filled(missing.get_array(), np.nan) == 1).sum() == n_tasks  # the diagonal
        if n_tasks > transfer_map.MOST_NAMES:
            assert dots(axes, ".") == rounded(own.loc[is_called(own), ["column", "row"]])


def test_the_map_frames_what_is_called_and_nothing_else(study):
    drawing = study.draw("transfer_map")
    axes = drawing.figure.axes[0]
    own = drawing.data[drawing.data["metric"] == "auroc"]
    called = own[is_called(own)]
    assert 0 < len(called) < len(own)
    (frames,) = [c for c in axes.collections if isinstance(c, PatchCollection)]
    middles = {tuple(path.get_extents().get_points().mean(axis=0).round(6)) for path in frames.get_paths()}
    assert middles == rounded(called[["column", "row"]])
    assert f"{len(called)} of 90 pairs called" in axes.get_title()
    bold = {text.get_position() for text in axes.texts if text.get_fontweight() == "bold"}
    assert bold == set(zip(called["column"], called["row"], strict=True))


def test_a_small_map_shows_weights_as_measured_and_says_so(simulate):
    drawing = simulate(4).draw("transfer_map")
    np.testing.assert_array_equal(drawing.data["shown"], drawing.data["closed"])
    assert "too few pairs to be drawn together" in drawing.figure.get_suptitle()


def test_pairs_without_an_interval_are_grey(simulate):
    drawing = simulate(10, rotations=1).draw("transfer_map")
    assert set(drawing.data["verdict"]) == {UNKNOWN}
    assert np.isnan(np.ma.filled(drawing.figure.axes[0].images[1].get_array(), np.nan)).all()


def test_a_map_of_nothing_is_pale(simulate):
    drawing = simulate(10, transfer=0.0).draw("transfer_map")
    assert not is_called(drawing.data).any()
    image = drawing.figure.axes[0].images[1]
    assert image.norm.vmax >= 1.9 * np.quantile(np.abs(image.get_array().compressed()), 0.98)


def test_the_map_keeps_families_together(simulate):
    study = simulate(30)
    shuffled = study.tasks.sample(frac=1, random_state=1)
    data = transfer_map.drawn_data(study.tables["transfer_estimates"], shuffled, 0.05)
    families = data.sort_values("row").drop_duplicates("row")["target_family"]
    assert (families != families.shift()).sum() == families.nunique()


def test_a_study_without_joint_estimates_is_read_by_the_paired(simulate):
    study = simulate(10)
    estimates = study.tables["transfer_estimates"]
    assert set(study.draw("transfer_map").data["estimator"]) == {"joint"}
    study.tables["transfer_estimates"] = estimates[estimates["estimator"] == "paired"]
    assert set(study.draw("transfer_map").data["estimator"]) == {"paired"}


# ---- forest


@pytest.mark.parametrize("n_tasks", [2, 10, 100])
def test_the_forest_is_what_the_csv_says(simulate, n_tasks):
    drawing = simulate(n_tasks).draw("transfer_forest")
    axes = drawing.figure.axes[0]
    assert dots(axes, "o") == of_first(drawing.data, "closed", "place")
    assert dots(axes, "|") == of_first(drawing.data, "closed_shrunken", "place")
    left, right = axes.get_xlim()
    own = drawing.data[drawing.data["metric"] == "auroc"]
    ends = own[["closed_low", "closed_high"]].clip(left, right).to_numpy()
    assert rounded([s[:, 0] for s in segments(axes)]) == rounded(ends)
    assert len(own) <= N_FOREST


def test_the_forest_fills_what_is_called_and_leaves_the_rest_hollow(study):
    drawing = study.draw("transfer_forest")
    own = drawing.data[drawing.data["metric"] == "auroc"]
    hollow = dots(drawing.figure.axes[0], "o", markerfacecolor="white")
    assert hollow == rounded(own.loc[~is_called(own), ["closed", "place"]])
    assert hollow and hollow != of_first(drawing.data, "closed", "place")


def test_the_forest_has_the_strongest_of_either_sign(study):
    data = study.draw("transfer_forest").data
    pairs = read_pairs(study.tables["transfer_estimates"].query("estimator == 'joint'"), study.tasks, 0.05)
    pairs = pairs[pairs["metric"] == "auroc"]
    for target, own in data[data["metric"] == "auroc"].groupby("target"):
        of_target = pairs[pairs["target"] == target].sort_values("shown")
        called = is_called(of_target)
        for sign in (1, -1):
            side = of_target[np.sign(of_target["shown"]) == sign]
            expected = side.assign(called=called, size=side["shown"].abs()).sort_values(
                ["called", "size"], ascending=False
            )
            drawn = own[np.sign(own["closed"]) == sign]
            assert set(drawn["auxiliary"]) == set(expected["auxiliary"].head(transfer_forest.MOST_EACH))


def test_many_targets_leave_the_strongest_and_the_title_says_what_is_left_out(simulate):
    drawing = simulate(100).draw("transfer_forest")
    assert drawing.data["target"].nunique() == transfer_forest.MOST_TARGETS
    assert "12 of 100 targets" in drawing.figure.get_suptitle()


def test_targets_are_named_above_their_auxiliaries(study):
    drawing = study.draw("transfer_forest")
    labels = drawing.figure.axes[0].get_yticklabels()
    bold = {label.get_text() for label in labels if label.get_fontweight() == "bold"}
    assert "D3 (aminergic)" in bold and len(bold) == 10
    fold = study.tasks.set_index("name")["n"] / 10
    assert {f"MOR, {fold['MOR']:,.0f}"} <= {label.get_text() for label in labels}


def test_an_interval_beyond_the_axis_ends_in_an_arrow(simulate):
    study = simulate(10)
    estimates = study.tables["transfer_estimates"]
    strongest = study.draw("transfer_forest").data.iloc[0]
    wide = (estimates["target"] == strongest["target"]) & (estimates["auxiliary"] == strongest["auxiliary"])
    estimates.loc[wide, ["low", "high"]] = [-1000.0, 1000.0]
    axes = study.draw("transfer_forest").figure.axes[0]
    left, right = axes.get_xlim()
    assert dots(axes, "<") == {(round(left, 9), round(strongest["place"], 9))}
    assert (round(right, 9), round(strongest["place"], 9)) in dots(axes, ">")


# ---- exchange rates


@pytest.mark.parametrize("n_tasks", [1, 2, 10, 100])
def test_exchange_rates_are_what_the_csv_says(simulate, n_tasks):
    drawing = simulate(n_tasks).draw("exchange_rates")
    axes, own = drawing.figure.axes[0], drawing.data[drawing.data["metric"] == "auroc"]
    for marker, kind in (("o", exchange_rates.OTHERS), ("D", exchange_rates.BEST)):
        assert dots(axes, marker) == rounded(own.loc[own["labels_of"] == kind, ["exchange_rate", "place"]])
    ranked = own[own["labels_of"] == exchange_rates.OTHERS].sort_values("place")
    assert ranked["exchange_rate"].is_monotonic_increasing and len(ranked) == n_tasks


def test_best_auxiliaries_are_called_and_told_from_0(study):
    data = study.draw("exchange_rates").data
    best = data[data["labels_of"] == exchange_rates.BEST]
    assert len(best) and (best["exchange_low"] > 0).all()
    assert not best.duplicated(["metric", "target"]).any()


def test_an_interval_without_end_has_arrows_and_no_price(simulate):
    study = simulate(3)
    estimates = study.tables["transfer_estimates"]
    of = (estimates["coefficient"] == "a_iS") & (estimates["target"] == "CHEMBL234")
    estimates.loc[of, ["exchange_low", "exchange_high"]] = [-np.inf, np.inf]
    drawing = study.draw("exchange_rates")
    axes = drawing.figure.axes[0]
    place = drawing.data.query("target == 'CHEMBL234' and metric == 'auroc'")["place"].iloc[0]
    assert {y for _, y in dots(axes, "<")} == {y for _, y in dots(axes, ">")} == {place}
    assert exchange_rates.UNSURE in {text.get_text() for text in axes.texts}


def test_a_curve_at_a_bound_has_no_rate(simulate):
    study = simulate(3)
    estimates = study.tables["transfer_estimates"]
    of = (estimates["coefficient"] == "a_iS") & (estimates["target"] == "CHEMBL234")
    estimates.loc[of, "status"] = "not identified"
    drawing = study.draw("exchange_rates")
    axes = drawing.figure.axes[0]
    assert len(dots(axes, "o")) == 2
    assert exchange_rates.OPEN in {text.get_text() for text in axes.texts}


@pytest.mark.parametrize(
    ("rate", "low", "high", "text"),
    [
        (0.1, 0.05, 0.2, "1 own = 10 of others (5.0 to 20)"),
        (2.0, 0.5, 4.0, "1 own = 0.50 of others (0.25 to 2.0)"),
        (0.001, 0.0005, np.inf, "1 own = 1,000 of others (0 to 2,000)"),
    ],
)
def test_a_rate_is_told_the_other_way_round(rate, low, high, text):
    assert exchange_rates.price(rate, low, high, exchange_rates.WORTH) == text


# ---- truth


def test_estimated_and_true_is_what_the_csv_says(study):
    drawing = study.draw("estimated_and_true")
    panels = drawing.figure.axes
    assert [axes.get_title().split(":")[0] for axes in panels] == ["joint", "paired"] * 2
    first = drawing.data.query("metric == 'auroc' and estimator == 'joint'")
    assert dots(panels[0], "o") == rounded(first[["correlation", "drawn_closed"]])
    assert len(first) == 90
    assert f"P {first['p'].iloc[0]:.3f}" in panels[0].get_title()


def test_weights_that_follow_the_truth_agree_with_it_and_noise_does_not(simulate):
    agreed = simulate(20).draw("estimated_and_true").data
    assert (agreed["spearman"] > 0.3).all() and (agreed["p"] < 0.02).all()
    study = simulate(20)
    study.tables["truth"]["correlation"] = np.random.default_rng(0).normal(size=380)
    assert (
        estimated_and_true.drawn_data(study.tables["transfer_estimates"], study.tables["truth"], 0.05)["p"] > 0.02
    ).all()


@pytest.mark.parametrize("name", ["transfer_map", "transfer_forest", "exchange_rates", "estimated_and_true"])
def test_tables_as_they_lie_on_disk_are_drawn_alike(simulate, tmp_path, name):
    study = simulate(10)
    expected = study.draw(name).data.to_csv()
    for table in ("transfer_estimates", "tasks"):
        study.tables[table] = read_table(study.write(tmp_path)[table])
    study.tasks = study.tables["tasks"]
    assert study.draw(name).data.to_csv() == expected


@pytest.mark.parametrize("name", ["transfer_map", "transfer_forest", "exchange_rates", "estimated_and_true"])
def test_no_estimate_at_all_says_so(simulate, name):
    study = simulate(3)
    study.tables["transfer_estimates"] = study.tables["transfer_estimates"].iloc[:0]
    drawing = study.draw(name)
    assert drawing.data.empty and len(drawing.data.columns) > 5
    assert drawing.figure.texts[0].get_text().startswith("No ")


def test_a_study_that_raised_nothing_has_rates_and_no_forest(simulate):
    study = simulate(5)
    estimates = study.tables["transfer_estimates"]
    study.tables["transfer_estimates"] = estimates[estimates["coefficient"] != "a_ij"]
    assert study.draw("transfer_forest").data.empty
    assert len(study.draw("exchange_rates").data) == 10

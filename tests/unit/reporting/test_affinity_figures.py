"""Figures and sentences of affinities: what is drawn is in the csv, what is said is in the tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from mtlcurves.reporting.affinities import power_of_ten, unit_text
from mtlcurves.reporting.affinity_findings import affinity_findings, show_comparison
from mtlcurves.reporting.figures import affinity_map, affinity_sizes
from mtlcurves.reporting.figures.affinity_sizes import spread
from mtlcurves.tables import read_table
from scipy import stats

FIGURES = ["affinity_map", "affinity_sizes", "affinity_and_transfer"]


def rounded(points) -> set[tuple[float, float]]:
    return {tuple(np.round(point, 9)) for point in np.asarray(points, float) if np.isfinite(point).all()}


def dots(axes) -> set[tuple[float, float]]:
    lines = [line.get_xydata() for line in axes.lines if line.get_marker() == "o"]
    return rounded(np.concatenate(lines))


@pytest.mark.parametrize("n_tasks", [4, 10, 61])
def test_the_map_is_what_the_csv_says(simulate, n_tasks):
    drawing = simulate(n_tasks).draw("affinity_map")
    data = drawing.data
    assert set(data["size"]) == {9} and len(data) == n_tasks * (n_tasks - 1)
    missing, image = drawing.figure.axes[0].images
    expected, kept = np.full((n_tasks, n_tasks), np.nan), np.zeros((n_tasks, n_tasks))
    expected[data["row"], data["column"]] = data["centred"]
    kept[data["row"], data["column"]] = np.where(data["told"], 1, affinity_map.FADED)
    half = stats.t.ppf(0.975, 3) * 3e-5  # of four rotations
    np.testing.assert_array_equal(data["told"], data["centred"].abs() > half)
    assert "not told from the row's mean" in drawing.figure.get_suptitle()
    shown = np.ma.filled(image.get_array(), np.nan)
    np.testing.assert_allclose(shown * 10.0 ** power_of_ten(data["centred"]), expected)
    np.testing.assert_array_equal(image.get_alpha(), kept)
    assert (np.ma.filled(missing.get_array(), np.nan) == 1).sum() == n_tasks  # the diagonal


def test_a_map_of_one_rotation_fades_nothing_and_says_why(simulate):
    drawing = simulate(4, rotations=1).draw("affinity_map")
    assert "one rotation: no error is known" in drawing.figure.get_suptitle()
    assert not drawing.data["told"].any() and not drawing.data["faded"].any()
    assert set(drawing.figure.axes[0].images[1].get_alpha()[~np.eye(4, dtype=bool)]) == {1}


def test_the_maps_rows_are_onto_and_its_families_stay_together(simulate):
    study = simulate(10)
    table = study.tables["tag_affinity"]
    loud = (table["size"] == 9) & (table["from"] == "CHEMBL234") & (table["onto"] == "CHEMBL244")
    table.loc[loud, "centred"] = 1.0
    study.tasks = study.tables["tasks"] = study.tasks.sample(frac=1, random_state=1).reset_index(drop=True)
    drawing = study.draw("affinity_map")
    axes, data = drawing.figure.axes[0], drawing.data
    row, column = np.unravel_index(np.nanargmax(np.ma.filled(axes.images[1].get_array(), np.nan)), (10, 10))
    assert axes.get_yticklabels()[row].get_text() == "factor Xa"
    assert axes.get_xticklabels()[column].get_text() == "D3"
    families = data.sort_values("row").drop_duplicates("row")["onto_family"]
    assert (families != families.shift()).sum() == families.nunique()


def test_tasks_without_affinities_have_no_place_in_the_map(simulate):
    study = simulate(10)
    chosen = study.tasks["task"].iloc[[1, 4, 7, 8]]
    table = study.tables["tag_affinity"]
    study.tables["tag_affinity"] = table[table["from"].isin(chosen) & table["onto"].isin(chosen)]
    drawing = study.draw("affinity_map")
    assert drawing.figure.axes[0].images[1].get_array().shape == (4, 4)
    assert len(drawing.data) == 12


def test_lines_over_sizes_are_what_the_csv_says(study):
    drawing = study.draw("affinity_sizes")
    axes, data = drawing.figure.axes[0], drawing.data
    lines = [s for c in axes.collections if isinstance(c, LineCollection) for s in c.get_segments()]
    assert len(lines) == 90
    assert rounded(np.concatenate(lines)) == rounded(data[["place", "scaled"]])
    np.testing.assert_allclose(data.groupby("size")["scaled"].std(), 1)
    named = data[data["labelled"] & (data["size"] == 9)].sort_values("centred")
    assert len(named) == 2 * affinity_sizes.EACH
    last = data[data["size"] == 9]
    assert named["centred"].iloc[-1] == last["centred"].max() and named["centred"].iloc[0] == last["centred"].min()
    arrow = "\N{RIGHTWARDS ARROW}"
    texts = {f"{a} {arrow} {b}" for a, b in zip(named["from_name"], named["onto_name"], strict=True)}
    assert {text.get_text() for text in axes.texts} == texts


def test_one_size_has_no_lines_and_says_so(simulate):
    study = simulate(4)
    study.tables["tag_affinity"] = study.tables["tag_affinity"].query("size == 9")
    drawing = study.draw("affinity_sizes")
    assert drawing.data.empty and "several sizes" in drawing.figure.texts[0].get_text()


def test_names_are_spread_until_none_is_upon_another():
    moved = spread(np.array([0.1, 0.11, 0.12, 0.9]), 0.05)
    assert (np.diff(moved) >= 0.05 - 1e-12).all()
    assert moved.mean() == pytest.approx(np.mean([0.1, 0.11, 0.12, 0.9]))
    assert len(spread(np.array([]), 0.05)) == 0


def test_affinities_against_weights_are_what_the_csv_says(study):
    drawing = study.draw("affinity_and_transfer")
    panels, data = drawing.figure.axes, drawing.data
    for axes, (scope, metric) in zip(
        panels, [(s, m) for s in ("task", "complement") for m in ("auroc", "aupr")], strict=True
    ):
        own = data[(data["scope"] == scope) & (data["metric"] == metric)]
        power = 10.0 ** power_of_ten(data.loc[data["scope"] == scope, "affinity"])
        assert len(own) == (90 if scope == "task" else 10)
        assert dots(axes) == rounded(np.column_stack([own["affinity"] / power, own["drawn_closed"]]))
    assert "Spearman +0.45" in panels[0].get_title() and "(+0.25 to +0.65), P 0.002" in panels[0].get_title()
    assert {text.get_text() for text in panels[2].texts} == set(study.tasks["name"])


def test_a_comparison_that_is_refused_says_why_in_the_title(simulate):
    study = simulate(3)
    study.tables["transfer_comparison"][["spearman", "status"]] = [np.nan, "3 tasks are known"]
    assert "no correlation: 3 tasks are known" in study.draw("affinity_and_transfer").figure.axes[0].get_title()


@pytest.mark.parametrize("name", FIGURES)
def test_tables_as_they_lie_on_disk_are_drawn_alike(simulate, tmp_path, name):
    study = simulate(6)
    expected = study.draw(name).data.to_csv()
    for table, path in study.write(tmp_path).items():
        if table in ("tag_affinity", "transfer_estimates", "transfer_comparison", "tasks"):
            study.tables[table] = read_table(path)
    assert study.draw(name).data.to_csv() == expected


@pytest.mark.parametrize("name", FIGURES)
def test_no_affinity_at_all_says_so(simulate, name):
    study = simulate(4)
    study.tables["tag_affinity"] = study.tables["tag_affinity"].iloc[:0]
    drawing = study.draw(name)
    assert drawing.data.empty and len(drawing.data.columns) > 5
    assert drawing.figure.texts[0].get_text().startswith("No ")


@pytest.mark.parametrize(
    ("values", "power", "text"),
    [([3e-4, -5e-4], -4, " (10⁻⁴)"), ([12.0], 1, " (10¹)"), ([2.0, np.nan], 0, ""), ([0.0], 0, ""), ([], 0, "")],
)
def test_the_unit_is_a_power_of_ten(values, power, text):
    assert power_of_ten(pd.Series(values, dtype=float)) == power and unit_text(power) == text


# ---- in words


def said(study, metric="auroc", **changed):
    table = study.tables["transfer_comparison"].assign(**changed)
    return [finding.sentence for finding in affinity_findings({"transfer_comparison": table}, metric, 0.05)]


def test_a_correlation_is_told_with_interval_p_and_what_noise_hides(study):
    pairs, others = said(study)
    assert (
        "agree in AUROC: Spearman +0.45 (95 % interval +0.25 to +0.65), P 0.002, q 0.002, over 90 ordered pairs."
        in pairs
    )
    assert "no correlation above about 0.60 could have been seen; without noise it would be near +0.75" in pairs
    assert (
        "taken off both): Spearman +0.45" in pairs
        and "steps help a target more have labels that are worth more" in pairs
    )
    assert (
        "are not found to correlate in AUROC: Spearman \N{MINUS SIGN}0.10" in others
        and "over 10 targets" in others
    )
    assert "leaves open correlations as strong as \N{MINUS SIGN}0.30." in others
    assert "no correlation above about 0.60 could have been seen." in others  # and nothing is made of noise


def test_agreement_among_these_tasks_alone_is_said_so(study):
    caveat = "among these tasks; the interval, which speaks of others, holds 0 too."
    assert f"over 90 ordered pairs, {caveat}" in said(study, low=-0.02)[0] and caveat not in said(study)[0]


def test_what_is_decided_by_q_shows_it(study):
    assert "P 0.007, q 0.062; no correlation is told from nothing" in said(study, p=0.007, q=0.062)[0]


def test_a_limit_that_was_passed_is_none(study):
    pairs, _ = said(study, ceiling=0.44, disattenuated=1.02)
    assert "reliabilities are too uncertain to tell how large a correlation could have been seen (0.44)." in pairs
    assert "without noise" not in pairs


def test_what_is_not_known_is_said(study):
    pairs, _ = said(study, q=0.5, low=-0.95, high=0.9, ceiling=np.nan, unknown="one rotation")
    assert "not found to correlate" in pairs and "this is a lack of tasks" in pairs
    assert "is not known: one rotation" in pairs
    pairs, _ = said(study, status="2 tasks are known on both sides; 4 are needed", spearman=np.nan)
    assert pairs.endswith("could not be compared: 2 tasks are known on both sides; 4 are needed.")
    opposed = said(study, spearman=-0.4, low=-0.7, high=0.1, q=0.01)[0]
    assert "disagree" in opposed and "worth less to it, among these tasks; the interval" in opposed
    assert "no correlation is told from nothing" in said(study, q=0.5)[0]
    assert affinity_findings({}, "auroc", 0.05) == []


def test_the_table_shows_weights_of_a_fold_effect_sizes_first(study):
    shown = show_comparison(study.tables["transfer_comparison"])
    assert len(shown.rows) == 6 and shown.csv == "tables/transfer_comparison.csv"
    places = [shown.columns.index(name) for name in ("Spearman", "low", "high", "tasks", "P", "q")]
    assert places == sorted(places)
    assert shown.rows[0][shown.columns.index("Spearman")].text == "0.450"

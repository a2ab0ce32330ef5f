"""Small tables: their rows, headings and numbers."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.display import cells, in_given_order
from mtlcurves.reporting.grouping_tables import show_predictions
from mtlcurves.reporting.report_tables import shown_tables
from mtlcurves.reporting.transfer_tables import MOST_PAIRS


@pytest.fixture(scope="module")
def tables(study):
    return {table.name: table for table in shown_tables(study.tables, "auroc", "EXP3")}


def column(table, heading):
    place = table.columns.index(heading)
    return [row[place] for row in table.rows]


def test_every_table_of_the_study_is_shown(tables):
    names = ["tasks", "trainings", "effect_counts", "arm_effects", "balancing", "form_ranking", "curves"]
    transfer = ["transfer_estimates", "own_and_others", "transfer_comparison"]
    gradients = ["overlap", "similarity_and_correlation", "gradient_grouping_results", "claims"]
    assert list(tables) == [*names, "parameter_correlation", *transfer, "groupings", *gradients]
    for table in tables.values():
        assert table.rows and {len(row) for row in table.rows} == {len(table.columns)}


def test_tables_that_are_missing_or_empty_are_left_out(simulate):
    study = simulate(2)
    study.drop_arms()
    study.tables["form_ranking"] = study.tables["form_ranking"].iloc[:0]
    names = [table.name for table in shown_tables(study.tables, "auroc", "EXP3")]
    assert names == [
        "tasks",
        "trainings",
        "curves",
        "overlap",
        "similarity_and_correlation",
        "gradient_grouping_results",
        "claims",
    ]


def test_claims_that_were_not_measured_are_counted_and_without_any_other_there_is_no_table(study):
    claims = pd.concat([study.tables["claims"]] * 2, ignore_index=True)
    claims.loc[1, ["verdict", "found"]] = ["not measured", None]
    (table,) = [t for t in shown_tables(study.tables | {"claims": claims}, "auroc", "EXP3") if t.name == "claims"]
    assert len(table.rows) == 1 and "Not measured by it: 1 of 2 claims" in table.note
    none = study.tables | {"claims": claims.iloc[1:]}
    assert "claims" not in [t.name for t in shown_tables(none, "auroc", "EXP3")]


def test_groups_are_shown_by_their_tasks_names(tables):
    table = tables["groupings"]
    assert {cell.text for cell in column(table, "groups chosen")} == {"by transfer weights", "each task alone"}
    assert column(table, "groups")[0].text.startswith("D3 | D4 | 5-HT1A | ")
    assert column(table, "P by rank")[0].text == "0.098"


def test_pairs_are_counted_by_what_their_overlap_allows(tables):
    table = tables["overlap"]
    counts = dict(zip((cell.text for cell in column(table, "gradients")), column(table, "pairs"), strict=True))
    assert {advice: cell.value for advice, cell in counts.items()} == {"usable": 30, "not usable: too noisy": 15}


def test_predictors_of_gains_are_shown_by_name():
    row = {"metric": "auroc", "method": "linear", "n_partitions": 40, "n_trained": 93.0, "error": 0.008}
    row |= {"low": 0.007, "high": 0.009, "against_mean": -0.002, "against_low": -0.003, "against_high": -0.001}
    table = show_predictions(pd.DataFrame([row | {"spearman": 0.5, "n_held_out": 50}]))
    assert column(table, "method")[0].text == "linear surrogate"
    assert column(table, "minus that of the mean")[0].text == "\N{MINUS SIGN}0.0020"


def test_trainings_are_counted(tables):
    table = tables["trainings"]
    assert [cell.value for cell in column(table, "trainings")] == [360, 36, 360, 36]
    assert [cell.text for cell in column(table, "arm")] == ["single-task", "multi-task"] * 2
    assert column(table, "folds")[0].text == "1 to 9"
    assert column(table, "scored at epochs")[0].text == "5, 10, 20"


def test_scores_without_a_value_are_counted(study, tables):
    undefined = study.tables["grid_points"]["undefined"].notna().sum()
    assert sum(cell.value for cell in column(tables["trainings"], "scores without a value")) == undefined > 0


def test_effects_are_those_of_the_largest_size(study, tables):
    table = tables["arm_effects"]
    effects = study.tables["arm_effects"].query("size == 9")
    assert sorted(cell.value for cell in column(table, "difference")) == sorted(effects["difference"])
    assert column(table, "score")[0].text == "AUROC"


def test_gains_and_losses_have_the_same_columns(tables):
    assert {"gains", "losses", "gains after BH", "losses after BH"} <= set(tables["effect_counts"].columns)


def test_forms_are_listed_best_first(tables):
    table = tables["form_ranking"]
    keys = [(a.value, b.value) for a, b in zip(column(table, "score"), column(table, "arm"), strict=True)]
    errors = pd.Series([cell.value for cell in column(table, "next size, per point")])
    for key in set(keys):
        assert errors[[k == key for k in keys]].is_monotonic_increasing


def test_coefficients_of_one_curve_are_in_one_row(study, tables):
    table = tables["curves"]
    assert len(table.rows) == 10 * 2 * 2
    fitted = study.tables["curves"].query("task == 'CHEMBL234' and arm == 'mtl' and metric == 'aupr'")
    fitted = fitted.set_index("coefficient")["value"]
    place = {name: table.columns.index(name) for name in ("score", "arm", "task", "a", "b", "c")}
    (row,) = [
        row
        for row in table.rows
        if [row[place[name]].value for name in ("score", "arm", "task")] == ["aupr", "mtl", "D3"]
    ]
    assert [row[place[name]].value for name in "abc"] == list(fitted[["a", "b", "c"]])


def test_a_curves_status_names_its_coefficients(simulate):
    study = simulate(1)
    curves = study.tables["curves"]
    of = {"a": "not identified", "b": "not identified", "c": "at bound", "half_size": "not identified"}
    curves["status"] = curves["coefficient"].map(of).where(curves["arm"] == "stl", "ok")
    table = next(t for t in shown_tables(study.tables, "auroc", "EXP3") if t.name == "curves")
    assert {cell.text for cell in column(table, "status")} == {"a, b not identified; c at bound", "ok"}


def test_errors_of_forms_have_digits_whatever_the_largest_is(study):
    tables = study.tables | {"form_ranking": study.tables["form_ranking"].copy()}
    ranking = tables["form_ranking"]
    ranking.loc[ranking.index[0], ["l2", "l2_mean", "prequential", "prequential_mean"]] = 1e4
    table = next(t for t in shown_tables(tables, "auroc", "EXP3") if t.name == "form_ranking")
    for heading in ("L2", "E[L2]", "prequential", "E[prequential]"):
        assert not any(float(cell.text.replace("\N{MINUS SIGN}", "-")) == 0 for cell in column(table, heading))


def test_ends_of_an_interval_have_the_digits_of_the_difference():
    table = pd.DataFrame({"difference": [0.02, -0.0001], "low": [-0.5, -0.0003], "high": [0.03, 0.0]})
    headings = {name: name for name in table}
    assert [[cell.text for cell in row] for row in cells(table, headings)[1]] == [
        ["0.020", "\N{MINUS SIGN}0.500", "0.030"],
        ["0.000", "0.000", "0.000"],
    ]


def test_strongest_transfers_hold_gains_and_losses_and_no_more_than_fit(tables):
    table = tables["transfer_estimates"]
    changes = [cell.value for cell in column(table, "drawn together")]
    assert len(changes) == MOST_PAIRS
    assert np.all(np.diff(np.abs(changes)) <= 0)
    assert min(changes) < 0 < max(changes)
    assert "of 90 ordered pairs" in table.note


def test_columns_that_say_one_thing_are_left_out():
    table = pd.DataFrame({"recipe": ["main"] * 2, "n": [1, 2]})
    headings, rows = cells(table, {"recipe": "recipe", "n": "labels"}, once=["recipe"])
    assert headings == ["labels"]
    assert [row[0].text for row in rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ([1.0, 12000.0], ["1", "12,000"]),
        ([0.0123, -0.5], ["0.012", "\N{MINUS SIGN}0.500"]),
        ([0.0123, -0.05], ["0.0123", "\N{MINUS SIGN}0.0500"]),
        ([1.5, 2.25], ["1.50", "2.25"]),
        ([3.21e-5, 1e-4], ["3.21e\N{MINUS SIGN}5", "1.00e\N{MINUS SIGN}4"]),
        ([0.5, None], ["0.500", ""]),
        ([1234.5, 1.0], ["1,234", "1"]),
    ],
)
def test_numbers_of_a_column_have_the_same_digits(numbers, texts):
    _, rows = cells(pd.DataFrame({"x": numbers}), {"x": "x"})
    assert [row[0].text for row in rows] == texts


def test_small_p_values_are_bounds_that_sort_by_their_value():
    _, rows = cells(pd.DataFrame({"p": [3e-7, 0.034, 0.6, np.nan]}), {"p": "P"})
    assert [row[0].text for row in rows] == ["< 0.001", "0.034", "0.600", ""]
    assert rows[0][0].value == 3e-7


def test_texts_keep_their_order():
    table = pd.DataFrame({"metric": ["b", "a", "b"], "n": [3, 2, 1]})
    assert list(table.sort_values(["metric", "n"], key=in_given_order)["n"]) == [1, 3, 2]


def costs(**estimated: float | None) -> pd.DataFrame:
    """Two arms and a figure; `estimated` jobs, trainings and seconds of one arm."""
    keys = {"stage": "trainings", "rule": "train_bundle", "recipe": "main"}
    actual = {"jobs": 2, "trainings": 4, "training_seconds": 20.0, "core_seconds": 30.0}
    rows = [keys | {"arm": arm} | actual | estimated for arm in ("stl", "mtl")]
    none = dict.fromkeys(estimated) | {"recipe": None, "arm": None, "trainings": None, "training_seconds": None}
    rows.append({"stage": "figures", "rule": "plot_run_time", "jobs": 1, "core_seconds": 3.0} | none)
    return pd.DataFrame(rows).assign(training_ratio=np.nan, ratio=np.nan)


def test_costs_are_summed_and_set_beside_their_estimate(study):
    names = ("jobs", "trainings", "training_seconds", "core_seconds")
    given = costs(**{f"estimated_{name}": n for name, n in zip(names, (2, 4, 30.0, 15.0), strict=True)})
    tables = study.tables | {"estimate_and_actual": given}
    table = next(t for t in shown_tables(tables, "auroc", "EXP3") if t.name == "costs")
    assert [row[0].text for row in table.rows] == ["trainings", "trainings", "figures", "all"]
    assert [cell.value for cell in column(table, "trainings")] == [4, 4, "", 8]
    assert column(table, "core-seconds of jobs")[-1].value == 63
    assert [cell.value for cell in column(table, "estimate / actual")] == [1.5, 1.5, "", 1.5]
    assert "No estimate" not in table.note


def test_a_study_without_an_estimate_says_so(study):
    names = ("jobs", "trainings", "training_seconds", "core_seconds")
    given = costs(**dict.fromkeys(f"estimated_{name}" for name in names))
    table = next(
        t
        for t in shown_tables(study.tables | {"estimate_and_actual": given}, "auroc", "EXP3")
        if t.name == "costs"
    )
    assert "No estimate was made" in table.note
    assert not any("estimate" in heading for heading in table.columns)


def test_labels_needed_are_shown_with_their_interval_or_the_reason(study):
    keys = {"recipe": "main", "metric": "auroc", "target": "CHEMBL234", "labels_now": 900.0, "share_missed": 0.0}
    rows = [
        keys | {"score": 0.7, "labels_needed": 1200.0, "low": 1000.0, "high": 1500.0, "status": "ok"},
        keys | {"score": 0.9, "status": "refused: the fitted curve does not reach this score"},
        keys | {"metric": "aupr", "score": 0.7, "labels_needed": 1.0, "status": "ok"},
    ]
    tables = study.tables | {"labels_needed": pd.DataFrame(rows)}
    table = next(t for t in shown_tables(tables, "auroc", "EXP3") if t.name == "labels_needed")
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["D3", "900", "0.700", "1,200", "1,000", "1,500", "300", ""],
        ["D3", "900", "0.900", "", "", "", "", "the fitted curve does not reach this score"],
    ]


def test_additivity_is_shown_at_the_largest_size_of_the_estimator_in_use(study):
    keys = {"recipe": "main", "metric": "auroc", "target": "CHEMBL234", "from_size": 1, "n_rotations": 4}
    numbers = {
        "observed_change": 0.1,
        "predicted_change": 0.2,
        "difference": -0.1,
        "low": -0.2,
        "high": 0.0,
        "p": 0.1,
    }
    rows = [
        keys | numbers | {"estimator": estimator, "to_size": size}
        for estimator in ("joint", "paired")
        for size in (5, 9)
    ]
    table = next(
        t
        for t in shown_tables(study.tables | {"additivity": pd.DataFrame(rows)}, "auroc", "EXP3")
        if t.name == "additivity"
    )
    assert len(table.rows) == 1 and column(table, "to folds")[0].value == 9


def test_a_profile_interval_is_shown_where_it_differs(simulate):
    study = simulate(3)
    estimates = study.tables["transfer_estimates"]
    own = estimates["coefficient"].isin(["a_i", "a_iS"])
    estimates.loc[own, ["profile_low", "profile_high"]] = estimates.loc[own, ["low", "high"]].to_numpy()
    open_ended = own & (estimates["target"] == "CHEMBL234") & (estimates["coefficient"] == "a_i")
    estimates.loc[open_ended, "profile_high"] = np.inf
    table = next(t for t in shown_tables(study.tables, "auroc", "EXP3") if t.name == "own_and_others")
    shown = column(table, "by profile likelihood, where it differs")
    assert sorted(cell.text for cell in shown) == [""] * 5 + ["open"]

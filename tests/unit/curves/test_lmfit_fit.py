"""The reported curves: lmfit's coefficients and errors, and what is said of coefficients that cannot be known."""

import numpy as np
import pandas as pd
import pytest
from curve_studies import dense_truth, simulated
from example_curves import FITTED, LABELS, TRUTH, noisy
from mtlcurves.curves.fitting import fit
from mtlcurves.curves.forms import FORMS, evaluate
from mtlcurves.curves.identification import verdicts
from mtlcurves.curves.lmfit_fit import fit_curves, refine
from mtlcurves.curves.points import mean_scores
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table
from scipy.optimize import curve_fit

NOTHING_HELD = np.zeros(3, dtype=bool)


def mean_table(y, x=LABELS, metric="auroc", rotations=10):
    """Table mean_scores of curves named T0, T1, ..."""
    y = np.atleast_2d(y)
    tables = [
        pd.DataFrame(
            {
                "recipe": "main",
                "arm": "stl",
                "subset": "all",
                "task": f"T{k}",
                "metric": metric,
                "size": np.arange(1, len(row) + 1),
                "n_target": x[: len(row)],
                "n_complement": 0.0,
                "score": row,
                "sd": 0.01,
                "n_rotations": rotations,
            }
        )
        for k, row in enumerate(y)
    ]
    return pd.concat(tables, ignore_index=True)


def coefficients(table, task="T0"):
    return table[table["task"] == task].set_index("coefficient")


def test_a_known_curve_in_the_tables_units():
    a, b, c = 0.003, -1.0, 0.85
    noise = 1e-4 * np.random.default_rng(0).standard_normal(9)
    found = coefficients(fit_curves(mean_table(evaluate("EXP3", LABELS, (a, b, c)) + noise), "EXP3"))
    assert list(found.index) == ["a", "b", "c", "half_size"]
    assert (found["status"] == "ok").all()
    assert found.loc["a", "value"] == pytest.approx(1000 * a, rel=0.01)
    assert found.loc["a", "per_fold"] == pytest.approx(120 * a, rel=0.01)
    assert found.loc["b", "value"] == pytest.approx(b, rel=0.01)
    assert found.loc["c", "value"] == pytest.approx(c, rel=0.001)
    assert found.loc["half_size", "value"] == pytest.approx(np.log(2) / a, rel=0.01)
    assert found["per_fold"].drop("a").isna().all()
    assert found["rate_range"].to_numpy() == pytest.approx(a * LABELS[-1], rel=0.01)
    relative = found["standard_error"] / found["value"]
    assert relative["half_size"] == pytest.approx(relative["a"])


@pytest.mark.parametrize("form", FITTED)
def test_values_agree_with_the_fast_fit_and_errors_with_scipy(form):
    x, y = noisy(form, 3, 0.002, seed=2)
    fast = fit(form, x, y)
    for k in range(3):
        held = np.zeros(len(FORMS[form].coefficients), dtype=bool)
        if fast.limit_at_bound[k] or fast.start_at_bound[k] or fast.axis_at_bound[k].any():
            continue
        values, errors = refine(form, x[k], y[k], fast.coefficients[k], held, fast.sse[k])
        np.testing.assert_allclose(evaluate(form, x[k], values), fast.predict(x)[k], atol=2e-5)

        def curve(u, *trial):
            return evaluate(form, u, np.array(trial))

        _, covariance = curve_fit(curve, x[k], y[k], p0=values, maxfev=10_000)
        rtol = 0.2 if form == "EXPP3" else 0.05  # nearly one line of equal curves
        np.testing.assert_allclose(errors, np.sqrt(np.diag(covariance)), rtol=rtol)


def test_standard_errors_are_the_scatter_of_the_estimates():
    x = np.stack([LABELS] * 300)
    y = evaluate("EXP3", x, np.array([0.004, -1.0, 0.85])) + 0.004 * np.random.default_rng(1).standard_normal(
        x.shape
    )
    fast = fit("EXP3", x, y)
    reported = [refine("EXP3", x[k], y[k], fast.coefficients[k], NOTHING_HELD, fast.sse[k]) for k in range(300)]
    values, errors = (np.array(part) for part in zip(*reported, strict=True))
    np.testing.assert_allclose(np.median(errors, axis=0), values.std(axis=0), rtol=0.2)


def test_a_straight_rise_puts_the_limit_at_its_bound():
    found = coefficients(fit_curves(mean_table(np.linspace(0.5, 0.95, 9)), "EXP3"))
    assert found["status"].to_dict() == {
        "a": "not identified",
        "b": "not identified",
        "c": "at bound",
        "half_size": "not identified",
    }
    assert found["standard_error"].isna().all()
    assert found.loc["c", "value"] == pytest.approx(1.0)


def test_a_flat_curve_has_a_limit_and_no_rate():
    noise = 0.01 * np.random.default_rng(3).standard_normal(9)
    found = coefficients(fit_curves(mean_table(0.7 + noise), "EXP3"))
    assert found.loc["a", "status"] != "ok"
    assert found.loc["b", "status"] != "ok"
    assert found.loc["c", "value"] == pytest.approx(0.7, abs=0.02)


def test_a_falling_curve_is_at_bound():
    found = coefficients(fit_curves(mean_table(np.linspace(0.8, 0.7, 9)), "EXP3"))
    assert found.loc["b", "status"] == "at bound"
    assert found.loc["a", "status"] == "not identified"
    assert found.loc["c", "value"] == pytest.approx(0.75, abs=1e-4)


def test_a_steep_first_step_puts_the_start_at_its_bound():
    y = np.array([0.55, *np.full(8, 0.8)]) + 0.002 * np.random.default_rng(4).standard_normal(9)
    found = coefficients(fit_curves(mean_table(y), "EXP3"))
    assert found.loc["b", "status"] == "at bound"
    assert found.loc["c", "status"] == "ok"
    assert found.loc["c", "value"] - np.exp(found.loc["b", "value"]) == pytest.approx(0.3)  # no AUROC below it
    assert found.loc["c", "value"] == pytest.approx(0.8, abs=0.02)
    assert 0 < found.loc["c", "standard_error"] < 0.02


def test_the_limit_is_unknown_where_its_profile_reaches_1():
    rng = np.random.default_rng(5)
    open_curve = evaluate("EXP3", LABELS, (0.8 / LABELS[-1], -0.9, 0.9)) + 0.008 * rng.standard_normal((40, 9))
    closed = evaluate("EXP3", LABELS, (4 / LABELS[-1], -0.9, 0.9)) + 0.004 * rng.standard_normal((40, 9))
    near_1 = evaluate("EXP3", LABELS, (4 / LABELS[-1], -0.9, 0.99)) + 0.004 * rng.standard_normal((40, 9))
    known = {}
    for name, y in {"open": open_curve, "closed": closed, "near 1": near_1}.items():
        x, low = np.stack([LABELS] * 40), np.full(40, 0.3)
        status = verdicts(fit("EXP3", x, y, lowest_start=low), x, y, low)[:, 2]
        known[name] = (status == "ok").mean()
    assert known["open"] < 0.2
    assert known["closed"] > 0.9
    assert known["near 1"] > 0.7  # some end at the bound itself; none is open


def test_the_limits_verdict_is_its_profile_likelihood():
    x, y = noisy("EXP3", 30, 0.012, seed=6)
    free, low = fit("EXP3", x, y), np.zeros(30)
    status = verdicts(free, x, y, low)[:, 2]
    threshold = 1 + 5.9874 / 6  # F(1, 6) at 95 %, over 6 degrees of freedom
    accepted = [fit("EXP3", x, y, limit=limit).sse <= threshold * free.sse for limit in (0.95, 1.0)]
    expected = accepted[0] & accepted[1] & ~free.limit_at_bound
    np.testing.assert_array_equal(status == "not identified", expected)
    assert 0 < expected.sum() < 30


def test_too_few_points_are_refused_with_the_reason():
    short = mean_table([0.6, 0.7, 0.75])
    lost = mean_table([[np.nan] * 9], rotations=0).assign(task="T9", n_target=np.nan)
    table = fit_curves(pd.concat([short, lost], ignore_index=True), "EXP3")
    assert set(coefficients(table)["status"]) == {"refused: 3 points, EXP3 with 3 coefficients needs 4"}
    assert set(coefficients(table, "T9")["status"]) == {"refused: no rotation has a score at every size"}
    assert table["value"].isna().all()
    assert set(coefficients(table, "T9")["n_points"]) == {0}


@pytest.mark.parametrize("form", FORMS)
def test_any_form_can_be_reported(form, tmp_path):
    scores = evaluate(form, LABELS, TRUTH[form]) + 0.003 * np.random.default_rng(7).standard_normal((2, 9))
    table = fit_curves(mean_table(scores), form)
    write_table(table, tmp_path / "curves.parquet", "curves")
    expected = list(FORMS[form].coefficients) + (["half_size"] if form in ("EXP3", "EXPD3") else [])
    assert list(coefficients(table).index) == expected
    assert set(table["status"]) <= {"ok", "at bound", "not identified"}
    assert (table.loc[table["status"] == "at bound", "standard_error"].isna()).all()
    if form != "LAST1":
        assert (table.loc[table["status"] == "ok", "standard_error"] > 0).all()


def test_rows_follow_the_table_of_mean_scores():
    points = simulated(dense_truth(3), rotations=2, arms=("stl", "mtl"), noise=0.01)
    means = mean_scores(points, ["auroc", "aupr"])
    keys = ["recipe", "arm", "subset", "task", "metric"]
    table = fit_curves(means, "EXP3")
    assert table[keys].drop_duplicates().values.tolist() == means[keys].drop_duplicates().values.tolist()


def test_no_mean_scores_give_an_empty_table():
    table = fit_curves(mean_table([0.5, 0.6])[:0], "EXP3")
    assert list(table.columns) == list(SCHEMAS["curves"].columns)

"""The fast fit: it recovers known curves, finds what slow multi-start fits find, and says when it cannot fit."""

import lmfit
import numpy as np
import pytest
from example_curves import FITTED, LABELS, TRUTH, noisy
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.curves.fitting import fit
from mtlcurves.curves.forms import FORMS, evaluate
from mtlcurves.curves.shapes import SHAPES, Points
from scipy.optimize import least_squares

# EXPP3 and ILOG2 take labels as they are; all other forms only know ratios of label counts
SCALE_FREE = [form for form in FITTED if form not in ("EXPP3", "ILOG2")]


@pytest.mark.parametrize("form", FITTED)
def test_known_coefficients_are_recovered(form):
    truth = np.array(TRUTH[form])
    score = evaluate(form, LABELS, truth)
    found = fit(form, LABELS, score)
    np.testing.assert_allclose(found.predict(LABELS)[0], score, atol=1e-6)
    # EXPP3's three coefficients make nearly the same curve along a line
    np.testing.assert_allclose(found.coefficients[0], truth, rtol=0.05 if form == "EXPP3" else 1e-3)
    assert not found.limit_at_bound[0]
    assert not found.start_at_bound[0]
    assert not found.axis_at_bound.any()


@pytest.mark.parametrize("form", FITTED)
def test_a_fit_predicts_what_it_was_measured_by(form):
    x, y = noisy(form, 50, 0.018, seed=1)
    found = fit(form, x, y)
    np.testing.assert_allclose(((found.predict(x) - y) ** 2).sum(axis=1), found.sse, rtol=1e-7)


def multi_start(form, x, y, starts, seed):
    """Least sum of squares that a bounded trust-region fit finds from random starts, within the same bounds."""
    shape, points, rng = SHAPES[form], Points.of(x[None])[0], np.random.default_rng(seed)
    levels = [shape.start] if shape.limit == (0.0, 0.0) else [shape.limit, shape.start]
    low, high = np.array([*levels, *((axis.low, axis.high) for axis in shape.axes)]).T

    def residuals(trial):
        limit, *rest = trial if len(levels) == 2 else (0.0, *trial)
        start = min(rest[0], limit - 1e-6) if shape.rising else rest[0]
        offset = 0.0 if shape.offset is None else shape.offset(points, *rest[1:])
        return y - offset - limit - (start - limit) * shape.phi(points, *rest[1:])

    likely_low, likely_high = np.maximum(low, -3), np.minimum(high, 3)
    fits = (
        least_squares(residuals, rng.uniform(likely_low, likely_high), bounds=(low, high), xtol=1e-12, ftol=1e-12)
        for _ in range(starts)
    )
    return min(2 * found.cost for found in fits)


@pytest.mark.parametrize("points", [5, 9])
@pytest.mark.parametrize("form", FITTED)
def test_never_worse_than_multi_start(form, points):
    x, y = noisy("EXP3", 3, 0.018, seed=points, points=points)
    found = fit(form, x, y)
    for k in range(3):
        assert found.sse[k] <= 1.0001 * multi_start(form, x[k], y[k], starts=8, seed=k) + 1e-12


# bounds of coefficients that lmfit's own parametrisation can express
LMFIT_BOUNDS = {
    "EXP3": {"c": (0, 1), "a": (1e-3, 60)},
    "EXPD3": {"a": (0, 1), "b": (1e-3, 60), "c": (0, 1)},
    "POW3": {"a": (0, 1), "c": (0.01, 10)},
    "MMF4": {"a": (0, 1), "b": (1e-6, np.inf), "c": (0, 1), "d": (0.1, 10)},
    "LOG2": {},
}


@pytest.mark.parametrize("form", LMFIT_BOUNDS)
def test_never_worse_than_lmfit_from_random_starts(form):
    x, y = noisy("EXP3", 6, 0.01, seed=3)
    x /= 1080
    found = fit(form, x, y)
    rng, names = np.random.default_rng(0), FORMS[form].coefficients
    for k in range(6):

        def residuals(trial, k=k):
            return np.nan_to_num(y[k] - evaluate(form, x[k], [trial[n].value for n in names]), nan=1e3)

        for _ in range(4):
            parameters = lmfit.Parameters()
            for name in names:
                low, high = LMFIT_BOUNDS[form].get(name, (-np.inf, np.inf))
                parameters.add(name, value=rng.uniform(0.05, 0.95), min=low, max=high)
            slow = lmfit.minimize(residuals, parameters, max_nfev=500)
            assert found.sse[k] <= 1.0001 * slow.chisqr


def test_exp3_expd3_and_exp4_with_exponent_one_are_one_family():
    x, y = noisy("EXP3", 100, 0.018, seed=5)
    exp3, expd3 = fit("EXP3", x, y), fit("EXPD3", x, y)
    np.testing.assert_allclose(exp3.sse, expd3.sse, rtol=1e-8)
    a, b, c = exp3.coefficients.T
    as_exp4 = evaluate("EXP4", x, np.stack([a, b, c, np.ones(100)], axis=1))
    np.testing.assert_allclose(((y - as_exp4) ** 2).sum(axis=1), exp3.sse, rtol=1e-8)
    # and the exponent set free can only help
    assert (fit("EXP4", x, y).sse <= exp3.sse * (1 + 1e-8)).all()


def test_wbl4_janoschek4_and_exp4_are_one_family():
    x, y = noisy("EXP4", 100, 0.018, seed=6)
    sse = [fit(form, x, y).sse for form in ("EXP4", "WBL4", "JANOSCHEK4")]
    np.testing.assert_allclose(sse[1], sse[0], rtol=1e-8)
    np.testing.assert_allclose(sse[2], sse[0], rtol=1e-8)


@settings(max_examples=15, deadline=None)
@given(form=st.sampled_from(FITTED), seed=st.integers(0, 10**6))
def test_a_curve_is_fitted_the_same_in_any_company(form, seed):
    x, y = noisy("EXP3", 12, 0.018, seed)
    order = np.random.default_rng(seed).permutation(12)
    together, shuffled, alone = fit(form, x, y), fit(form, x[order], y[order]), fit(form, x[:1], y[:1])
    np.testing.assert_allclose(shuffled.sse, together.sse[order], rtol=1e-9)
    np.testing.assert_allclose(shuffled.predict(x[order]), together.predict(x)[order], rtol=1e-6)
    np.testing.assert_allclose(alone.sse, together.sse[:1], rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(form=st.sampled_from(SCALE_FREE), seed=st.integers(0, 10**6), scale=st.floats(0.01, 1e4))
def test_units_of_x_do_not_matter(form, seed, scale):
    x, y = noisy("EXP3", 5, 0.018, seed)
    found, scaled = fit(form, x, y), fit(form, x * scale, y)
    np.testing.assert_allclose(scaled.sse, found.sse, rtol=1e-6)
    np.testing.assert_allclose(scaled.predict(2 * x * scale), found.predict(2 * x), rtol=1e-3)
    if (rate := FORMS[form].rate) is not None:
        k = FORMS[form].coefficients.index(rate)
        np.testing.assert_allclose(scaled.coefficients[:, k] * scale, found.coefficients[:, k], rtol=1e-3)


def test_exp3_never_falls_and_never_passes_1():
    x = np.stack([LABELS] * 2)
    falling, straight = np.linspace(0.9, 0.6, 9), np.linspace(0.5, 0.95, 9)
    found = fit("EXP3", x, [falling, straight], lowest_start=0.3)
    assert found.start_at_bound[0]
    np.testing.assert_allclose(found.predict(x)[0], 0.75, atol=1e-5)
    assert found.limit_at_bound[1]
    assert found.coefficients[1, 2] == pytest.approx(1.0)


def test_other_forms_may_fall():
    falling = np.linspace(0.9, 0.6, 9)
    for form in ("LIN2", "EXPD3", "WBL4", "LOG2"):
        assert fit(form, LABELS, falling).predict(LABELS)[0, -1] < 0.7


def test_the_lowest_start_is_kept():
    x, y = noisy("EXP3", 40, 0.03, seed=8)
    a, b, c = fit("EXP3", x, y, lowest_start=0.45).coefficients.T
    assert (c - np.exp(b) >= 0.45 - 1e-9).all()
    assert (c - np.exp(b) < 0.45 + 1e-9).any()


def test_a_fixed_limit_is_a_profile():
    x, y = noisy("EXP3", 20, 0.018, seed=9)
    free = fit("EXP3", x, y)
    at_optimum = fit("EXP3", x, y, limit=free.coefficients[:, 2])
    np.testing.assert_allclose(at_optimum.sse, free.sse, rtol=1e-8)
    elsewhere = fit("EXP3", x, y, limit=0.97)
    np.testing.assert_array_equal(elsewhere.coefficients[:, 2], 0.97)
    assert (elsewhere.sse >= free.sse * (1 - 1e-10)).all()


@pytest.mark.parametrize("form", ["EXP3", "MMF4", "LIN2"])
def test_missing_scores_are_left_out(form):
    x, y = noisy("EXP3", 3, 0.01, seed=10)
    y[1, [2, 5]] = np.nan
    x[2, 8] = np.nan
    found = fit(form, x, y)
    kept = np.delete(np.arange(9), [2, 5])
    assert found.sse[1] == pytest.approx(fit(form, x[1, kept], y[1, kept]).sse[0], rel=1e-9)
    assert found.sse[2] == pytest.approx(fit(form, x[2, :8], y[2, :8]).sse[0], rel=1e-9)


def test_too_few_points_are_refused_with_the_count():
    found = fit("EXP3", [LABELS[:3], LABELS[:3]], [[0.6, 0.7, np.nan], [0.6, 0.7, 0.8]])
    assert found.refused[0] == "2 points, EXP3 with 3 coefficients needs 4"
    assert found.refused[1] == "3 points, EXP3 with 3 coefficients needs 4"
    assert np.isnan(found.coefficients).all()
    assert np.isnan(found.sse).all()
    assert np.isnan(found.predict(LABELS)).all()


def test_as_many_points_as_coefficients_interpolate_when_asked():
    found = fit("EXP3", LABELS[:3], [0.6, 0.7, 0.75], spare_points=0)
    assert found.refused[0] == ""
    np.testing.assert_allclose(found.predict(LABELS[:3])[0], [0.6, 0.7, 0.75], atol=1e-8)


def test_equal_label_counts_are_one_point():
    x = np.array([100.0, 100.0, 200.0, 200.0, 300.0])
    assert fit("EXP3", x, [0.6, 0.6, 0.7, 0.7, 0.8]).refused[0].startswith("3 points")


def test_no_score_at_all_is_refused():
    assert fit("LAST1", LABELS, np.full(9, np.nan)).refused[0] == "0 points, LAST1 with 1 coefficients needs 1"


def test_ilog2_needs_more_than_one_label():
    found = fit("ILOG2", [[1.0, 2, 3, 4], [2.0, 3, 4, 5]], [[0.5, 0.6, 0.7, 0.75]] * 2)
    assert found.refused[0] == "ILOG2 needs more than 1 labels at every size"
    assert found.refused[1] == ""


def test_last1_is_the_last_score_seen():
    found = fit("LAST1", LABELS, [0.5, 0.6, 0.7, 0.8, 0.9, np.nan, 0.65, np.nan, np.nan])
    assert found.coefficients[0, 0] == 0.65
    assert found.sse[0] == pytest.approx(0.15**2 + 0.05**2 + 0.05**2 + 0.15**2 + 0.25**2)

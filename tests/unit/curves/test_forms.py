"""The 17 forms: their formulas, their families, and what happens at the edges of their domains."""

from typing import get_args

import numpy as np
import pytest
from example_curves import LABELS, TRUTH
from hypothesis import given
from hypothesis import strategies as st
from mtlcurves.config import Form as ConfiguredForm
from mtlcurves.curves.forms import FORMS, evaluate

# each form at one point, worked out with math.exp and math.log from LCDB's formulas (EXP3: P1's)
KNOWN = {
    "LAST1": ((0.7,), 50.0, 0.7),
    "POW2": ((2.0, 0.5), 16.0, -0.5),
    "LOG2": ((-0.1, 0.2), np.e**3, 0.5),
    "EXP2": ((0.8, 0.01), 100.0, 0.8 / np.e),
    "LIN2": ((0.001, 0.5), 200.0, 0.7),
    "ILOG2": ((1.0, 0.9), np.e**4, 0.65),
    "POW3": ((0.9, 2.0, 0.5), 100.0, 0.7),
    "EXP3": ((0.01, -1.0, 0.9), 100.0, 0.9 - np.exp(-2.0)),
    "VAP3": ((-1.0, 10.0, 0.5), 10.0, np.sqrt(10.0)),
    "EXPP3": ((0.5, 84.0, 60.0), 100.0, 60.0 - np.exp(4.0)),
    "EXPD3": ((0.5, 0.01, 0.9), 100.0, 0.9 - 0.4 / np.e),
    "LOGPOW3": ((0.9, np.log(50.0), -2.0), 100.0, 0.9 / 1.25),
    "MMF4": ((0.5, 100.0, 0.9, 2.0), 10.0, 0.7),
    "WBL4": ((0.1, 0.4, 0.9, 0.5), 100.0, 0.9 - 0.4 / np.e),
    "EXP4": ((0.1, -1.0, 0.9, 0.5), 100.0, 0.9 - np.exp(-2.0)),
    "POW4": ((0.9, 2.0, 0.5, 44.0), 56.0, 0.7),
    "JANOSCHEK4": ((0.9, 0.4, 0.1, 0.5), 100.0, 0.9 - 0.4 / np.e),
}


def test_the_forms_are_those_of_the_configuration():
    assert list(FORMS) == list(get_args(ConfiguredForm))
    assert len(FORMS) == 17


@pytest.mark.parametrize("form", FORMS)
def test_known_values(form):
    coefficients, x, score = KNOWN[form]
    assert evaluate(form, [x], coefficients) == pytest.approx(score, rel=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_a_name_ends_in_its_number_of_coefficients(form):
    assert len(FORMS[form].coefficients) == int(form[-1]) == len(TRUTH[form])


@pytest.mark.parametrize("form", FORMS)
def test_many_curves_are_evaluated_at_once(form):
    many = np.array(TRUTH[form]) * np.array([[1.0], [1.01], [0.99]])
    together = evaluate(form, np.stack([LABELS] * 3), many)
    one_by_one = [evaluate(form, LABELS, row) for row in many]
    np.testing.assert_array_equal(together, one_by_one)


def test_exp3_in_the_three_ways_it_is_written():
    a, b, c = 0.004, -0.9, 0.88
    expected = evaluate("EXP3", LABELS, (a, b, c))
    np.testing.assert_allclose(evaluate("EXPD3", LABELS, (c - np.exp(b), a, c)), expected, rtol=1e-14)
    np.testing.assert_allclose(evaluate("EXP4", LABELS, (a, b, c, 1.0)), expected, rtol=1e-13)


def test_one_weibull_family():
    a, b, c, d = 0.01, -0.9, 0.88, 0.7
    expected = evaluate("EXP4", LABELS, (a, b, c, d))
    np.testing.assert_allclose(evaluate("WBL4", LABELS, (a, np.exp(b), c, d)), expected, rtol=1e-14)
    np.testing.assert_allclose(evaluate("JANOSCHEK4", LABELS, (c, np.exp(b), a, d)), expected, rtol=1e-14)


@pytest.mark.parametrize("form", [form for form in FORMS if FORMS[form].limit])
def test_the_limit_is_the_score_with_endless_data(form):
    limit = dict(zip(FORMS[form].coefficients, TRUTH[form], strict=True))[FORMS[form].limit]
    assert evaluate(form, [1e15], TRUTH[form]) == pytest.approx(limit, abs=1e-4)


def test_outside_their_domain_forms_are_undefined():
    np.testing.assert_array_equal(np.isnan(evaluate("ILOG2", [0.0, 1.0, 2.0], (1.0, 0.9))), [True, True, False])
    np.testing.assert_array_equal(
        np.isnan(evaluate("EXPP3", [5.0, 10.0, 11.0], (-0.5, 10.0, 2.0))), [True, True, False]
    )
    np.testing.assert_array_equal(
        np.isnan(evaluate("POW4", [5.0, 10.0, 11.0], (0.9, 1.0, 1.0, -10.0))), [True, True, False]
    )


@pytest.mark.parametrize("form", ["EXP2", "EXP3", "VAP3", "EXPP3", "EXPD3", "LOGPOW3", "WBL4", "EXP4", "MMF4"])
@given(data=st.data())
def test_nothing_overflows(form, data):
    size = st.floats(-1e3, 1e3, allow_nan=False)
    coefficients = np.array([data.draw(size) for _ in FORMS[form].coefficients])
    if form == "MMF4":
        coefficients[1] = abs(coefficients[1]) + 1e-6
    scores = evaluate(form, LABELS, coefficients)
    defined = coefficients[1] < LABELS if form == "EXPP3" else np.ones(9, dtype=bool)
    assert np.isfinite(scores[defined]).all()

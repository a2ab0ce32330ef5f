"""Tests against values worked out by hand, and against scipy where it has the same test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mtlcurves.curves.statistics import benjamini_hochberg, paired_t, spearman, spearman_p, welch_t
from scipy import stats


def test_corrected_t_by_hand():
    """Differences 1, 2, 3: mean 2, s^2 = 1; variance (1/3 + 1/9) = 4/9; t = 3 on 2 degrees: P = 0.0954660."""
    found = paired_t(np.array([1.0, 2.0, 3.0]), 1 / 9)
    assert (found.mean, found.sd, found.n) == (2, 1, 3)
    assert found.error == pytest.approx(2 / 3)
    assert found.p == pytest.approx(1 - 3 / np.sqrt(11), abs=1e-12)  # closed form for 2 degrees of freedom
    # the 97.5 % point of t on 2 degrees is 4.30265
    assert (found.low, found.high) == (pytest.approx(2 - 4.30265 * 2 / 3, abs=1e-5), pytest.approx(2 + 2.868435))


def test_ten_rotations_at_nine_folds():
    """The variance of the mean is (1/10 + 1/9) s^2, 2.11 times the naive one."""
    differences = np.random.default_rng(0).normal(0.01, 0.02, 10)
    corrected, naive = paired_t(differences, 1 / 9), paired_t(differences)
    assert (corrected.error / naive.error) ** 2 == pytest.approx((1 / 10 + 1 / 9) * 10)
    assert naive.p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)
    assert corrected.p > naive.p


def test_corrected_t_keeps_its_level_where_the_naive_one_does_not():
    """Rotations that share a part of their error, with correlation 1/(1 + 9) as Nadeau and Bengio assume."""
    rng = np.random.default_rng(1)
    share = 1 / 10
    shared = rng.standard_normal((4000, 1)) * np.sqrt(share)
    differences = shared + rng.standard_normal((4000, 10)) * np.sqrt(1 - share)
    assert (paired_t(differences, 1 / 9).p < 0.05).mean() == pytest.approx(0.05, abs=0.012)
    assert (paired_t(differences).p < 0.05).mean() > 0.1


def test_too_few_or_equal_differences_have_no_test():
    found = paired_t(np.array([[np.nan, np.nan], [0.1, np.nan], [0.1, 0.1], [0.1, 0.3]]), 0.5)
    assert list(found.n) == [0, 1, 2, 2]
    np.testing.assert_array_equal(np.isnan(found.mean), [True, False, False, False])
    np.testing.assert_array_equal(np.isnan(found.sd), [True, True, False, False])
    np.testing.assert_array_equal(np.isnan(found.p), [True, True, True, False])
    np.testing.assert_array_equal(np.isnan(found.low), [True, True, True, False])


def test_rounding_is_no_variance():
    assert np.isnan(paired_t(np.full(7, 0.1) + 0.2 - 0.3 + 0.3).p)


@given(arrays(float, 6, elements=st.floats(-1, 1)).filter(lambda x: np.ptp(x) > 1e-6), st.floats(0, 1))
def test_swapping_the_arms_turns_every_sign(differences, ratio):
    one, other = paired_t(differences, ratio), paired_t(-differences, ratio)
    assert one.p == pytest.approx(other.p)
    assert one.mean == pytest.approx(-other.mean)
    assert one.low == pytest.approx(-other.high)
    assert (one.p < 0.05) == (one.low > 0 or one.high < 0)


def test_welch_is_scipys_without_correction():
    rng = np.random.default_rng(2)
    first, second = rng.normal(0.7, 0.05, (5, 10)), rng.normal(0.65, 0.02, (5, 8))
    found = welch_t(first, second)
    np.testing.assert_allclose(found.p, stats.ttest_ind(first, second, axis=1, equal_var=False).pvalue)
    np.testing.assert_allclose(found.mean, first.mean(1) - second.mean(1))
    assert (found.n == 8).all()


def test_welch_corrects_each_arm_by_its_own_ratio():
    rng = np.random.default_rng(3)
    first, second = rng.normal(0.7, 0.05, 10), rng.normal(0.65, 0.02, 8)
    found = welch_t(first, second, 1 / 9, 1.0)
    expected = (1 / 10 + 1 / 9) * first.var(ddof=1) + (1 / 8 + 1) * second.var(ddof=1)
    assert found.error**2 == pytest.approx(expected)


def test_benjamini_hochberg_by_hand():
    """Sorted 0.01, 0.02, 0.03, 0.50: times 4/rank 0.04, 0.04, 0.04, 0.50; the smallest of those not below."""
    q = benjamini_hochberg([0.03, np.nan, 0.01, 0.5, 0.02])
    np.testing.assert_allclose(q, [0.04, np.nan, 0.04, 0.5, 0.04])
    np.testing.assert_allclose(benjamini_hochberg([0.01, 0.04]), [0.02, 0.04])
    assert np.isnan(benjamini_hochberg([np.nan, np.nan])).all()


@given(arrays(float, st.integers(1, 30), elements=st.floats(0, 1)))
def test_benjamini_hochberg_keeps_the_order_and_never_helps(p):
    q = benjamini_hochberg(p)
    assert (q >= p - 1e-12).all()
    assert (np.diff(q[np.argsort(p)]) >= -1e-12).all()


def test_p_value_of_the_published_correlation():
    """P1 Table 2, r = 0.514 over 244 tasks: P between 7e-18 and 1.1e-17."""
    p = spearman_p(0.514, 244)
    assert 7e-18 / 2 < p < 1.1e-17 * 2
    assert np.isnan(spearman_p(0.5, 2))


def test_spearman_is_scipys():
    rng = np.random.default_rng(4)
    x = rng.integers(0, 20, 60).astype(float)  # with ties
    y = x + rng.normal(0, 8, 60)
    correlation, low, high, p = spearman(x, y)
    expected = stats.spearmanr(x, y)
    assert correlation == pytest.approx(expected.statistic)
    assert p == pytest.approx(expected.pvalue)
    # Fisher's interval for ranks, sd 1.06 / sqrt(n - 3)
    ends = np.tanh(np.arctanh(correlation) + np.array([-1.96, 1.96]) * 1.06 / np.sqrt(57))
    np.testing.assert_allclose([low, high], ends, atol=0.06)


def test_spearman_of_too_little_is_null():
    assert np.isnan(spearman(np.arange(3.0), np.arange(3.0))).all()
    assert np.isnan(spearman(np.ones(9), np.arange(9.0))).all()


def test_bootstrap_gives_the_same_interval_every_time():
    x = np.arange(20.0)
    y = np.sin(x)
    assert spearman(x, y) == spearman(x, y)

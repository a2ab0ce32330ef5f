"""Agreement over tasks: Spearman's correlation, intervals from resampled tasks, P-values of permuted tasks."""

import numpy as np
import pytest
from mtlcurves.curves.agreement import correlate, weighted_pearson, weighted_spearman
from scipy import stats


def linked(n: int, seed: int, link: float):
    """Two matrices with effects of rows and columns, the second following the first by `link`."""
    rng = np.random.default_rng(seed)
    first, noise = (
        0.5 * rng.normal(size=(n, n)) + rng.normal(size=n)[:, None] + rng.normal(size=n) for _ in range(2)
    )
    return first, link * first + np.sqrt(1 - link**2) * noise


def test_a_correlation_that_is_there_is_found_with_its_interval():
    first, second = linked(20, 0, 0.8)
    off = ~np.eye(20, dtype=bool)
    found = correlate(first, second)
    assert found.correlation == pytest.approx(stats.spearmanr(first[off], second[off]).statistic)
    assert found.low < found.correlation < found.high and found.low > 0.3
    assert (found.p, found.n_tasks, found.n_pairs, found.status) == (0.001, 20, 380, "ok")
    assert correlate(first, -second).correlation == pytest.approx(-found.correlation)
    assert correlate(first, second) == found


def test_p_values_of_nothing_are_uniform_and_intervals_hold_it():
    found = [correlate(*linked(10, seed, 0.0)) for seed in range(40)]
    p = np.array([one.p for one in found])
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert np.mean(p < 0.05) < 0.15
    assert np.mean([one.low < 0 < one.high for one in found]) > 0.8


def test_an_interval_over_tasks_is_wider_than_one_over_pairs():
    first, second = linked(15, 1, 0.5)
    found, off = correlate(first, second), ~np.eye(15, dtype=bool)
    rng = np.random.default_rng(0)
    x, y = first[off], second[off]
    naive = [stats.spearmanr(x[k], y[k]).statistic for k in rng.integers(0, len(x), (300, len(x)))]
    assert found.high - found.low > 1.3 * np.subtract(*np.quantile(naive, [0.975, 0.025]))


def test_entries_that_count_twice_are_as_if_they_stood_there_twice():
    rng = np.random.default_rng(0)
    x, y, weights = rng.integers(0, 5, 30), rng.integers(0, 5, 30), rng.integers(0, 4, 30)
    repeated = stats.spearmanr(np.repeat(x, weights), np.repeat(y, weights)).statistic
    assert weighted_spearman(x, y)(weights.astype(float)) == pytest.approx(repeated)
    repeated = stats.pearsonr(np.repeat(x, weights), np.repeat(y, weights)).statistic
    assert weighted_pearson(x, y)(weights.astype(float)) == pytest.approx(repeated)


def test_pairs_that_are_missing_are_left_out_on_both_sides():
    first, second = linked(12, 2, 0.9)
    first[3, 4], second[5, :], second[:, 5] = np.nan, np.nan, np.nan
    found = correlate(first, second)
    assert (found.n_tasks, found.n_pairs) == (11, 11 * 10 - 1)
    assert found.correlation > 0.5 and found.p < 0.05


def test_only_some_auxiliaries_are_compared_too():
    first, second = linked(12, 3, 0.9)
    second[:, 3:] = np.nan
    found = correlate(first, second)
    assert (found.n_tasks, found.n_pairs) == (12, 33)
    assert found.p < 0.05


def test_numbers_of_single_tasks_are_compared_alike():
    rng = np.random.default_rng(0)
    first = rng.normal(size=25)
    found = correlate(first, first + 0.5 * rng.normal(size=25))
    assert (found.n_tasks, found.n_pairs, found.status) == (25, 25, "ok")
    assert found.low > 0.4 and found.p == 0.001


@pytest.mark.parametrize("shape", [(0, 0), (2, 2), (3, 3), (3,)])
def test_a_few_tasks_have_a_reason_and_no_number(shape):
    found = correlate(np.arange(np.prod(shape), dtype=float).reshape(shape), np.ones(shape))
    assert np.isnan([found.correlation, found.low, found.high, found.p]).all()
    assert found.status == f"{shape[0]} tasks are known on both sides; 4 are needed"


def test_what_does_not_vary_has_a_reason_and_no_number():
    found = correlate(linked(5, 0, 0)[0], np.ones((5, 5)))
    assert np.isnan(found.correlation) and found.status == "one side is the same everywhere"

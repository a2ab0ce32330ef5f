"""Agreement of two matrices over the same tasks: its correlation is Spearman's, its P that of whole tasks."""

import numpy as np
import pytest
from mtlcurves.curves.mantel import agreement
from scipy import stats


def noise(n: int, seed: int):
    return np.random.default_rng(seed).normal(size=(n, n))


def test_the_correlation_is_spearmans_over_the_entries_known_in_both():
    first, second = noise(8, 0), noise(8, 1)
    first[2, 3], second[4, 5] = np.nan, np.nan
    known = ~np.eye(8, dtype=bool) & np.isfinite(first) & np.isfinite(second)
    found = agreement(first, second)
    assert found.n == 54
    assert found.correlation == pytest.approx(stats.spearmanr(first[known], second[known]).statistic)


def test_the_numbers_themselves_are_correlated_where_ranks_are_not_asked_for():
    first, second = np.exp(noise(8, 0)), noise(8, 1) + noise(8, 0)
    off = ~np.eye(8, dtype=bool)
    found = agreement(first, second, ranked=False)
    assert found.correlation == pytest.approx(stats.pearsonr(first[off], second[off]).statistic)
    assert found.p < 0.05


def test_matrices_that_agree_have_the_smallest_p_and_it_is_the_same_twice():
    first = noise(12, 0)
    found = agreement(first, first + 0.5 * noise(12, 1))
    assert found.p == 1 / 1000
    assert found == agreement(first, first + 0.5 * noise(12, 1))


def test_opposite_matrices_are_as_far_from_chance():
    first = noise(12, 0)
    assert agreement(first, -first).correlation == pytest.approx(-1)
    assert agreement(first, -first).p == 1 / 1000


def test_p_is_uniform_where_pairs_share_tasks_and_nothing_else_does():
    """Rows and columns with effects of their own: pairs taken for independent are called far too often."""
    found, naive = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        first, second = (
            noise(10, 1000 + 2 * seed + k) * 0.3 + rng.normal(size=10)[:, None] + rng.normal(size=10)
            for k in (0, 1)
        )
        off = ~np.eye(10, dtype=bool)
        found.append(agreement(first, second, permutations=99).p)
        naive.append(stats.spearmanr(first[off], second[off]).pvalue)
    assert np.mean(np.array(naive) < 0.05) > 0.3
    assert np.mean(np.array(found) < 0.05) < 0.15
    assert stats.kstest(found, "uniform").pvalue > 0.01


@pytest.mark.parametrize("matrix", [np.ones((6, 6)), np.full((6, 6), np.nan), np.empty((0, 0))])
def test_no_variation_has_no_correlation(matrix):
    found = agreement(matrix, noise(len(matrix), 0))
    assert np.isnan(found.correlation) and np.isnan(found.p)


def test_three_tasks_have_too_few_permutations_for_a_p():
    found = agreement(noise(3, 0), noise(3, 0))
    assert found.correlation == pytest.approx(1) and np.isnan(found.p)


def test_one_number_of_each_task_is_permuted_alike():
    rng = np.random.default_rng(0)
    first = rng.normal(size=30)
    second = first + 0.3 * rng.normal(size=30)
    second[4] = np.nan
    found = agreement(first, second)
    known = np.isfinite(second)
    assert found.n == 29
    assert found.correlation == pytest.approx(stats.spearmanr(first[known], second[known]).statistic)
    assert found.p == 1 / 1000
    assert agreement(first, rng.normal(size=30)).p > 0.01


def test_nothing_that_is_given_is_changed():
    first, second = noise(5, 0), noise(5, 1)
    before = first.copy(), second.copy()
    agreement(first, second, permutations=3)
    np.testing.assert_array_equal([first, second], before)

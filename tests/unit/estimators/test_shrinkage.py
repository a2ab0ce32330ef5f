"""Maps drawn together: nearer to the truth, and honest about what matters."""

import numpy as np
import pytest
from mtlcurves.estimators.blocks import normal_error
from mtlcurves.estimators.shrinkage import chance_too_small, shrink
from scipy import stats


def noisy_map(n=24, error=0.01, common=0.0, size=0.03, share=0.3, seed=0):
    """True weights, most of them 0, and the measured ones."""
    rng = np.random.default_rng(seed)
    true = size * rng.normal(size=(n, n)) * (rng.random((n, n)) < share)
    own = np.sqrt(error**2 - common**2)
    measured = true + own * rng.normal(size=(n, n)) + common * rng.normal(size=(n, 1))
    np.fill_diagonal(measured, np.nan)
    return true, measured, np.full((n, n), error)


def rmse(found, true):
    return np.sqrt(np.nanmean((found - true) ** 2))


def test_an_error_that_all_pairs_of_a_target_share_is_taken_off():
    true, measured, error = noisy_map(common=0.008)
    alone, together = (shrink(measured, error, common).value for common in (0.0, np.full(24, 0.008)))
    assert rmse(together, true) < 0.65 * rmse(alone, true) < 0.65 * rmse(measured, true)


def test_what_is_said_to_matter_does():
    for smallest in (0.0, 0.01):
        wrong, said = [], []
        for seed in range(4):
            true, measured, error = noisy_map(seed=seed)
            found = shrink(measured, error, 0.0, smallest)
            called = found.null_probability < 0.2
            wrong += list((np.sign(found.value) * true)[called] <= smallest)
            said += list(found.null_probability[called])
        assert len(said) > 100
        assert np.mean(wrong) == pytest.approx(np.mean(said), abs=0.03)


def test_weights_that_are_all_tiny_are_not_said_to_matter():
    _, measured, error = noisy_map(size=0.001, share=1.0)
    assert (np.nan_to_num(shrink(measured, error, 0.0, 0.005).null_probability, nan=1) > 0.9).all()


def test_the_spread_of_a_weight_given_the_map_is_its_error():
    true, measured, error = noisy_map(common=0.007)
    found = shrink(measured, error, np.full(24, 0.007))
    z = (found.value - true) / found.error
    assert np.nanmean(np.abs(z) < 1.645) == pytest.approx(0.9, abs=0.05)


def test_a_map_is_drawn_alike_each_time_and_holes_stay_holes():
    _, measured, error = noisy_map()
    measured[3, 5] = np.nan
    one, two = shrink(measured, error), shrink(measured, error)
    np.testing.assert_array_equal(one.value, two.value)
    assert np.isnan(one.null_probability[3, 5]) and np.isnan(one.mean[0, 0])


def test_a_normal_weight_does_not_matter_as_often_as_it_is_small_or_of_the_other_sign():
    draws = np.random.default_rng(0).normal(-0.02, 0.01, 100_000)
    assert chance_too_small(np.array([-0.02]), np.array([0.01]), 0.015)[0] == pytest.approx(
        np.mean(draws > -0.015), abs=0.01
    )


def test_errors_known_from_few_rotations_are_widened_to_the_tails_of_student():
    value, error, freedom = np.array([0.0, 0.02, -0.05]), np.full(3, 0.01), np.array([4.0, 4.0, 1e6])
    widened = normal_error(value, error, freedom)
    p = 2 * stats.norm.sf(np.abs(value) / widened)
    np.testing.assert_allclose(p, 2 * stats.t.sf(np.abs(value) / error, freedom), rtol=1e-6)
    assert widened[0] > error[0] and widened[2] == pytest.approx(error[2], rel=1e-4)

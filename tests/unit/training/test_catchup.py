"""Adam's steps without a gradient, taken at once, against Adam step by step in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.training.lazy.catchup import BETA1, BETA2, EPS, LONGEST, Moves, sum_moves
from mtlcurves.training.lazy.kernels import catch_up
from mtlcurves.training.lazy.rows import Rates, move

LANES = 64


def stepwise(w, m, v, gradient, step, wait, rate):
    """Adam as published (Kingma and Ba 2015, algorithm 1): a step with a gradient, then `wait` without."""
    for j in range(wait + 1):
        g = gradient if j == 0 else 0.0
        m, v = BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g**2
        t = step + j
        w = w - rate(j) * (m / (1 - BETA1**t)) / (np.sqrt(v / (1 - BETA2**t)) + EPS)
    return w, m, v


def decays(longest):
    waits = np.arange(longest + 1)
    return (BETA1**waits).astype(np.float32), (BETA2**waits).astype(np.float32)


def lanes(seed, smallest):
    """Moments and gradients over many magnitudes, some of them 0."""
    rng = np.random.default_rng(seed)
    size = 10 ** rng.uniform(smallest, -1, LANES)
    m, gradient = (size * rng.normal(size=LANES) * (rng.random(LANES) > 0.2) for _ in range(2))
    return m, (size * rng.uniform(0.2, 2, LANES)) ** 2, gradient


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 10**6),
    step=st.one_of(st.integers(1, 60), st.integers(60, 400), st.integers(400, 20_000)),
    wait=st.one_of(st.just(0), st.integers(1, 12), st.integers(12, 3 * LONGEST)),
    left=st.integers(0, 30),
)
def test_moves_as_adam_does_step_by_step(seed, step, wait, left):
    m, v, gradient = lanes(seed, smallest=-11)
    weights = np.stack([np.zeros(LANES), m, v]).astype(np.float32)
    m, v, gradient = weights[1].astype(float), weights[2].astype(float), gradient.astype(np.float32)
    expected = stepwise(
        np.zeros(LANES), m, v, gradient.astype(float), step, wait, lambda j: 1.0 if j <= left else 0.3
    )
    moves = Moves.empty()
    sum_moves(moves, step, 0, wait, 1.0, left, 0.3)
    move(
        weights[None],
        0,
        gradient[None],
        0,
        moves,
        wait,
        Rates(1.0, 0.3, *decays(wait)),
        np.empty(LANES, np.float32),
    )
    # in units of the learning rate: the largest move is of the order of the number of steps, ten at most
    np.testing.assert_allclose(weights[0], expected[0], rtol=3e-6, atol=2e-6)
    # a moment may be the difference of two larger numbers
    size = (BETA1 * np.abs(m) + (1 - BETA1) * np.abs(gradient)) * BETA1**wait
    assert (np.abs(weights[1] - expected[1]) <= 1e-6 * size + 1e-29).all()
    np.testing.assert_allclose(weights[2], expected[2], rtol=1e-5, atol=1e-35)


@settings(deadline=None, max_examples=80)
@given(seed=st.integers(0, 10**6), step=st.integers(1, 5_000), wait=st.integers(1, 150))
def test_catches_up_from_where_weights_were_read(seed, step, wait):
    m, v, _ = lanes(seed, smallest=-11)
    changes = np.stack([np.zeros(LANES), m, v]).astype(np.float32)[None]
    w, m, v = changes[0].astype(float)
    expected = w.copy()
    for j in range(1, wait + 1):
        m, v, t = BETA1 * m, BETA2 * v, step + j
        expected -= (m / (1 - BETA1**t)) / (np.sqrt(v / (1 - BETA2**t)) + EPS)
    catch_up(changes, np.array([wait], np.int32), Moves.empty(), Rates(1.0, 1.0, *decays(wait)), step)
    np.testing.assert_allclose(changes[0, 0], expected, rtol=3e-6, atol=2e-6)


@pytest.mark.parametrize(("step", "always"), [(5, False), (2_000, True)])
def test_the_expansion_is_for_all_weights_but_early_ones_with_small_moments(step, always):
    moves = Moves.empty()
    sum_moves(moves, step, 0, 40, 1e-4, 100, 1e-4)
    assert moves.least[0] == 0
    assert (moves.least[40] == 0) == always
    assert moves.least[40] < 1e-7


def test_moments_too_small_to_matter_become_zero():
    weights = np.array([[0.0], [1e-29], [1e-35]], dtype=np.float32)
    moves = Moves.empty()
    sum_moves(moves, 10_000, 0, 100, 1e-4, 200, 1e-4)
    still = np.zeros((1, 1), np.float32)
    move(weights[None], 0, still, 0, moves, 100, Rates(1e-4, 1e-4, *decays(100)), np.empty(1, np.float32))
    assert weights[1, 0] == 0
    assert weights[2, 0] > 0

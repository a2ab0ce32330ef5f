"""The fast exponential fit: exact on its own curves, equal to lmfit on noisy ones, honest where it cannot know."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.curves.exponential import fit, lowest_start
from mtlcurves.curves.frozen import LabelCounts, exp33, refit
from mtlcurves.curves.profile import STEEPEST, CurvePoints
from scipy.optimize import least_squares

SIZES = np.arange(1.0, 10.0)
NOTHING = np.zeros(9)


def curve(x, a, b=-1.0, c=0.85, offset=0.0):
    return c - np.exp(b - offset - a * x)


def one(score, x=SIZES, *, offset=0.0, positive=True, lowest=0.3, **points):
    return fit(CurvePoints.of(score, x, offset, **points), positive=positive, lowest=lowest)


def noisy(a, sd, count, seed, offset=0.0):
    return curve(SIZES, a, offset=offset) + sd * np.random.default_rng(seed).standard_normal((count, 9))


@given(own=st.floats(0.03, 2.0), b=st.floats(-2.5, -0.7), c=st.floats(0.8, 0.99), scale=st.floats(0.01, 100))
@settings(deadline=None, max_examples=40)
def test_recovers_every_own_curve(own, b, c, scale):
    found = one(curve(SIZES, own, b, c), SIZES * scale)
    np.testing.assert_allclose([found.a[0] * scale, found.b[0], found.c[0]], [own, b, c], rtol=2e-5)
    assert (found.status == "ok").all()


@pytest.mark.parametrize("weight", [-0.15, -0.02, 0.0, 0.003, 0.1, 0.6])
def test_recovers_weights_of_either_sign_beside_a_frozen_part(weight):
    offset = 0.2 * SIZES
    found = one(curve(SIZES, weight, offset=offset), offset=offset, positive=False)
    np.testing.assert_allclose([found.a[0], found.b[0], found.c[0]], [weight, -1, 0.85], atol=1e-7)


def test_recovers_a_weight_from_differences():
    extra = np.array([8.0])
    change = curve(SIZES[:1], 0.2) - curve(SIZES[:1] + 0 * extra, 0.2, offset=-0.03 * extra)
    found = one(
        np.append(curve(SIZES, 0.2), -change),
        np.append(NOTHING, extra),
        offset=np.append(0.2 * SIZES, 0.2),
        positive=False,
        differenced=np.append(NOTHING, 1),
    )
    np.testing.assert_allclose([found.a[0], found.b[0], found.c[0]], [-0.03, -1, 0.85], atol=1e-8)


OWN, EXTRA = np.tile(SIZES, 2), np.repeat([0.0, 1.0], 9)


@pytest.mark.parametrize(
    ("freed", "x", "frozen", "truth"),
    [
        ("a_i", OWN, 0 * OWN, {"a_i": 0.25, "a_iS": 0.0, "a_ij": 0.0}),
        ("a_iS", 3 * OWN, 0.25 * OWN, {"a_i": 0.25, "a_iS": 0.02, "a_ij": 0.0}),
        ("a_ij", EXTRA, 0.31 * OWN, {"a_i": 0.25, "a_iS": 0.02, "a_ij": -0.04}),
    ],
)
def test_agrees_with_lmfit(freed, x, frozen, truth):
    """lmfit starts from the truth, the weights of earlier stages frozen."""
    start = {**truth, "b": -1.0, "c": 0.85}
    labels = LabelCounts(OWN, 3 * OWN, EXTRA)
    scores = exp33(labels, **start) + 0.005 * np.random.default_rng(5).standard_normal((25, 18))
    fast = one(scores, x, offset=frozen, positive=freed == "a_i")
    for row, score in enumerate(scores):
        value, error, sse = refit(score, labels, start, freed, 0.3)
        fitted = [fast.a[row], fast.b[row], fast.c[row]]
        np.testing.assert_allclose(fitted, [value[freed], value["b"], value["c"]], atol=1e-6)
        np.testing.assert_allclose(fast.error[row], [error[freed], error["b"], error["c"]], rtol=1e-4)
        assert fast.sse[row] == pytest.approx(sse, rel=1e-9)


@pytest.mark.parametrize(("positive", "seed"), [(True, 1), (False, 2)])
def test_no_start_of_a_local_search_does_better(positive, seed):
    """Noise as large as the curve: the sum of squares has several minima, and bounds are met."""
    scores = noisy(0.1, 0.03, 12, seed)
    found = one(scores, positive=positive)
    for row, score in enumerate(scores):

        def residual(p, score=score):  # p: weight, share of the room below c, c
            return p[2] - p[1] * (p[2] - 0.3) * np.exp(-p[0] * SIZES) - score

        low = [0 if positive else -STEEPEST / 9, 0, 0.3]
        starts = [(a, s, 0.85) for a in (-0.2, 0.05, 0.3, 2.0) for s in (0.2, 0.8) if a > low[0]]
        best = min(
            least_squares(residual, start, bounds=(low, [STEEPEST / 9, 1, 1]), xtol=1e-12).cost * 2
            for start in starts
        )
        assert found.sse[row] <= best * (1 + 1e-6)


def test_same_result_whatever_the_order():
    scores = noisy(0.25, 0.01, 40, 3)
    found = one(scores)
    turned = one(scores[::-1, ::-1], SIZES[::-1])
    np.testing.assert_allclose(turned.a[::-1], found.a, rtol=1e-6)
    alone = [one(score).a[0] for score in scores]
    assert alone == list(found.a)  # bit for bit: no curve feels its neighbours


def test_missing_points_are_left_out():
    score = noisy(0.25, 0.01, 1, 4)[0]
    gapped = np.where(SIZES == 4, np.nan, score)
    found, short = one(gapped), one(score[SIZES != 4], SIZES[SIZES != 4])
    assert found.n_points[0] == 8
    np.testing.assert_allclose([found.a, found.b, found.c], [short.a, short.b, short.c], rtol=1e-7)
    np.testing.assert_allclose(found.error, short.error, rtol=1e-6)


def test_weights_act_as_repeated_points():
    score = noisy(0.25, 0.01, 1, 6)[0]
    weight = np.where(SIZES < 4, 2.0, 1.0)
    weighted = one(score, weight=weight)
    repeated = one(np.append(score, score[:3]), np.append(SIZES, SIZES[:3]))
    np.testing.assert_allclose([weighted.a, weighted.c], [repeated.a, repeated.c], rtol=1e-7)


def test_standard_errors_match_the_scatter():
    found = one(noisy(0.25, 0.005, 3000, 7))
    scatter = [found.a.std(), found.b.std(), found.c.std()]
    np.testing.assert_allclose(np.median(found.error, axis=0), scatter, rtol=0.12)


def test_asymptote_scatters_as_expected():
    """Truth c = 0.85, b = -1, a = 0.25 a fold: 16 to 84 % of c at noise 0.005 and 0.016."""
    for sd, low, high in ((0.005, 0.84, 0.86), (0.016, 0.83, 0.90)):
        c = one(noisy(0.25, sd, 1000, 8)).c
        np.testing.assert_allclose(np.percentile(c, [16, 84]), [low, high], atol=0.012)


def test_known_variances_replace_the_reduced_chi_square():
    score = noisy(0.25, 0.01, 1, 9)
    points = CurvePoints.of(score, SIZES)
    usual = fit(points, positive=True, lowest=0.3)
    reduced = usual.sse[0] / 6
    given = fit(points, positive=True, lowest=0.3, row_variance=np.full((1, 9), 4 * reduced))
    np.testing.assert_allclose(given.error, 2 * usual.error, rtol=1e-10)


@pytest.mark.parametrize(
    ("score", "status"),
    [
        (np.full(9, 0.7), ["not identified", "not identified", "ok"]),
        (0.8 - 0.01 * SIZES, ["not identified", "not identified", "ok"]),
        (0.4 + 0.05 * SIZES, ["not identified", "not identified", "at bound"]),
        (np.array([0.45, *np.full(8, 0.8)]), ["not identified", "at bound", "ok"]),
    ],
    ids=["flat", "falling", "straight", "step"],
)
def test_says_what_cannot_be_known(score, status):
    found = one(score)
    assert list(found.status[0]) == status
    for value, error, verdict in zip((found.a, found.b, found.c), found.error[0], status, strict=True):
        # known given the coefficient at its bound, or without a trace in the points
        assert np.isnan(value[0]) == (verdict == "not identified" and "at bound" not in status)
        assert verdict == "ok" or np.isnan(error)


def test_stays_within_its_bounds():
    found = one(noisy(0.05, 0.08, 400, 10))
    known = np.isfinite(found.b)
    assert (found.c <= 1).all()
    assert (found.c - np.exp(found.b) >= 0.3 - 1e-9)[known].all()
    assert (found.a[known] > 0).all()


def test_weights_that_cannot_be_told_apart_are_not_identified():
    """Two counts of labels leave a, b and c one equation short."""
    found = one(np.array([0.6, 0.6, 0.7, 0.7]), np.array([1.0, 1, 2, 2]))
    assert set(found.status[0]) == {"not identified"}
    assert np.isnan([found.a, found.b, found.c]).all()


@pytest.mark.parametrize(
    ("score", "x", "reason"),
    [
        (np.array([0.6, 0.7, 0.75]), SIZES[:3], "refused: 3 points, at least 4 are needed"),
        (np.full(9, np.nan), SIZES, "refused: 0 points, at least 4 are needed"),
        (curve(SIZES, 0.25), NOTHING, "refused: no labels of this kind"),
    ],
)
def test_refuses_with_a_reason(score, x, reason):
    found = one(score, x)
    assert set(found.status[0]) == {reason}
    assert np.isnan([found.a[0], found.b[0], found.c[0], found.sse[0]]).all()


def test_start_may_lie_below_chance_where_the_data_do():
    scores = np.array([[0.6, 0.7], [0.25, 0.5], [np.nan, 0.6]])
    assert list(lowest_start(scores, "auroc")) == [0.3, 0.25, 0.3]
    assert list(lowest_start(scores, "aupr")) == [0, 0, 0]

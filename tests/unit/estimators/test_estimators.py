"""Estimates against the truth they were simulated from."""

import numpy as np
import pytest
from mtlcurves.curves.stages import MeanCurves, multi_task_stage, single_task_stage
from mtlcurves.estimators.base_curve import fit_base, profile
from mtlcurves.estimators.estimate import base_points, estimate, table
from mtlcurves.simulation.curves import Noise, draw_truth


def pairs(found, truth):
    """Estimated and true a_ij, one entry per row of the table."""
    rows = found[found.coefficient == "a_ij"]
    place = {task: k for k, task in enumerate(truth.tasks)}
    true = np.array([truth.pair[place[t], place[a]] for t, a in zip(rows.target, rows.auxiliary, strict=True)])
    return rows, true


@pytest.mark.parametrize("raised", ["augmented", "to full"])
@pytest.mark.parametrize("estimator", ["joint", "paired"])
def test_without_noise_the_truth_is_recovered(truth, study, estimator, raised):
    found = table(estimate(study(truth, "stl", "mtl", raised), estimator), estimator)
    rows, true = pairs(found, truth)
    assert len(rows) == 8 * 7
    np.testing.assert_allclose(rows.value, true, atol=2e-5)
    if estimator == "joint":
        own, complement = (found[found.coefficient == name] for name in ("a_i", "a_iS"))
        np.testing.assert_allclose(own.value, truth.own, rtol=1e-6)
        np.testing.assert_allclose(complement.value, truth.complement, rtol=1e-5)
        np.testing.assert_allclose(complement.exchange_rate, truth.complement / truth.own, rtol=1e-5)


def test_off_diagonal_points_tell_own_from_other_labels_without_single_task_trainings(truth, study):
    data = study(truth, "mtl", "offdiagonal")
    score, own, complement = base_points(data, "joint")
    base = fit_base(score, own, complement, np.ones((8, 10), bool))
    np.testing.assert_allclose(base.value[:, 2], truth.own, rtol=1e-4)
    np.testing.assert_allclose(base.value[:, 3], truth.complement, rtol=1e-4)


def test_joint_fit_passes_less_error_on_than_the_stages():
    # the truth of P1's noise level: c 0.85, b -1, 0.15 and 0.10 per fold, sd 0.005 on the mean of ten rotations
    rng, folds, n = np.random.default_rng(5), np.arange(1, 10.0), 300
    own, complement = np.tile(0.1 * folds, (n, 1)), np.tile(folds, (n, 1))
    a_i, a_iS = 1.5, 0.10
    single = 0.85 - np.exp(-1 - a_i * own) + rng.normal(0, 0.005, own.shape)
    multi = 0.85 - np.exp(-1 - a_i * own - a_iS * complement) + rng.normal(0, 0.005, own.shape)
    rotations = np.full(n, 10)
    first = single_task_stage(MeanCurves(single, own, 0 * own, rotations), "auroc")
    staged = multi_task_stage(MeanCurves(multi, own, complement, rotations), "auroc", first).a
    arms = (single, multi), (own, own), (0 * own, complement)
    points = (np.concatenate(part, axis=1)[:, :, None] for part in arms)
    joint = fit_base(*points, np.ones((n, 1), bool)).value[:, 3]
    of_staged, of_joint = (np.sqrt(np.mean((part - a_iS) ** 2)) for part in (staged, joint))
    assert of_joint <= 0.4 * of_staged


def test_intervals_cover_the_truth(study):
    inside: dict[str, list[float]] = {"a_i": [], "a_iS": [], "a_ij": []}
    for seed in range(6):
        truth = draw_truth(12, seed=seed)
        data = study(truth, "stl", "mtl", "augmented", noise=Noise(), seed=seed)
        found = table(estimate(data, "joint"), "joint")
        rows, true = pairs(found, truth)
        inside["a_ij"] += list((rows.low <= true) & (true <= rows.high))
        for name, value in (("a_i", truth.own), ("a_iS", truth.complement)):
            own = found[found.coefficient == name]
            inside[name] += list((own.low <= value) & (value <= own.high))
    assert 0.87 < np.mean(inside["a_ij"]) < 0.93
    assert np.mean(inside["a_i"]) > 0.78 and np.mean(inside["a_iS"]) > 0.78


def test_profile_ends_where_the_sum_of_squares_has_grown_by_its_share(truth, study):
    data = study(truth, "stl", "mtl", noise=Noise(), seed=2)
    found = estimate(data, "joint")
    points = base_points(data, "joint")
    low, high = profile(*points, found.valid, "a_iS", 0.90)
    value = found.base.value[:, 3]
    assert (low < value).all() and (value < high).all()
    wider = profile(*points, found.valid, "a_iS", 0.99)
    assert (wider[0] < low).all() and (high < wider[1]).all()
    # scores without any noise leave no room
    exact = study(truth, "stl", "mtl")
    ends = profile(*base_points(exact, "joint"), np.ones((8, 10), bool), "a_i", 0.90)
    np.testing.assert_allclose(ends[0], truth.own, rtol=1e-3)
    np.testing.assert_allclose(ends[1], truth.own, rtol=1e-3)


def test_a_limit_that_scores_do_not_tell_is_open(study):
    flat = draw_truth(4, seed=1, own=0.01, complement=0.0)
    data = study(flat, "stl", "mtl", noise=Noise(0.02, 0.0))
    _, high = profile(*base_points(data, "joint"), np.ones((4, 10), bool), "a_i", 0.90)
    assert np.isinf(high).any() or (high > 20 * flat.own).any()

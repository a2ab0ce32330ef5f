"""Fewer trainings than tasks, and fewer rotations than a test needs: what is said then, and what is not."""

import numpy as np
import pytest
from curve_studies import allocations
from mtlcurves.estimators.estimate import estimate, table
from mtlcurves.estimators.exposures import exposures
from mtlcurves.estimators.spread import has_too_few_rows
from mtlcurves.estimators.transfer_table import drawn_together
from mtlcurves.grid.allocations import augmented, weighing_design
from mtlcurves.grid.designs import hadamard_rows, random_shares
from mtlcurves.simulation.curves import Noise, draw_truth, simulate
from mtlcurves.transfer_schemas import DRAWN


def raised(truth, extra, seed=0, rotations=10):
    """What an estimator sees of single- and multi-task trainings and some raised ones."""
    listed = [*allocations(truth, "stl", "mtl"), *extra]
    return exposures(*simulate(truth, listed, rotations, Noise(), seed), "auroc")


def pairs(data):
    found = table(estimate(data, "joint"), "joint")
    return found[found.coefficient == "a_ij"].reset_index(drop=True)


def errors(rows, truth):
    place = {task: k for k, task in enumerate(truth.tasks)}
    target, auxiliary = (rows[key].map(place).to_numpy() for key in ("target", "auxiliary"))
    return (rows.value - truth.pair[target, auxiliary]) * truth.labels[auxiliary] / 1000


@pytest.fixture(scope="module")
def truth():
    return draw_truth(16, seed=1)


@pytest.fixture(scope="module")
def halves(truth):
    return pairs(raised(truth, weighing_design(truth.tasks, random_shares(16, 8, 0), 4, 5)))


def test_random_shares_are_drawn_towards_0_with_an_interval_and_without_a_test(halves):
    assert len(halves) == 16 * 15 and set(halves.status) == {DRAWN}
    assert np.isfinite(halves[["value", "standard_error", "low", "high"]]).all(axis=None)
    assert halves.p.isna().all()


def test_eight_random_shares_are_nearer_to_the_truth_than_sixteen_tasks_raised_one_at_a_time(truth, halves):
    alone = pairs(raised(truth, augmented(truth.tasks, truth.tasks, [4], 1, 9)))
    close, far = (np.sqrt((errors(rows, truth) ** 2).mean()) for rows in (halves, alone))
    assert close < 0.35 * far


def test_a_map_drawn_towards_0_is_not_drawn_again(halves):
    drawn = drawn_together(halves, 0.005)
    np.testing.assert_array_equal(drawn.shrunken, halves.value)
    assert drawn.null_probability.between(0, 1).all()


def test_designs_that_tell_all_tasks_apart_are_left_alone(truth):
    full = raised(truth, weighing_design(truth.tasks, hadamard_rows(16), 4, 5))
    assert not has_too_few_rows(full.rows(full.size == 4))
    assert set(pairs(full).status) == {"ok"}


def test_two_rotations_give_weights_and_no_test(truth):
    rows = pairs(raised(truth, augmented(truth.tasks, truth.tasks, [1], "full", 9), rotations=2))
    assert rows.value.notna().all() and rows[["p", "low", "high"]].isna().all(axis=None)
    assert set(rows.status) == {"no interval: 2 rotations, at least 3 are needed"}

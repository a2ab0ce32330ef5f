"""Simulated studies of known truth, as estimators read them."""

import pytest
from mtlcurves.estimators.exposures import exposures
from mtlcurves.grid.allocations import augmented, multi_task, off_diagonal, single_task
from mtlcurves.simulation.curves import Noise, Truth, draw_truth, simulate

SIZES = range(1, 10)
NO_NOISE = Noise(0, 0)


def arms(truth: Truth, *names: str):
    """Allocations of some arms at all sizes."""
    makers = {
        "stl": lambda: single_task(truth.tasks, SIZES),
        "mtl": lambda: multi_task("all", truth.tasks, SIZES),
        "augmented": lambda: augmented(truth.tasks, truth.tasks, SIZES[:-1], 1, 9),
        "to full": lambda: augmented(truth.tasks, truth.tasks, [1], "full", 9),
        "offdiagonal": lambda: off_diagonal(truth.tasks, truth.tasks, [2, 8], [1, 5]),
    }
    return [allocation for name in names for allocation in makers[name]()]


def observed(truth: Truth, *names: str, noise: Noise = NO_NOISE, seed: int = 0, rotations: int = 10, **options):
    """What an estimator sees of a simulated study."""
    points, allocations, counts = simulate(truth, arms(truth, *names), rotations, noise, seed, **options)
    return exposures(points, allocations, counts, "auroc")


@pytest.fixture
def truth() -> Truth:
    return draw_truth(8, seed=3)


@pytest.fixture
def study():
    """Simulate a study: ``study(truth, "stl", "mtl", noise=...)``."""
    return observed


@pytest.fixture
def tables():
    """Simulate a study's tables: ``tables(truth, "stl", "mtl", rotations=10, noise=...)``."""
    return lambda truth, *names, **options: simulate(truth, arms(truth, *names), **options)

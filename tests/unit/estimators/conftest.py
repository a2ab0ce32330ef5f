"""Simulated studies of known truth, as estimators read them."""

import pytest
from curve_studies import allocations
from mtlcurves.estimators.exposures import exposures
from mtlcurves.simulation.curves import Noise, Truth, draw_truth, simulate

NO_NOISE = Noise(0, 0)


def arms(truth: Truth, *names: str):
    """Allocations of some arms at all sizes; "to full": raised from 1 fold to all, augmented: by one fold."""
    by_one = {"raised": range(1, 9), "raise_by": 1}
    return [
        allocation
        for name in names
        for allocation in (
            allocations(truth, "augmented") if name == "to full" else allocations(truth, name, **by_one)
        )
    ]


def observed(truth: Truth, *names: str, noise: Noise = NO_NOISE, seed: int = 0, rotations: int = 10, **options):
    """What an estimator sees of a simulated study."""
    points, table, counts = simulate(truth, arms(truth, *names), rotations, noise, seed, **options)
    return exposures(points, table, counts, "auroc")


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

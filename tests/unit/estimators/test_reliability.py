"""Halves of the rotations against each other."""

from dataclasses import replace

import numpy as np
import pytest
from mtlcurves.estimators.estimate import estimate, table
from mtlcurves.estimators.exposures import Exposures
from mtlcurves.estimators.reliability import FEW_ROTATIONS, split_half
from mtlcurves.simulation.curves import Noise, draw_truth
from scipy import stats


def some_rotations(data: Exposures, chosen: list[int]) -> Exposures:
    """What an estimator sees of some of a study's rotations."""
    return replace(
        data,
        rotations=[data.rotations[r] for r in chosen],
        **{name: getattr(data, name)[..., chosen] for name in ("single_labels", "single_score")},
        **{name: getattr(data, name)[:, chosen] for name in ("labels", "reference", "score")},
    )


@pytest.mark.parametrize("estimator", ["joint", "paired"])
def test_a_half_is_what_an_estimate_from_its_rotations_alone_would_be(study, estimator):
    data = study(draw_truth(8, seed=3), "stl", "mtl", "to full", noise=Noise())
    splits = [[0, 1, 2, 3, 4], [0, 2, 4, 6, 8], [1, 2, 5, 6, 9]]
    agreements = []
    for half in splits:
        rest = [r for r in range(10) if r not in half]
        maps = [table(estimate(some_rotations(data, part), estimator), estimator) for part in (half, rest)]
        first, second = (found.loc[found.coefficient == "a_ij", "per_fold"] for found in maps)
        agreements.append(stats.spearmanr(first, second).statistic)
    found = split_half(estimate(data, estimator)).iloc[0]
    assert found.n_splits == 126 and found.n_pairs == 56 and found.status == "ok"
    assert found.low - 0.1 < min(agreements) and max(agreements) < found.high + 0.1
    assert abs(np.mean(agreements) - found.spearman) < 0.12


def test_without_noise_the_halves_agree_and_without_transfer_they_do_not(study):
    truth = draw_truth(10, seed=3)
    assert split_half(estimate(study(truth, "stl", "mtl", "to full"), "joint")).iloc[0].whole > 0.999
    nothing = replace(truth, pair=np.zeros_like(truth.pair))
    several = [
        split_half(estimate(study(nothing, "stl", "mtl", "to full", noise=Noise(), seed=seed), "paired")).iloc[0]
        for seed in range(6)
    ]
    assert abs(np.mean([found.within_targets for found in several])) < 0.1


def test_few_rotations_are_not_halved(study):
    found = split_half(estimate(study(draw_truth(8, seed=3), "stl", "mtl", "to full", rotations=5), "joint"))
    assert found.status.tolist() == [FEW_ROTATIONS] and found.spearman.isna().all()

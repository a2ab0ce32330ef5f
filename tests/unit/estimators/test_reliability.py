"""Halves of the rotations against each other."""

from dataclasses import replace

import numpy as np
from mtlcurves.estimators.reliability import FEW_ROTATIONS, SPLITS, split_half
from mtlcurves.simulation.curves import Noise, draw_truth


def test_without_noise_the_halves_agree(study):
    found = split_half(study(draw_truth(8, seed=3), "stl", "mtl", "to full"), "joint").iloc[0]
    assert found.status == "ok" and found.n_pairs == 56 and found.n_splits == SPLITS and found.n_rotations == 10
    assert min(found.low, found.within_targets, found.whole) > 0.999


def test_noise_comes_between_them_and_more_rotations_would_help(study):
    found = split_half(study(draw_truth(10, seed=3), "stl", "mtl", "to full", noise=Noise()), "paired").iloc[0]
    assert 0.1 < found.low < found.spearman < found.high < found.whole < 0.95


def test_without_transfer_they_have_nothing_in_common(study):
    truth = draw_truth(10, seed=3)
    nothing = replace(truth, pair=np.zeros_like(truth.pair))
    several = [
        split_half(study(nothing, "stl", "mtl", "to full", noise=Noise(), seed=seed), "paired").iloc[0]
        for seed in range(4)
    ]
    assert abs(np.mean([found.within_targets for found in several])) < 0.12


def test_few_rotations_are_not_halved_and_nothing_raised_has_no_map(study):
    truth = draw_truth(8, seed=3)
    found = split_half(study(truth, "stl", "mtl", "to full", rotations=5), "joint")
    assert found.status.tolist() == [FEW_ROTATIONS] and found.spearman.isna().all()
    assert split_half(study(truth, "stl", "mtl"), "joint").empty

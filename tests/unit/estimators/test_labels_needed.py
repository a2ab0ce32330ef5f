"""Labels until a score, and whether weights add up."""

import numpy as np
import pytest
from mtlcurves.estimators.additivity import lack_of_fit
from mtlcurves.estimators.estimate import estimate
from mtlcurves.estimators.labels_needed import labels_needed
from mtlcurves.simulation.curves import Noise, draw_truth


def test_labels_until_a_score_are_those_of_the_true_curve(truth, study):
    found = estimate(study(truth, "stl", "mtl"), "joint")
    table = labels_needed(found, [0.75]).set_index("target")
    others = 9 * (truth.labels.sum() - truth.labels) / 1000
    expected = 1000 * (truth.b - truth.complement * others - np.log(truth.c - 0.75)) / truth.own
    np.testing.assert_allclose(table.labels_needed, np.maximum(expected, 0), rtol=1e-4)
    assert (table.status == "ok").all()


def test_interval_holds_the_truth_and_a_limit_that_is_not_known_is_refused(truth, study):
    found = estimate(study(truth, "stl", "mtl", noise=Noise()), "joint")
    easy, hard = 0.7, float(truth.c.min()) + 0.002
    table = labels_needed(found, [easy, hard])
    known = table[(table.score == easy) & (table.status == "ok")]
    others = 9 * (truth.labels.sum() - truth.labels) / 1000
    expected = 1000 * (truth.b - truth.complement * others - np.log(truth.c - easy)) / truth.own
    expected = dict(zip(truth.tasks, expected, strict=True))
    inside = [row.low <= max(expected[row.target], 0) <= row.high for row in known.itertuples()]
    assert len(known) >= 6 and np.mean(inside) >= 0.6
    worst = truth.tasks[int(truth.c.argmin())]
    (row,) = table[(table.score == hard) & (table.target == worst)].itertuples()
    assert row.status.startswith("refused: ") and np.isnan(row.labels_needed)


def test_weights_that_add_up_pass_and_others_are_noticed(study):
    additive = draw_truth(8, seed=3, pair=0.05, null_share=0, additive=True)
    other = draw_truth(8, seed=3, pair=0.05, null_share=0, complement=0.2)
    for truth, share in ((additive, 0.75), (other, 0.0)):
        data = study(truth, "stl", "mtl", "to full", noise=Noise(0.002, 0.02))
        table = lack_of_fit(estimate(data, "joint"))
        assert set(table.to_size) == set(range(2, 10))
        far = table[table.to_size == 9]
        assert len(far) == 8
        assert (far.p > 0.05).mean() == pytest.approx(1 if share else 0, abs=0.26)
        assert (far.difference.abs().max() < 0.01) == bool(share)

"""The tables of a study's transfer, whole."""

import numpy as np
from mtlcurves.estimators.transfer_table import drawn_together, estimate_transfer
from mtlcurves.schemas import SCHEMAS
from mtlcurves.simulation.curves import Noise, draw_truth


def test_every_table_has_its_columns_and_its_maps_are_drawn_together(tables):
    truth = draw_truth(8, seed=5)
    simulated = tables(truth, "stl", "mtl", "to full", noise=Noise())
    found = estimate_transfer(*simulated, ["auroc"], [0.7, 0.99])
    for name, table in found._asdict().items():
        assert set(table.columns) == set(SCHEMAS[name].columns), name
        assert len(table)
    pairs = found.transfer_estimates.query("coefficient == 'a_ij'")
    assert set(pairs.estimator) == {"joint", "paired"}
    assert pairs.groupby("estimator").size().eq(8 * 7).all()
    assert pairs.q.notna().all() and pairs.q_map.notna().all() and (pairs.q >= pairs.p).all()
    assert pairs.null_probability.between(0, 1).all()
    # drawn together: towards 0 on the whole, and no weight by more than its errors may account for
    assert pairs.shrunken.abs().mean() < pairs.value.abs().mean()
    assert ((pairs.shrunken - pairs.value).abs() <= 4 * pairs.standard_error).all()
    joint = pairs.query("estimator == 'joint'").copy()
    joint.loc[joint.index[3], ["value", "per_fold"]] = 0.0
    assert drawn_together(joint).shrunken.notna().all()
    refused = found.labels_needed.query("score == 0.99")
    assert refused.status.str.startswith("refused").all() and refused.labels_needed.isna().all()


def test_a_study_without_extra_labels_has_no_pairs(tables):
    truth = draw_truth(4, seed=5)
    found = estimate_transfer(*tables(truth, "stl", "mtl", rotations=4, noise=Noise()), ["auroc"], [0.7])
    assert set(found.transfer_estimates.coefficient) == {"a_i", "a_iS"}
    assert found.additivity.empty and list(found.additivity.columns) == list(SCHEMAS["additivity"].columns)
    assert np.isfinite(found.transfer_estimates.low).all()

"""The tables of a study's transfer, whole."""

import numpy as np
from conftest import arms
from mtlcurves.estimators.transfer_table import estimate_transfer
from mtlcurves.schemas import SCHEMAS
from mtlcurves.simulation.curves import Noise, draw_truth, simulate


def test_every_table_has_its_columns_and_its_maps_are_drawn_together():
    truth = draw_truth(8, seed=5)
    points, allocations, counts = simulate(truth, arms(truth, "stl", "mtl", "to full"), 10, Noise(), 0)
    tables = estimate_transfer(points, allocations, counts, ["auroc"], [0.7, 0.99])
    for name, table in tables._asdict().items():
        assert set(table.columns) == set(SCHEMAS[name].columns), name
        assert len(table)
    pairs = tables.transfer_estimates.query("coefficient == 'a_ij'")
    assert set(pairs.estimator) == {"joint", "paired"}
    assert pairs.groupby("estimator").size().eq(8 * 7).all()
    assert pairs.q.notna().all() and pairs.q_map.notna().all() and (pairs.q >= pairs.p).all()
    assert pairs.null_probability.between(0, 1).all()
    # drawn together: no weight is drawn away from 0 by more than its error
    assert (pairs.shrunken.abs() <= pairs.value.abs() + pairs.standard_error).all()
    refused = tables.labels_needed.query("score == 0.99")
    assert refused.status.str.startswith("refused").all() and refused.labels_needed.isna().all()


def test_a_study_without_extra_labels_has_no_pairs():
    truth = draw_truth(4, seed=5)
    points, allocations, counts = simulate(truth, arms(truth, "stl", "mtl"), 4, Noise(), 0)
    tables = estimate_transfer(points, allocations, counts, ["auroc"], [0.7])
    assert set(tables.transfer_estimates.coefficient) == {"a_i", "a_iS"}
    assert tables.additivity.empty and list(tables.additivity.columns) == list(SCHEMAS["additivity"].columns)
    assert np.isfinite(tables.transfer_estimates.low).all()

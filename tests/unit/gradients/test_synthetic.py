"""Simulated tasks: designed and realised truth, labels of both arms, and similarities that tell it."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.gradient_sections import SyntheticTruth
from mtlcurves.gradients import synthetic
from mtlcurves.gradients.synthetic import cosines, designed, labelled, run, similarities, simulate
from mtlcurves.similarity.rivals import SYNTHETIC, relate_synthetic
from mtlcurves.tables import write_table

UPPER = np.triu_indices(8, 1)
SETTINGS = SyntheticTruth(compounds=600, levels=[1.0, 0.2], seeds=2)


def test_the_designed_matrix_is_one_of_cosines():
    matrix = designed()
    assert (np.diag(matrix) == 1).all() and (matrix == matrix.T).all()
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_realised_cosines_are_the_designed_ones_on_average_and_not_each_time():
    realised = np.array([cosines(simulate(10, seed).weights)[UPPER] for seed in range(200)])
    assert np.abs(realised.mean(axis=0) - designed()[UPPER]).max() < 0.06
    assert 0.1 < np.abs(realised - designed()[UPPER]).mean() < 0.25


def test_thinning_takes_shared_labels_faster_than_labels():
    mask = labelled("thinned", 0.2, SETTINGS, 0)
    assert (mask.sum(axis=0) == 120).all()
    shared = cosines(mask.T.astype(float))[UPPER]
    assert shared.mean() == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("level", [1.0, 0.5, 0.2])
def test_the_core_arm_has_as_many_labels_at_every_level(level):
    mask = labelled("core", level, SETTINGS, 0)
    n = mask.sum(axis=0)
    assert (n == n[0]).all() and n[0] == labelled("core", 1.0, SETTINGS, 0).sum(axis=0)[0]
    both = (mask.T.astype(int) @ mask.astype(int))[UPPER]
    np.testing.assert_allclose(both / (2 * n[0] - both), level, atol=0.01)


def test_similarities_tell_the_truth_while_the_network_learns(monkeypatch):
    monkeypatch.setattr(synthetic, "EPOCHS", 3)
    data = simulate(2000, 0)
    found, n_batches = similarities(data, np.ones((2000, 8), bool), 0)["all"]
    assert np.corrcoef(found[UPPER], cosines(data.weights)[UPPER])[0, 1] > 0.4
    assert (n_batches == n_batches[0, 0]).all() and n_batches[0, 0] == 10


def test_every_level_has_its_pairs_and_the_same_twice(monkeypatch, tmp_path):
    monkeypatch.setattr(synthetic, "EPOCHS", 1)
    settings = SyntheticTruth(compounds=200, levels=[1.0, 0.2], seeds=1)
    pairs = run(settings)
    assert len(pairs) == 2 * 2 * 2 * 28
    pd.testing.assert_frame_equal(pairs, run(settings))
    write_table(pairs, tmp_path / "pairs.parquet", "synthetic_pairs")
    table = relate_synthetic(pairs)
    assert len(table) == 2 * 2 * 2 * 3 and set(table["status"]) <= {
        "ok",
        "0 tasks are known on both sides; 4 are needed",
    }
    write_table(table, tmp_path / "table.parquet", SYNTHETIC)

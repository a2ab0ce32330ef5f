"""Epoch by epoch and encoder by encoder: correlations beside the largest that noise leaves."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.similarity import consistency, dynamics
from mtlcurves.similarity.consistency import compare_encoders
from mtlcurves.similarity.dynamics import follow
from mtlcurves.similarity.matrices import PAIR
from mtlcurves.similarity.reliability import Epochs, ceiling, of_trainings, stepped_up
from mtlcurves.tables import write_table


def epochs_of(tables, n_epochs=10, noise=0.05, drift=0.0, encoders=("gcn",), seeds=(0,)) -> pd.DataFrame:
    """Similarities that are the truth throughout, or drift to it, under noise of every half."""
    rng, rows = np.random.default_rng(5), []
    start = {pair: rng.normal() for pair in tables.pairs}
    for encoder in encoders:
        for seed in seeds:
            for epoch in range(1, n_epochs + 1):
                early = drift * (1 - epoch / n_epochs)
                for pair in tables.pairs:
                    true = (1 - early) * tables.truth[pair] + early * start[pair]
                    odd, even = true + noise * np.sqrt(2) * rng.normal(size=2)
                    key = {"encoder": encoder, "rotation": 0, "seed": seed, "epoch": epoch}
                    key |= dict(zip(PAIR, pair, strict=True))
                    for half, value, n in (("odd", odd, 5), ("even", even, 5), ("all", (odd + even) / 2, 10)):
                        rows.append(key | {"half": half, "similarity": value, "n_batches": n})
    return pd.DataFrame(rows)


def test_noise_alone_leaves_every_epoch_at_its_ceiling(tables, tmp_path):
    table = follow(epochs_of(tables, noise=0.5, seeds=(0, 1)))
    assert (table["with_final"] < 0.9).all() and (table["n_trainings"] == 2).all()
    assert table["disattenuated"].mean() == pytest.approx(1, abs=0.12)
    assert (table["low"] < table["with_final"]).all() and (table["with_final"] < table["high"]).all()
    write_table(table, tmp_path / "table.parquet", dynamics.NAME)


def test_drift_stays_below_the_ceiling(tables):
    table = follow(epochs_of(tables, noise=0.05, drift=1.0)).set_index("epoch")
    assert table.loc[1, "with_final"] < 0.5 < 0.9 < table.loc[1, "ceiling"]
    assert table.loc[10, "with_final"] > 0.9


def test_an_epoch_of_the_end_is_not_compared_with_itself(tables):
    epochs = epochs_of(tables, n_epochs=10)
    pairs = pd.MultiIndex.from_frame(epochs[PAIR].drop_duplicates())
    one = Epochs(epochs, pairs)
    assert one.last_fifth == [9, 10]
    by_epoch = [one.mean("all", [epoch]) for epoch in (9, 10)]
    np.testing.assert_allclose(one.mean("all", [9, 10]), np.mean(by_epoch, axis=0))
    last = follow(epochs).set_index("epoch").loc[10, "with_final"]
    assert last == pytest.approx(np.corrcoef(*by_epoch)[0, 1])


def test_one_epoch_is_no_end_of_its_own(tables):
    table = follow(epochs_of(tables, n_epochs=1))
    assert table["with_final"].isna().all() and set(table["status"]) == {"the last fifth is this epoch alone"}


def test_halves_are_stepped_up_and_small_reliabilities_divide_nothing():
    assert stepped_up(0.5) == pytest.approx(2 / 3)
    assert stepped_up(0.5, 3) == pytest.approx(0.75)
    assert np.isnan(stepped_up(-0.6)) and np.isnan(ceiling(0.05, 0.9))
    assert ceiling(0.64, 0.36) == pytest.approx(0.48)


def test_encoders_that_see_the_same_are_found_so_under_noise(tables, tmp_path):
    encoders = ("ecfp", "gcn")
    log = tables.log(encoders=encoders, seeds=(0, 1, 2), noise=0.15)
    table = compare_encoders(tables.summary(log), log, epochs_of(tables, encoders=encoders))
    row = table.iloc[0]
    assert len(table) == 1 and (row["encoder_a"], row["encoder_b"]) == encoders
    assert row["pearson"] < 0.95 and row["disattenuated"] == pytest.approx(1, abs=0.2)
    assert row["over"] == "trainings" and row["reliability_a"] == pytest.approx(
        of_trainings(log[log["encoder"] == "ecfp"])
    )
    write_table(table, tmp_path / "table.parquet", consistency.NAME)


def test_single_trainings_are_as_reliable_as_their_batches(tables):
    encoders = ("ecfp", "gcn", "cnn")
    log = tables.log(encoders=encoders, seeds=(0,))
    log = pd.concat([log, log.assign(window="frozen")])
    table = compare_encoders(tables.summary(log), log, epochs_of(tables, encoders=encoders))
    assert len(table) == 6
    last, frozen = (table[table["window"] == window] for window in ("last_fifth", "frozen"))
    assert set(last["over"]) == {"batches of one training"} and (last["ceiling"] > 0.9).all()
    assert frozen["ceiling"].isna().all() and frozen["over"].isna().all()

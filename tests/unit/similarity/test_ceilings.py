"""How far r(G, E) can go: the product law, with each side's noise where it is known."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.similarity.ceilings import with_ceilings
from mtlcurves.similarity.relation import NAME, relate
from mtlcurves.similarity.reliability import of_trainings
from mtlcurves.tables import write_table

NO_EPOCHS = pd.DataFrame({"encoder": []})


def reliability(rotations=(0,), **of_rows):
    rows = [
        {"view": "full", "seed": 0, "rotation": rotation, "rows": rows, "reliability": value}
        for rotation in rotations for rows, value in of_rows.items()
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(n_pairs=28, n_in_halves=28, status="ok")


def ceilings(tables, log, of_labels):
    relation = relate(tables.summary(log), tables.correlation())
    table = with_ceilings(relation, of_labels, log, NO_EPOCHS)
    return table, table.query("version == 'raw' and measure == 'pearson'").set_index(["part", "rows"])["ceiling"]


def test_the_noise_of_labels_and_of_trainings_limits_r(tables, tmp_path):
    log = tables.log(noise=0.08)
    table, found = ceilings(tables, log, reliability(all=0.81, heldout=0.49))
    of_gradients = of_trainings(log)
    assert 0.5 < of_gradients < 0.95
    assert found[("all", "all")] == pytest.approx(0.9 * np.sqrt(of_gradients))
    assert found[("all", "heldout")] == pytest.approx(0.7 * np.sqrt(of_gradients))
    assert table.query("version != 'raw' or measure != 'pearson'")["ceiling"].isna().all()
    write_table(table, tmp_path / "table.parquet", NAME)


def test_one_training_leaves_the_noise_of_labels(tables):
    _, found = ceilings(tables, tables.log(seeds=(0,)), reliability(all=0.81, heldout=np.nan))
    assert found[("all", "all")] == pytest.approx(0.9) and np.isnan(found[("all", "heldout")])


def test_noise_of_one_rotation_is_not_that_of_a_mean_over_several(tables):
    _, found = ceilings(tables, tables.log(seeds=(0,)), reliability((0, 1), all=0.81, heldout=0.49))
    assert found[("all", "all")] == pytest.approx(0.9) and np.isnan(found[("all", "heldout")])


def test_a_relation_of_noisy_sides_stays_below_its_ceiling(make_tables):
    """Both sides have the same truth, each with noise of its own: the law foretells their correlation."""
    tables = make_tables([f"task {k}" for k in range(30)], link=1.0)
    log, labels = tables.log(seeds=range(4), noise=0.2), tables.correlation()
    noise, spread = 0.4, np.std(list(tables.labels.values()))
    of_pairs = {pair: noise * tables.rng.normal() for pair in tables.pairs}
    pairs = zip(labels["task_a"], labels["task_b"], strict=True)
    labels["pearson"] += [of_pairs[pair] for pair in pairs]
    table = with_ceilings(
        relate(tables.summary(log), labels),
        reliability(all=spread**2 / (spread**2 + noise**2)),
        log,
        NO_EPOCHS,
    )
    row = table.query("version == 'raw' and measure == 'pearson' and rows == 'all'").iloc[0]
    assert row["pearson"] == pytest.approx(row["ceiling"], abs=0.05) and row["ceiling"] < 0.8

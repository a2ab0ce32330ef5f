"""Similarities over trainings: means, errors, what is corrected and what stands out of shuffled labels."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.similarity.batch_overlap import batch_overlap
from mtlcurves.similarity.matrices import similarities
from mtlcurves.similarity.summary import overlap_of_views


def test_means_and_errors_are_over_trainings(tables):
    log = tables.log(seeds=(0, 1, 2))
    table = tables.summary(log)
    one = log[(log["task_a"] == "task 0") & (log["task_b"] == "task 1")]["similarity"]
    row = table.set_index(["task_a", "task_b"]).loc[("task 0", "task 1")]
    assert row["similarity"] == pytest.approx(one.mean())
    assert row["standard_error"] == pytest.approx(one.std(ddof=1) / np.sqrt(3))
    assert (row["n_trainings"], row["n_batches"], row["status"]) == (3, 150, "ok")


def test_one_training_has_the_error_of_its_batches(tables):
    assert (tables.summary(tables.log(seeds=(0,)))["standard_error"] == 0.02).all()


def test_a_training_without_a_pair_leaves_the_error_of_the_other_one(tables):
    log = tables.log()
    missing = (log["seed"] == 0) & (log["task_a"] == "task 0")
    log.loc[missing, ["similarity", "standard_error", "status"]] = [np.nan, np.nan, "3 batches; 10 are needed"]
    table = tables.summary(log)
    lonely = table[table["task_a"] == "task 0"]
    assert (lonely["n_trainings"] == 1).all() and (lonely["standard_error"] == 0.02).all()
    assert set(table["status"]) == {"ok"}
    log["similarity"] = np.nan
    assert tables.summary(log)["status"].str.startswith("in no training: ").all()


def test_a_similarity_and_its_error_are_divided_by_the_overlap(tables):
    raw = tables.summary(tables.log(), 0.25)
    shared = batch_overlap(np.array([0.5]), np.array([0.5]), np.array([0.125]), 32)
    assert shared == pytest.approx(0.25, rel=0.02)
    np.testing.assert_allclose(raw["corrected"], raw["similarity"] / shared)
    np.testing.assert_allclose(raw["corrected_error"], raw["standard_error"] / shared)
    assert tables.summary(tables.log(), 0.0)["corrected"].isna().all()


def test_the_part_of_different_compounds_is_not_divided(tables):
    table = tables.summary(tables.log(parts=("all", "cross")), 0.25)
    cross = table[table["part"] == "cross"]
    assert cross[["corrected", "corrected_error"]].isna().all(axis=None) and cross["similarity"].notna().all()
    kinds = [(keys["part"], keys["version"]) for keys, _ in similarities(table, tables.tasks)]
    assert kinds == [("all", "raw"), ("all", "corrected"), ("cross", "raw")]


def test_z_is_against_shuffled_labels(tables):
    table = tables.summary(tables.log(views=("full", "shuffled-1")))
    shuffled, full = (table[table["view"] == view] for view in ("shuffled-1", "full"))
    assert abs(shuffled["z"].mean()) < 0.5 and 0.7 < shuffled["z"].std() < 1.3
    largest = full["similarity"].abs().idxmax()
    assert abs(full["z"][largest]) > 5
    assert tables.summary(tables.log())["z"].isna().all()


@pytest.mark.parametrize("n_trainings", [1, 3])
@pytest.mark.parametrize("chance", [0.0, 0.03])
def test_z_of_unrelated_tasks_scatters_by_one(make_tables, n_trainings, chance):
    """Tasks have nothing in common but by chance, the same in all trainings of their labels."""
    tables = make_tables([f"task {k}" for k in range(30)], link=0.0)
    by_chance = {pair: chance * tables.rng.normal() / 0.3 for pair in tables.pairs}
    shuffled = tables.log(views=("shuffled-1",), seeds=(0,))
    shuffled["similarity"] += chance * tables.rng.normal(size=len(shuffled))
    tables.truth = by_chance
    log = pd.concat([tables.log(seeds=range(n_trainings)), shuffled])
    z = tables.summary(log).query("view == 'full'")["z"]
    assert len(z) == 435 and z.std() == pytest.approx(1, abs=0.15)


def test_the_overlap_is_that_of_a_views_batches_and_of_half_batches_of_its_parts(tables):
    def ratio(view, n_compounds, ochiai=0.5, part="all"):
        table = tables.summary(tables.log(views=(view,), parts=(part,)), ochiai, n_compounds)
        return (table["similarity"] / table["corrected"]).mean()

    def expected(labels, both, n_compounds, batch=32):
        shares = (np.array([count / n_compounds]) for count in (labels, labels, both))
        return pytest.approx(batch_overlap(*shares, batch)[0])

    assert ratio("full", 5000) == ratio("shuffled-1", 5000) == expected(100, 50, 5000)
    assert ratio("full", 5000, part="same") == expected(100, 50, 5000, 16)
    for view in ("thinned-0.4", "masked-0.4"):
        assert ratio(view, 3000) == expected(40, 8, 3000)
    assert ratio("core-0.5", 3000, 0.9) == ratio("blocks-0.5", 3000) == expected(100, 100 / 1.5, 3000)
    assert expected(100, 50, 5000) != pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("full", 0.5),
        ("shuffled-2", 0.5),
        ("thinned-0.4", 0.2),
        ("masked-0.4", 0.2),
        ("core-0.5", 2 / 3),
        ("blocks-0", 0),
        ("size-90", 0.4),
    ],
)
def test_views_have_the_overlap_that_their_draw_leaves(tables, view, expected):
    found = overlap_of_views(tables.log(views=(view,)), tables.overlap(0.5), size_overlap=0.25)
    np.testing.assert_allclose(found, expected)

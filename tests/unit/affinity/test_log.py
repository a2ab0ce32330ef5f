"""The table of a training's affinities, and the training left as it is."""

import numpy as np
import pytest
from mtlcurves.affinity.log import AffinityLog
from mtlcurves.affinity.lookahead import AdamCopy, linear_rule
from mtlcurves.affinity.run import log_affinity
from mtlcurves.affinity.shared import SharedGradients
from mtlcurves.affinity.step import exact, first_order
from mtlcurves.affinity_sections import Affinity
from mtlcurves.config import Epochs
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table
from mtlcurves.training.reference import Reference

FOLDS = 4
SETTINGS = [
    Affinity(every=2, lookahead="preconditioned"),
    Affinity(every=3, lookahead="sgd"),
    Affinity(every=5, lookahead="adam", form="exact"),
    Affinity(every=1, lookahead="preconditioned", form="exact"),
]


def logged(dataset_of, recipe_of, settings, recipe=None, **shape):
    return log_affinity(dataset_of(**shape), settings, recipe_of(**recipe or {}), 3, 1, FOLDS)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.lookahead} {s.form}")
@pytest.mark.parametrize("dropout", [0, 0.3])
def test_logging_changes_no_bit_of_a_training(dataset_of, recipe_of, problem_of, settings, dropout):
    recipe = recipe_of(dropout=dropout)
    problem = problem_of(dataset_of(), recipe)
    (plain,) = Reference().train([problem], recipe)
    log = AffinityLog(settings, range(4), 4, plain.n_steps)
    (watched,) = Reference(log).train([problem], recipe)
    assert log.affinities.count.max() > 0
    assert watched.n_steps == plain.n_steps
    for epoch, logits in plain.logits.items():
        np.testing.assert_array_equal(watched.logits[epoch], logits)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.lookahead} {s.form}")
def test_affinities_are_means_over_the_logged_steps_with_both_labels(
    dataset_of, recipe_of, problem_of, stopped, settings
):
    (plain,) = Reference().train([problem_of(dataset_of(), recipe_of())], recipe_of())
    values, differences = [], []
    turns = [step for step in range(1, plain.n_steps + 1) if step % settings.every == 0]
    for number, at in enumerate(stopped(set(turns), {}), start=1):
        shared = SharedGradients(at.moment)
        rule = linear_rule(settings.lookahead, shared, at.moment)
        precise = exact(shared, rule or AdamCopy(shared, at.moment), range(4))
        linear = first_order(shared, rule) if rule else np.full_like(precise, np.nan)
        values.append(precise if settings.form == "exact" else linear)
        if number in (1, (1 + len(turns)) // 2, len(turns)):
            differences.append(np.abs(precise - linear))
    table = logged(dataset_of, recipe_of, settings)
    n_steps = np.isfinite(values).sum(axis=0)
    assert table["n_steps"].tolist() == n_steps.ravel().tolist()
    enough = n_steps.ravel() >= 5
    # the stopped trainings' start is not rounded to float32
    mean = np.nanmean(values, axis=0).ravel()
    np.testing.assert_allclose(table["affinity"][enough], mean[enough], rtol=1e-4, atol=1e-6)
    assert table["affinity"][~enough].isna().all()
    error = table["linearity_error"].to_numpy()
    if settings.lookahead == "adam":
        assert np.isnan(error).all()
    else:
        np.testing.assert_allclose(error, np.nanmean(differences, axis=0).ravel(), rtol=1e-2, atol=1e-6)


@pytest.mark.parametrize("form", ["first_order", "exact"])
def test_steps_after_a_milestone_may_weigh_as_much_as_those_before(dataset_of, recipe_of, form):
    plain, scaled = (Affinity(every=8, min_steps=1, form=form, per_rate=per_rate) for per_rate in (False, True))
    falling = {"epochs": Epochs(complete=2), "milestones": [1], "gamma": 0.125}  # seven steps an epoch
    less, same = (logged(dataset_of, recipe_of, settings, falling) for settings in (plain, scaled))
    assert less["n_steps"].max() == 1
    for column in ("affinity", "linearity_error"):
        np.testing.assert_array_equal(same[column], 8 * less[column])
    constant = [logged(dataset_of, recipe_of, settings)["affinity"] for settings in (plain, scaled)]
    assert constant[0].equals(constant[1]) and constant[0].notna().any()


def test_a_pair_without_enough_steps_says_so(dataset_of, recipe_of, tmp_path):
    table = logged(dataset_of, recipe_of, Affinity(every=4, min_steps=6), {"batch_ratio": 0.1}, share=0.2)
    few = table["n_steps"] < 6
    assert 0 < few.sum() < len(table)
    assert table["affinity"].isna().equals(few)
    assert (table.loc[few, "status"] == "fewer than 6 logged steps with labels of both").all()
    assert (table.loc[~few, "status"] == "ok").all()
    write_table(table, tmp_path / "affinity.parquet", "affinity")
    assert set(table.columns) == SCHEMAS["affinity"].columns.keys()


def test_chosen_tasks_have_the_affinities_that_they_have_among_all(dataset_of, recipe_of):
    for form in ("first_order", "exact"):
        whole = logged(dataset_of, recipe_of, Affinity(every=2, form=form))
        part = logged(dataset_of, recipe_of, Affinity(every=2, form=form, tasks=["task-3", "task-1"]))
        assert part["source"].tolist() == ["task"] * 4 + ["complement"] * 2
        assert part["onto"].tolist() == ["task-3", "task-1"] * 3
        keys = ["source", "from", "onto"]
        both = part.merge(whole, on=keys)
        assert len(both) == 6
        np.testing.assert_array_equal(both["affinity_x"], both["affinity_y"])


def test_the_complement_of_one_of_two_tasks_is_the_other(dataset_of, recipe_of):
    table = logged(dataset_of, recipe_of, Affinity(every=1), n_tasks=2, share=0.8).set_index(["source", "onto"])
    pairs, complements = table.loc["task"], table.loc["complement"]
    for task in ("task-0", "task-1"):
        own = pairs.loc[[task]]
        other = own[own["from"] != task]
        np.testing.assert_allclose(complements.loc[task, "affinity"], other["affinity"].item(), rtol=1e-6)


def test_a_training_of_fewer_steps_than_are_logged_has_no_affinity(dataset_of, recipe_of):
    table = logged(dataset_of, recipe_of, Affinity(every=100))
    assert (table["n_steps"] == 0).all() and table["affinity"].isna().all()


def test_preconditioned_steps_turn_unrelated_tasks_of_the_same_compounds_against_each_other(dataset_of, recipe_of):
    """The labels are drawn by coin, and every compound has one of each task: nothing is common to them."""

    def others(lookahead):
        settings = Affinity(every=1, lookahead=lookahead, tasks=["task-0", "task-1"])
        recipe = {"epochs": Epochs(complete=1), "hidden": 20}
        table = logged(dataset_of, recipe_of, settings, recipe, n=300, n_tasks=2, share=2.0)
        rows = table[table["source"] == "task"].set_index(["from", "onto"])["affinity"]
        return rows["task-0", "task-1"] / rows["task-1", "task-1"]

    assert others("preconditioned") < -0.1 < -abs(others("sgd"))

"""The engines against a plain dense program, and what they leave out exactly."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mtlcurves.config import Epochs, Recipe
from mtlcurves.errors import DataError
from mtlcurves.grid import seeds
from mtlcurves.grid.allocations import Allocation
from mtlcurves.training.problem import make_problem
from mtlcurves.training.reference import Reference
from mtlcurves.training.registry import load_backend
from torch import nn

FOLDS = 5


def allocation(arm="mtl", size=3, **folds):
    return Allocation(folds, arm, "all", None, size)


def dense_program(problem, recipe):
    """Logits of the test labels per scored epoch: dense layers in float64, torch's own loss and optimiser."""
    columns, units, tasks = problem.fingerprints.shape[1], recipe.hidden, len(problem.tasks)
    inputs = torch.from_numpy(problem.fingerprints.toarray().astype(np.float64))
    x, x_test = inputs[torch.from_numpy(problem.rows).long()], inputs[torch.from_numpy(problem.test_rows).long()]
    y = torch.full((len(problem.rows), tasks), torch.nan, dtype=torch.float64)
    y[problem.labels.row, problem.labels.task] = torch.from_numpy(problem.labels.active.astype(np.float64))

    hidden, head = nn.Linear(columns, units).double(), nn.Linear(units, tasks).double()
    key = (problem.replicate, problem.rotation)
    bounds = math.sqrt(2) * math.sqrt(6 / (columns + units)), math.sqrt(6 / (units + tasks))
    draws = (
        seeds.column_uniforms(*key, np.arange(columns), units).T,
        seeds.task_uniforms(*key, problem.tasks, units),
    )
    with torch.no_grad():
        for layer, bound, drawn in zip((hidden, head), bounds, draws, strict=True):
            layer.weight.copy_(torch.from_numpy(drawn.astype(np.float64)) * 2 * bound - bound)
            layer.bias.fill_(0.1)
    adam = torch.optim.Adam([*hidden.parameters(), *head.parameters()], lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.MultiStepLR(adam, recipe.milestones, recipe.gamma)
    size = math.ceil(recipe.batch_ratio * len(x))

    found = {}
    for epoch in range(1, problem.epochs + 1):
        order = seeds.epoch_order(*key, epoch, problem.keys)
        for first in range(0, len(order), size):
            batch = order[first : first + size]
            h = torch.relu(hidden(x[batch]))
            if recipe.dropout:
                drawn = seeds.dropout_uniforms(*key, epoch, problem.keys[batch], units)
                h = h * torch.from_numpy(drawn >= recipe.dropout) / (1 - recipe.dropout)
            logits, seen = head(h), ~torch.isnan(y[batch])
            loss = nn.functional.binary_cross_entropy_with_logits(logits[seen], y[batch][seen], reduction="sum")
            adam.zero_grad()
            (loss / len(batch)).backward()
            adam.step()
        schedule.step()
        with torch.no_grad():
            found[epoch] = head(torch.relu(hidden(x_test)))[
                problem.test_labels.row, problem.test_labels.task
            ].numpy()
    return {epoch: found[epoch] for epoch in problem.scored}


CASES = {
    "one task": (allocation("stl", 3, a=3), {}),
    "all tasks": (allocation(a=3, b=3, c=3), {}),
    "uneven sizes": (allocation(a=1, b=4, c=2), {}),
    "published batches": (allocation(a=4, b=4), {"batch_ratio": 0.02, "learning_rate": 1e-4}),
    "schedule": (allocation(a=3, b=3), {"milestones": [1, 2], "gamma": 0.1}),
    "dropout": (allocation(a=3, b=3, c=3), {"dropout": 0.4}),
    "all rows of the folds": (allocation("stl", 2, b=2), {"rows": "folds"}),
    "batches without labels": (allocation("stl", 1, b=1), {"rows": "folds", "batch_ratio": 0.02}),
    "dropout, all rows": (allocation(a=2, c=2), {"rows": "folds", "dropout": 0.3}),
    "tested on the complement": (allocation(a=2, c=2), {"test_on": "complement"}),
    "compound folds": (allocation(a=2, c=2), {"split": "compound"}),
}


@pytest.fixture(params=["reference", "lazy_adam"])
def engine(request):
    return load_backend(request.param)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_equals_a_dense_program(engine, case, seed, dataset_of, recipe):
    chosen, settings = CASES[case]
    recipe = recipe.model_copy(update=settings)
    problem = make_problem(
        dataset_of(seed=seed), chosen, rotation=seed + 1, replicate=seed, recipe=recipe, fold_count=FOLDS
    )
    (outcome,) = engine.train([problem], recipe)
    expected = dense_program(problem, recipe)
    assert outcome.logits.keys() == expected.keys()
    assert outcome.n_steps >= 30  # tens of steps
    for epoch, logits in expected.items():
        np.testing.assert_allclose(outcome.logits[epoch], logits, rtol=0, atol=2e-6)


@st.composite
def trainings(draw):
    """Any shape of data, network and allocation, with its recipe."""
    tasks = "abcd"[: draw(st.integers(1, 4))]
    shape = {"n": draw(st.integers(40, 150)), "n_columns": draw(st.integers(5, 400)), "tasks": tuple(tasks)}
    folds = {task: draw(st.integers(1, 4)) for task in tasks}
    recipe = Recipe(
        hidden=draw(st.integers(1, 70)),
        learning_rate=draw(st.sampled_from([1e-4, 1e-3, 3e-3])),
        milestones=draw(st.sampled_from([[], [1], [1, 2]])),
        dropout=draw(st.sampled_from([0, 0, 0.3])),
        batch_ratio=draw(st.sampled_from([0.02, 0.1, 0.5, 1.0])),
        rows=draw(st.sampled_from(["labelled", "folds"])),
        epochs=Epochs(single=3, group=3, complete=3),
        score_epochs=draw(st.sampled_from([[], [1], [2]])),
    )
    key = {"rotation": draw(st.integers(0, 4)), "replicate": draw(st.integers(0, 2))}
    return shape | {"seed": draw(st.integers(0, 10**6))}, folds, recipe, key


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it makes data and keeps nothing
)
@given(trainings())
def test_equals_a_dense_program_for_any_shape(dataset_of, training):
    shape, folds, recipe, key = training
    problem = make_problem(dataset_of(**shape), allocation(**folds), recipe=recipe, fold_count=FOLDS, **key)
    (outcome,) = load_backend("lazy_adam").train([problem], recipe)
    if not len(problem.labels.row):
        return
    for epoch, logits in dense_program(problem, recipe).items():
        np.testing.assert_allclose(outcome.logits[epoch], logits, rtol=0, atol=2e-6)


def test_the_oracle_sees_a_wrong_divisor(engine, dataset, recipe):
    # what the agreement above is worth: dividing by labels instead of rows moves the logits by far more
    labelled = make_problem(dataset, allocation("stl", 2, b=2), 1, 0, recipe, FOLDS)
    in_folds = make_problem(
        dataset, allocation("stl", 2, b=2), 1, 0, recipe.model_copy(update={"rows": "folds"}), FOLDS
    )
    a, b = (next(engine.train([p], recipe)).logits[4] for p in (labelled, in_folds))
    assert np.abs(a - b).max() > 1e-3


def test_columns_unseen_in_training_keep_their_initial_weights(engine, dataset, recipe):
    problem = make_problem(dataset, allocation("stl", 1, a=1), 1, 0, recipe, FOLDS)
    seen = np.unique(problem.fingerprints[problem.rows].indices)
    tested = np.unique(problem.fingerprints[problem.test_rows].indices)
    assert len(np.setdiff1d(tested, seen)) > 10
    # without them the prediction differs: they do take part
    without = problem.fingerprints.toarray()
    without[np.ix_(problem.test_rows, np.setdiff1d(tested, seen))] = 0
    bare = dataclasses.replace(problem, fingerprints=type(problem.fingerprints)(without))
    a, b = (next(engine.train([p], recipe)).logits[4] for p in (problem, bare))
    assert np.abs(a - b).max() > 1e-3


def test_rows_without_labels_change_nothing_but_batches_and_divisor(engine, dataset, recipe):
    # the same computation whether the label-free rows have bits or not
    folds = recipe.model_copy(update={"rows": "folds"})
    problem = make_problem(dataset, allocation("stl", 3, b=3), 0, 0, folds, FOLDS)
    free = np.setdiff1d(problem.rows, problem.rows[problem.labels.row])
    assert len(free) > 10
    empty = problem.fingerprints.toarray()
    empty[np.setdiff1d(free, problem.test_rows)] = 0
    other = dataclasses.replace(problem, fingerprints=type(problem.fingerprints)(empty))
    a, b = (next(engine.train([p], folds)).logits for p in (problem, other))
    for epoch in a:
        np.testing.assert_array_equal(a[epoch], b[epoch])


def test_common_random_numbers_across_arms(engine, dataset, recipe):
    # no step taken: logits of the initial network, up to the head's bound, which depends on the number of tasks
    def start(**folds):
        problem = make_problem(dataset, allocation(**folds), 2, 1, recipe, FOLDS)
        none = dataclasses.replace(
            problem.labels, **{f: getattr(problem.labels, f)[:0] for f in ("row", "task", "active")}
        )
        (outcome,) = engine.train([dataclasses.replace(problem, labels=none)], recipe)
        task = problem.tasks.index("b")
        return outcome.logits[problem.epochs][problem.test_labels.task == task], outcome.n_steps

    reference, _ = start(a=2, b=2, c=2)
    raised, _ = start(a=4, b=2, c=2)
    np.testing.assert_array_equal(reference, raised)
    alone, _ = start(b=2)
    scale = math.sqrt((12 + 1) / (12 + 3))  # of the heads' bounds
    np.testing.assert_allclose((reference - 0.1) / scale, alone - 0.1, atol=1e-6)


def test_one_raised_task_leaves_the_order_of_the_others(dataset, recipe):
    reference, raised = (make_problem(dataset, allocation(a=2, b=f), 0, 0, recipe, FOLDS) for f in (2, 4))
    assert set(reference.rows) < set(raised.rows)
    for epoch in (1, 2):
        a, b = (p.keys[seeds.epoch_order(0, 0, epoch, p.keys)] for p in (reference, raised))
        np.testing.assert_array_equal(a, b[np.isin(b, a)])


def test_replicates_and_rotations_differ(engine, dataset, recipe):
    def logits(rotation, replicate):
        problem = make_problem(dataset, allocation(a=3, b=3), rotation, replicate, recipe, FOLDS)
        return next(engine.train([problem], recipe)).logits[4]

    assert np.abs(logits(0, 0) - logits(0, 1)).max() > 1e-2
    assert len(logits(0, 0)) != len(logits(1, 0)) or np.abs(logits(0, 0) - logits(1, 0)).max() > 1e-2


def test_same_bits_alone_and_in_company(engine, dataset, recipe):
    chosen = [allocation("stl", f, a=f) for f in (1, 4)] + [allocation(a=2, b=3, c=2)]
    problems = [make_problem(dataset, c, 0, 0, recipe, FOLDS) for c in chosen]
    together = {o.problem: o.logits for o in engine.train(problems, recipe)}
    backwards = {len(problems) - 1 - o.problem: o.logits for o in engine.train(problems[::-1], recipe)}
    for i, problem in enumerate(problems):
        (alone,) = engine.train([problem], recipe)
        for epoch in problem.scored:
            np.testing.assert_array_equal(alone.logits[epoch], together[i][epoch])
            np.testing.assert_array_equal(alone.logits[epoch], backwards[i][epoch])


def test_same_bits_whatever_torchs_threads(dataset, recipe):
    problem = make_problem(dataset, allocation(a=4, b=4, c=4), 0, 0, recipe, FOLDS)
    found, before = [], torch.get_num_threads()
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            found.append(next(Reference().train([problem], recipe)).logits[problem.epochs])
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(*found)


def test_learns_what_the_labels_say(engine, dataset_of):
    recipe = Recipe(
        hidden=16, learning_rate=3e-3, batch_ratio=0.05, epochs=Epochs(single=30, group=30, complete=30)
    )
    data = dataset_of(n=600, n_columns=120, tasks=("a",))
    problem = make_problem(data, allocation("stl", 4, a=4), 0, 0, recipe, FOLDS)
    (outcome,) = engine.train([problem], recipe)
    logits, active = outcome.logits[30], problem.test_labels.active == 1
    above = logits[active][:, None] > logits[~active][None]
    assert above.mean() > 0.75


def test_divergence_stops_with_epoch_and_step(engine, dataset, recipe):
    wild = recipe.model_copy(update={"learning_rate": 1e38})
    problem = make_problem(dataset, allocation(a=3, b=3), 4, 2, wild, FOLDS)
    with pytest.raises(
        DataError, match=r"training of a, b .*rotation 4, replicate 2.*epoch 1 \(step \d+\).*learning_rate"
    ):
        list(engine.train([problem], wild))

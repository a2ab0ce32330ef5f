"""Rows, labels and test labels of a training."""

import dataclasses

import numpy as np
import pytest
from mtlcurves.config import Epochs
from mtlcurves.grid.allocations import Allocation
from mtlcurves.training.epochs import epochs_of, kind_of, scored_epochs
from mtlcurves.training.problem import make_problem

FOLDS = 5


def make(dataset, recipe, rotation=0, replicate=0, **folds):
    return make_problem(dataset, Allocation(folds, "mtl", "all", None, 1), rotation, replicate, recipe, FOLDS)


def label_set(problem, labels, rows):
    """Labels as a set of (compound, task, class)."""
    return {
        (int(rows[r]), problem.tasks[t], int(a))
        for r, t, a in zip(labels.row, labels.task, labels.active, strict=True)
    }


def expected_labels(dataset, task, folds, split="scaffold"):
    compounds, classes = dataset.labels[task]
    return {
        (int(c), task, int(a)) for c, a in zip(compounds, classes, strict=True) if dataset.folds[split][c] in folds
    }


@pytest.mark.parametrize("rotation", range(FOLDS))
def test_labels_are_those_of_the_rotations_folds(dataset, recipe, rotation):
    problem = make(dataset, recipe, rotation, a=1, b=3)
    trained = expected_labels(dataset, "a", {rotation}) | expected_labels(
        dataset, "b", {(rotation + i) % FOLDS for i in range(3)}
    )
    assert label_set(problem, problem.labels, problem.rows) == trained
    last = {(rotation + FOLDS - 1) % FOLDS}
    tested = expected_labels(dataset, "a", last) | expected_labels(dataset, "b", last)
    assert label_set(problem, problem.test_labels, problem.test_rows) == tested


def test_the_test_set_is_the_same_for_every_size_and_arm(dataset, recipe):
    problems = [make(dataset, recipe, 2, a=f, b=g) for f, g in ((1, 1), (4, 4), (1, 4))]
    for problem in problems[1:]:
        np.testing.assert_array_equal(problem.test_rows, problems[0].test_rows)
        np.testing.assert_array_equal(problem.test_labels.active, problems[0].test_labels.active)


def test_the_complement_is_all_that_is_not_trained_on(dataset, recipe):
    problem = make(dataset, recipe.model_copy(update={"test_on": "complement"}), 1, a=2, b=2)
    rest = {(1 + i) % FOLDS for i in range(2, FOLDS)}
    tested = expected_labels(dataset, "a", rest) | expected_labels(dataset, "b", rest)
    assert label_set(problem, problem.test_labels, problem.test_rows) == tested
    assert not set(problem.rows) & set(problem.test_rows)


def test_rows_are_the_labelled_compounds_or_all_of_the_folds(dataset, recipe):
    labelled = make(dataset, recipe, 3, a=2)
    assert set(labelled.rows) == {c for c, _, _ in expected_labels(dataset, "a", {3, 4})}
    assert (np.diff(labelled.keys) > 0).all()
    np.testing.assert_array_equal(labelled.keys, dataset.keys[labelled.rows])
    folds = make(dataset, recipe.model_copy(update={"rows": "folds"}), 3, a=2)
    assert set(folds.rows) == set(np.flatnonzero(np.isin(dataset.folds["scaffold"], [3, 4])))
    assert label_set(folds, folds.labels, folds.rows) == label_set(labelled, labelled.labels, labelled.rows)


def test_compound_folds(dataset, recipe):
    problem = make(dataset, recipe.model_copy(update={"split": "compound"}), 0, a=2)
    assert label_set(problem, problem.labels, problem.rows) == expected_labels(dataset, "a", {0, 1}, "compound")


def test_a_task_without_folds_is_not_trained(dataset, recipe):
    assert make(dataset, recipe, a=2, b=0).tasks == ("a",)


def test_epochs_go_by_the_number_of_tasks(dataset, recipe):
    recipe = recipe.model_copy(update={"epochs": Epochs(single=4, group=7, complete=9), "score_epochs": [5, 2]})
    assert [make(dataset, recipe, **dict.fromkeys(t, 1)).epochs for t in ("a", "ab", "abc")] == [4, 7, 9]
    assert make(dataset, recipe, a=1).scored == (2, 4)
    assert make(dataset, recipe, a=1, b=1, c=1).scored == (2, 5, 9)
    assert scored_epochs(5, [5]) == (5,)
    assert kind_of(1, 1) == "single"
    assert epochs_of(2, 3, recipe.epochs) == 7


def test_digest_follows_content_and_nothing_else(dataset, recipe):
    digest = make(dataset, recipe, a=2, b=3).digest()
    assert make(dataset, recipe, b=3, a=2).digest() == digest
    others = [
        make(dataset, recipe, a=2, b=2),
        make(dataset, recipe, 1, a=2, b=3),
        make(dataset, recipe, 0, 1, a=2, b=3),
        make(dataset, recipe.model_copy(update={"rows": "folds"}), a=2, b=3),
        make(dataset, recipe.model_copy(update={"score_epochs": []}), a=2, b=3),
    ]
    assert len({digest, *(p.digest() for p in others)}) == len(others) + 1


def shuffled(dataset, recipe, rotation=1, replicate=0):
    """The training in which a has one fold and three more that are shuffled."""
    allocation = Allocation({"a": 4, "b": 1}, "shuffled", "all", "a", 1, shuffled="a")
    return make_problem(dataset, allocation, rotation, replicate, recipe, FOLDS)


def test_added_labels_are_shuffled_among_themselves(dataset, recipe):
    plain, dealt = make(dataset, recipe, 1, a=4, b=1), shuffled(dataset, recipe)
    np.testing.assert_array_equal(dealt.rows, plain.rows)
    for part in ("row", "task"):
        np.testing.assert_array_equal(getattr(dealt.labels, part), getattr(plain.labels, part))
    compounds = plain.rows[plain.labels.row]
    kept = (plain.labels.task == 1) | (dataset.folds["scaffold"][compounds] == 1)
    np.testing.assert_array_equal(dealt.labels.active[kept], plain.labels.active[kept])
    assert (dealt.labels.active[~kept] != plain.labels.active[~kept]).mean() > 0.25
    assert dealt.labels.active[~kept].sum() == plain.labels.active[~kept].sum()
    np.testing.assert_array_equal(dealt.test_labels.active, plain.test_labels.active)
    assert dealt.digest() != plain.digest()


def test_every_rotation_and_replicate_shuffles_anew(dataset, recipe):
    same = shuffled(dataset, recipe).digest()
    assert shuffled(dataset, recipe).digest() == same
    assert (shuffled(dataset, recipe).labels.active != shuffled(dataset, recipe, 1, 1).labels.active).any()


def with_flipped_label(dataset, task, fold):
    compounds, classes = dataset.labels[task]
    at = np.flatnonzero(dataset.folds["scaffold"][compounds] == fold)[0]
    changed = classes.copy()
    changed[at] = 1 - changed[at]
    return dataclasses.replace(dataset, labels=dataset.labels | {task: (compounds, changed)})


def test_digest_sees_labels_bits_and_only_where_they_are_used(dataset, recipe):
    digest = make(dataset, recipe, a=2).digest()  # trains on folds 0 and 1, tests on fold 4
    for fold, used in ((0, True), (1, True), (2, False), (3, False), (4, True)):
        assert (make(with_flipped_label(dataset, "a", fold), recipe, a=2).digest() != digest) == used
    assert make(with_flipped_label(dataset, "b", 0), recipe, a=2).digest() == digest
    bits = dataset.fingerprints.toarray()
    row = make(dataset, recipe, a=2).rows[0]
    bits[row, 0] = 1 - bits[row, 0]
    other = dataclasses.replace(dataset, fingerprints=type(dataset.fingerprints)(bits))
    assert make(other, recipe, a=2).digest() != digest


def test_a_compound_more_elsewhere_changes_nothing(dataset, recipe):
    """Row numbers shift, keys do not."""
    order = np.concatenate(([5], np.arange(5), np.arange(6, len(dataset.keys))))
    back = np.argsort(order).astype(np.int32)
    moved = dataclasses.replace(
        dataset,
        keys=dataset.keys[order],
        folds={split: folds[order] for split, folds in dataset.folds.items()},
        fingerprints=dataset.fingerprints[order],
        labels={task: (np.sort(back[c]), a[np.argsort(back[c])]) for task, (c, a) in dataset.labels.items()},
    )
    assert make(moved, recipe, a=2, b=4).digest() == make(dataset, recipe, a=2, b=4).digest()
    assert shuffled(moved, recipe).digest() == shuffled(dataset, recipe).digest()

"""Scores against scikit-learn, with ties, gaps and one-class tasks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mtlcurves.training.scores import score
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score


def sklearn_scores(logits, labels):
    """Each task's three scores by scikit-learn, NaN labels left out; None where it has one class or none."""
    found = []
    for z, y in zip(logits.T, labels.T, strict=True):
        z, y = z[~np.isnan(y)], y[~np.isnan(y)]
        if len(set(y)) < 2:
            found.append(None)
            continue
        precision, recall, _ = precision_recall_curve(y, z)
        found.append((roc_auc_score(y, z), auc(recall, precision), average_precision_score(y, z)))
    return found


def our_scores(logits, labels):
    row, task = np.nonzero(~np.isnan(labels))
    return score(task, logits[row, task], labels[row, task], labels.shape[1])


def assert_as_sklearn(logits, labels):
    ours = our_scores(logits, labels)
    for i, theirs in enumerate(sklearn_scores(logits, labels)):
        mine = (ours.auroc[i], ours.aupr[i], ours.average_precision[i])
        if theirs is None:
            assert np.isnan(mine).all()
            assert ours.undefined[i]
        else:
            assert mine == pytest.approx(theirs, abs=1e-12)
            assert ours.undefined[i] is None


@st.composite
def tables(draw):
    shape = draw(st.tuples(st.integers(1, 40), st.integers(1, 5)))
    # few distinct values: many ties, some of them across classes
    logits = draw(arrays(np.float32, shape, elements=st.integers(-3, 3).map(lambda v: v / 4)))
    labels = draw(arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0, np.nan])))
    return logits, labels


@settings(max_examples=150, deadline=None)
@given(tables())
def test_equal_to_scikit_learn_with_ties_and_gaps(table):
    assert_as_sklearn(*table)


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_scikit_learn_on_large_uneven_tasks(seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(3_000, 20)).astype(np.float32)
    labels = (rng.random(logits.shape) < np.linspace(0.01, 0.99, 20)).astype(float)
    labels[rng.random(logits.shape) < np.linspace(0, 0.98, 20)[::-1]] = np.nan
    assert_as_sklearn(logits, labels)


def test_known_values():
    # pairs: 3 of 4 right; thresholds 4, 3, 2, 1 have precision 1, 1/2, 2/3, 1/2 and recall 1/2, 1/2, 1, 1
    ours = score(np.zeros(4, int), np.array([4.0, 3, 2, 1]), np.array([1, 0, 1, 0]), 1)
    assert ours.auroc[0] == 3 / 4
    assert ours.average_precision[0] == pytest.approx(1 / 2 + 1 / 2 * 2 / 3, abs=1e-15)
    assert ours.aupr[0] == pytest.approx(1 / 2 + 1 / 2 * (1 / 2 + 2 / 3) / 2, abs=1e-15)


def test_all_tied_is_chance():
    ours = score(np.zeros(10, int), np.ones(10), np.arange(10) < 3, 1)
    assert ours.auroc[0] == 0.5
    assert ours.average_precision[0] == pytest.approx(0.3, abs=1e-15)


def test_undefined_scores_say_why():
    task = np.array([0, 0, 1, 1, 3, 3])
    ours = score(task, np.arange(6.0), np.array([1, 1, 0, 0, 1, 0]), 4)
    assert ours.undefined == ["only active test labels", "only inactive test labels", "no test labels", None]
    assert np.isnan(ours.auroc[:3]).all()
    assert np.isnan(ours.aupr[:3]).all()
    assert np.isnan(ours.average_precision[:3]).all()
    assert ours.auroc[3] == 0.0


def test_no_test_labels_at_all():
    empty = np.zeros(0)
    ours = score(empty.astype(int), empty, empty, 2)
    assert ours.undefined == ["no test labels"] * 2


@given(st.permutations(range(12)))
def test_order_of_labels_changes_nothing(order):
    rng = np.random.default_rng(1)
    task, logits, active = rng.integers(0, 2, 12), rng.integers(0, 4, 12) / 2, rng.integers(0, 2, 12)
    a, b = score(task, logits, active, 2), score(task[order], logits[order], active[order], 2)
    np.testing.assert_array_equal([a.auroc, a.aupr], [b.auroc, b.aupr])

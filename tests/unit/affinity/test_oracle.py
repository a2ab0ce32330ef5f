"""Every gradient quantity against torch's autograd and optimisers on a plain dense network."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mtlcurves.affinity.gramian import gramian
from mtlcurves.affinity.lookahead import AdamCopy, Sgd, linear_rule
from mtlcurves.affinity.shared import SharedGradients
from mtlcurves.affinity.step import exact, first_order
from mtlcurves.balancing_sections import PCGrad
from mtlcurves.training.balanced.engine import BalancedTraining
from mtlcurves.training.balanced.gradients import GradientProducts
from torch import nn

# The state is the same to the bit, so only the order of sums differs: float64 leaves about 1e-12. Where an
# affinity is a difference of losses, 1e-16 of the loss is lost.
CLOSE = {"rtol": 1e-6, "atol": 1e-12}


class Dense:
    """The network, the losses and Adam of a training as anyone would write them."""

    def __init__(self, stopped):
        self.moment, self.x = stopped.moment, stopped.x
        n_rows, n_columns = self.x.shape
        units, tasks = self.moment.head.shape[1], len(self.moment.head)
        self.hidden, self.head = nn.Linear(n_columns, units).double(), nn.Linear(units, tasks).double()
        with torch.no_grad():
            self.hidden.weight.copy_((stopped.initial + stopped.dense(self.moment.changes)).T)
            self.hidden.bias.copy_(self.moment.bias)
            self.head.weight.copy_(self.moment.head)
            self.head.bias.copy_(self.moment.head_bias)
        y = torch.full((n_rows * tasks,), torch.nan, dtype=torch.float64)
        y[self.moment.batch.cells] = torch.from_numpy(self.moment.batch.active).double()
        self.y = y.reshape(n_rows, tasks)
        self.shared = [self.hidden.weight, self.hidden.bias]
        self.moments = [
            (stopped.dense(of_groups).T.contiguous(), of_bias.double())
            for of_groups, of_bias in (self.moment.first, self.moment.second)
        ]

    def losses(self):
        """Losses of all tasks; a task without labels has 0."""
        h = torch.relu(self.hidden(self.x))
        if self.moment.kept is not None:
            h = h * self.moment.kept
        logits, seen = self.head(h), ~torch.isnan(self.y)
        losses = [
            nn.functional.binary_cross_entropy_with_logits(
                logits[seen[:, task], task], self.y[seen[:, task], task], reduction="sum"
            )
            for task in range(self.y.shape[1])
        ]
        return torch.stack(losses) / self.moment.batch.n_rows

    def gradients(self, loss):
        return torch.autograd.grad(loss, self.shared, retain_graph=True)

    def adam(self):
        """torch's Adam of the shared weights in the training's state."""
        adam = torch.optim.Adam(self.shared, lr=self.moment.learning_rate)
        for weights, first, second in zip(self.shared, *self.moments, strict=True):
            step = torch.tensor(float(self.moment.step - 1))
            adam.state[weights] = {"step": step, "exp_avg": first.clone(), "exp_avg_sq": second.clone()}
        return adam

    def scale(self, kind):
        """P: for preconditioned from the second moments that torch's Adam has after the joint step."""
        if kind == "sgd":
            return [torch.ones_like(weights) for weights in self.shared]
        before = [weights.detach().clone() for weights in self.shared]
        adam, correction = self.adam(), 1 - 0.999**self.moment.step
        for weights, gradient in zip(self.shared, self.gradients(self.losses().sum()), strict=True):
            weights.grad = gradient
        adam.step()
        self.restore(before)
        return [1 / ((adam.state[w]["exp_avg_sq"] / correction).sqrt() + 1e-8) for w in self.shared]

    def losses_after(self, kind, gradients, scale):
        """Losses after an optimiser's step for the gradients of one source; the step is undone."""
        before = [weights.detach().clone() for weights in self.shared]
        if kind == "adam":
            optimiser, factors = self.adam(), [1, 1]
        else:
            optimiser, factors = torch.optim.SGD(self.shared, lr=self.moment.learning_rate), scale
        for weights, gradient, factor in zip(self.shared, gradients, factors, strict=True):
            weights.grad = gradient * factor
        optimiser.step()
        after = self.losses().detach().numpy()
        self.restore(before)
        return after

    def restore(self, weights):
        with torch.no_grad():
            for own, value in zip(self.shared, weights, strict=True):
                own.copy_(value)


def expected(stopped, kind):
    """Losses, products and exact affinities by the dense program; NaN where a task has no label."""
    dense = Dense(stopped)
    losses = dense.losses()
    present = (~torch.isnan(dense.y)).any(0).numpy()
    n = len(present)
    zero = [torch.zeros_like(w) for w in dense.shared]
    own = [dense.gradients(losses[i]) if present[i] else zero for i in range(n)]
    total = dense.gradients(losses.sum()) if present.any() else zero
    scale = None if kind == "adam" else dense.scale(kind)
    products = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            terms = zip(own[i], scale or zero, own[j], strict=True)
            products[i, j] = sum((a * p * b).sum().item() for a, p, b in terms)
    before = dense.losses_after(kind, zero, scale) if kind == "adam" else losses.detach().numpy()
    falls = np.full((n + 1, n), np.nan)
    for i in np.flatnonzero(present):
        falls[i, present] = (before - dense.losses_after(kind, own[i], scale))[present]
        if present.sum() > 1:
            rest = [a - b for a, b in zip(total, own[i], strict=True)]
            falls[n, i] = (before - dense.losses_after(kind, rest, scale))[i]
    losses = losses.detach().numpy()
    return losses, products, np.where(np.isnan(falls), np.nan, falls / np.where(present, losses, 1))


def check(stopped, kind):
    losses, products, affinities = expected(stopped, kind)
    shared = SharedGradients(stopped.moment)
    np.testing.assert_allclose(shared.losses, losses, **CLOSE)
    linear_step = linear_rule(kind, shared, stopped.moment)
    if linear_step is not None:
        found = gramian(shared, linear_step.scale)
        # a product of two tasks is a sum of terms of either sign, as large as those of each with itself
        size = np.sqrt(np.outer(products.diagonal(), products.diagonal()))
        assert (np.abs(found - products) <= 1e-6 * np.abs(products) + 1e-12 * size).all()
        complements = products.sum(axis=0) - products.diagonal()
        with np.errstate(divide="ignore", invalid="ignore"):
            linear = stopped.moment.learning_rate * np.vstack([products, complements]) / losses
        linear = np.where(np.isnan(affinities), np.nan, linear)
        scale = np.nanmax(np.abs(linear), initial=1.0)
        np.testing.assert_allclose(first_order(shared, linear_step), linear, rtol=1e-6, atol=1e-12 * scale)
    rule = linear_step or AdamCopy(shared, stopped.moment)
    np.testing.assert_allclose(exact(shared, rule, range(len(losses))), affinities, **CLOSE)
    return affinities


@pytest.mark.parametrize("kind", ["sgd", "preconditioned", "adam"])
@pytest.mark.parametrize("recipe", [{}, {"dropout": 0.4}, {"rows": "folds", "batch_ratio": 0.05}], ids=str)
def test_a_training_equals_the_dense_program(stopped, kind, recipe):
    for at in stopped({1, 2, 9, 25}, recipe):
        affinities = check(at, kind)
    assert np.isfinite(affinities).any()


@st.composite
def shapes(draw):
    """Any small data and network, few labels and many."""
    data = {
        "seed": draw(st.integers(0, 10**6)),
        "n": draw(st.integers(12, 90)),
        "n_columns": draw(st.integers(3, 200)),
        "n_tasks": draw(st.integers(2, 7)),
        "share": draw(st.sampled_from([0.1, 0.4, 1.0])),
    }
    settings = {"hidden": draw(st.integers(1, 20)), "batch_ratio": draw(st.sampled_from([0.05, 0.3, 1.0]))}
    return data, settings | {"learning_rate": draw(st.sampled_from([1e-4, 3e-3]))}


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it makes trainings and keeps nothing
)
@given(shapes(), st.sampled_from(["sgd", "preconditioned", "adam"]), st.integers(1, 4))
def test_any_training_equals_the_dense_program(stopped, shape, kind, step):
    data, recipe = shape
    for at in stopped({step}, recipe, **data):
        check(at, kind)


def test_the_cases_are_the_hard_ones(stopped):
    """Tasks without labels, tasks of one class, and columns that are alike all occur."""
    (at,) = stopped({9})
    shared = SharedGradients(at.moment)
    assert (shared.sizes > 1).any()
    assert any(
        (SharedGradients(s.moment).counts == 0).any() for s in stopped(set(range(1, 28)), {"batch_ratio": 0.05})
    )


@pytest.mark.parametrize("kind", ["sgd", "preconditioned"])
def test_first_order_is_exact_for_small_steps(stopped, kind):
    """The error of Z is of second order: half the rate, a quarter of the error."""
    (at,) = stopped({9}, {"hidden": 20}, seed=3)
    errors = []
    for rate in (4e-6, 2e-6, 1e-6):
        moment = replace(at.moment, learning_rate=rate)
        shared = SharedGradients(moment)
        rule = linear_rule(kind, shared, moment)
        both = first_order(shared, rule), exact(shared, rule, range(4))
        errors.append(np.nanmax(np.abs(both[0] - both[1])))
    assert np.divide(errors[:-1], errors[1:]) == pytest.approx([4, 4], rel=0.05)


def test_blocks_of_columns_add_up(stopped, monkeypatch):
    (at,) = stopped({9})
    shared = SharedGradients(at.moment)
    whole = gramian(shared, Sgd(at.moment).scale)
    monkeypatch.setattr("mtlcurves.affinity.gramian.BLOCK", 1)
    np.testing.assert_allclose(gramian(shared, Sgd(at.moment).scale), whole, rtol=1e-12)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_both_ways_to_the_products_agree(dataset_of, recipe_of, problem_of, dropout):
    """By columns, for look-aheads, and by pairs of labels, in balanced trainings: the same network and batches."""
    recipe = recipe_of(dropout=dropout, balancing=PCGrad(kind="pcgrad"))
    shared = []

    def observe(moment):
        by_columns = gramian(SharedGradients(moment), Sgd(moment).scale)
        forward = training._forward(moment.batch, moment.kept)
        by_labels = GradientProducts(moment.batch, forward, moment.head, moment.sizes)
        there = by_labels.tasks
        scale = by_columns.diagonal().max()
        np.testing.assert_allclose(by_labels.gramian(), by_columns[np.ix_(there, there)], atol=1e-5 * scale)
        shared.append(len(there))

    training = BalancedTraining(problem_of(dataset_of(), recipe), recipe, observe)
    with torch.no_grad():
        training.run_epoch(1)
    assert min(shared) < max(shared) == 4

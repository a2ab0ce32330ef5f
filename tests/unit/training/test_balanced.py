"""Balanced trainings against torchjd, the published formulas, and a plain dense program with torch's autograd."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import torch
from mtlcurves.balancing_sections import CAGrad, Dwa, GradNorm, Mgda, NashMtl, PCGrad, PlainSum, Uncertainty
from mtlcurves.grid import seeds
from mtlcurves.grid.allocations import Allocation
from mtlcurves.training.balanced import surgery
from mtlcurves.training.balanced.balancers import PCGrad as SeededPCGrad
from mtlcurves.training.balanced.engine import Balanced, BalancedTraining
from mtlcurves.training.balanced.gradients import GradientProducts
from mtlcurves.training.balanced.gradnorm import SMOOTHING, weight_gradient
from mtlcurves.training.problem import make_problem
from mtlcurves.training.reference import Reference
from scipy import optimize
from torch import nn
from torchjd.aggregation import MGDAWeighting, PCGradWeighting
from torchjd.scalarization import DWA, UW

FOLDS = 5
KINDS = {
    "gradnorm": GradNorm(kind="gradnorm"),
    "pcgrad": PCGrad(kind="pcgrad"),
    "cagrad": CAGrad(kind="cagrad"),
    "nash_mtl": NashMtl(kind="nash_mtl"),
    "mgda": Mgda(kind="mgda"),
    "uncertainty": Uncertainty(kind="uncertainty"),
    "dwa": Dwa(kind="dwa"),
}
LOSSES = ("gradnorm", "uncertainty", "dwa")  # kinds that weigh losses, heads included


def problem_of(dataset, recipe, rotation=1, **folds):
    allocation = Allocation(folds or dict.fromkeys("abc", 3), "mtl", "all", None, 3)
    return make_problem(dataset, allocation, rotation, 0, recipe, FOLDS)


def gramian_of(k, n, seed):
    """Of random gradients, some of them in conflict."""
    jacobian = torch.from_numpy(np.random.default_rng(seed).normal(size=(k, n)))
    jacobian *= torch.logspace(-2, 0, k)[:, None]
    return jacobian, (jacobian @ jacobian.T)


class Dense:
    """The same training in plain torch, float64: dense layers, autograd, torchjd on Jacobians, torch's Adam."""

    def __init__(self, problem, recipe):
        self.problem, self.recipe = problem, recipe
        columns, units, tasks = problem.fingerprints.shape[1], recipe.hidden, len(problem.tasks)
        inputs = torch.from_numpy(problem.fingerprints.toarray().astype(np.float64))
        self.x, self.x_test = (inputs[torch.from_numpy(r).long()] for r in (problem.rows, problem.test_rows))
        self.y = torch.full((len(problem.rows), tasks), torch.nan, dtype=torch.float64)
        self.y[problem.labels.row, problem.labels.task] = torch.from_numpy(
            problem.labels.active.astype(np.float64)
        )
        self.hidden, self.head = nn.Linear(columns, units).double(), nn.Linear(units, tasks).double()
        self.key = (problem.replicate, problem.rotation)
        bounds = math.sqrt(2) * math.sqrt(6 / (columns + units)), math.sqrt(6 / (units + tasks))
        draws = (
            seeds.column_uniforms(*self.key, np.arange(columns), units).T,
            seeds.task_uniforms(*self.key, problem.tasks, units),
        )
        with torch.no_grad():
            for layer, bound, drawn in zip((self.hidden, self.head), bounds, draws, strict=True):
                layer.weight.copy_(torch.from_numpy(drawn.astype(np.float64)) * 2 * bound - bound)
                layer.bias.fill_(0.1)
        self.shared, self.heads = list(self.hidden.parameters()), list(self.head.parameters())

    def batches(self, epoch):
        order = seeds.epoch_order(*self.key, epoch, self.problem.keys)
        size = math.ceil(self.recipe.batch_ratio * len(self.x))
        return [order[first : first + size] for first in range(0, len(order), size)]

    def losses(self, batch, epoch):
        """Each task's loss in a batch, and its number of labels."""
        h = torch.relu(self.hidden(self.x[batch]))
        if self.recipe.dropout:
            drawn = seeds.dropout_uniforms(*self.key, epoch, self.problem.keys[batch], self.recipe.hidden)
            h = h * torch.from_numpy(drawn >= self.recipe.dropout) / (1 - self.recipe.dropout)
        logits, y = self.head(h), self.y[batch]
        seen = ~torch.isnan(y)
        cells = nn.functional.binary_cross_entropy_with_logits(logits, y.nan_to_num(), reduction="none")
        return (cells * seen).sum(0) / len(batch), seen.sum(0)

    def jacobian(self, losses, tasks):
        rows = [torch.autograd.grad(losses[i], self.shared, retain_graph=True) for i in tasks]
        return torch.stack([torch.cat([g.ravel() for g in row]) for row in rows])

    def train(self, weigh, whole):
        """Logits of the test labels per scored epoch; `weigh` gives every task's weight from a batch's losses."""
        recipe = self.recipe
        adam = torch.optim.Adam(self.shared + self.heads, lr=recipe.learning_rate)
        found = {}
        for epoch in range(1, self.problem.epochs + 1):
            for batch in self.batches(epoch):
                losses, labels = self.losses(batch, epoch)
                weights = weigh(losses, labels)
                shared = torch.autograd.grad((weights * losses).sum(), self.shared, retain_graph=True)
                own = torch.autograd.grad((weights * losses if whole else losses).sum(), self.heads)
                for weight, gradient in zip(self.shared + self.heads, (*shared, *own), strict=True):
                    weight.grad = gradient
                adam.step()
            weigh.end_epoch()
            with torch.no_grad():
                test = self.problem.test_labels
                found[epoch] = self.head(torch.relu(self.hidden(self.x_test)))[test.row, test.task].numpy()
        return {epoch: found[epoch] for epoch in self.problem.scored}


class Rule:
    """A balancing in plain torch, from losses to weights."""

    def __init__(self, dense, kind):
        self.dense, self.kind = dense, kind
        n = len(dense.problem.tasks)
        self.step, self.all = 0, torch.ones(n, dtype=torch.float64)
        self.uw, self.dwa = UW(n).double(), DWA()
        self.adam = torch.optim.Adam(self.uw.parameters(), lr=dense.recipe.learning_rate)
        self.w = torch.ones(n, dtype=torch.float64, requires_grad=True)
        self.w_adam = torch.optim.Adam([self.w], lr=0.025)
        if kind == "gradnorm":
            with torch.no_grad():
                found = [(len(batch), *dense.losses(batch, 1)) for batch in dense.batches(1)]
            self.start = sum(rows * loss for rows, loss, _ in found) / sum(labels for *_, labels in found)
            self.level = self.start.clone()

    def __call__(self, losses, labels):
        self.step += 1
        there = torch.nonzero(labels)[:, 0]
        if self.kind == "uncertainty":
            self.adam.zero_grad()
            s = self.uw.log_var
            weights = 0.5 * torch.exp(-s.detach())
            (0.5 * torch.exp(-s) * losses.detach() + 0.5 * s)[there].sum().backward()
            self.adam.step()
            return weights
        if self.kind == "dwa":
            values = losses.detach().requires_grad_()
            return torch.autograd.grad(self.dwa(values), values)[0]
        if not len(there):
            return self.all
        jacobian = self.dense.jacobian(losses, there)
        if self.kind == "gradnorm":
            return self.gradnorm(losses.detach(), labels, there, jacobian)
        there, jacobian = (found[jacobian.abs().sum(1) > 0] for found in (there, jacobian))
        weights = self.all.clone()
        gramian = jacobian @ jacobian.T
        weights[there] = {"pcgrad": self.pcgrad, "mgda": shortest, "nash_mtl": bargain, "cagrad": avoid}[
            self.kind
        ](*((gramian, there) if self.kind == "pcgrad" else (gramian,)))
        return weights

    def pcgrad(self, gramian, there):
        problem = self.dense.problem
        orders = SeededPCGrad(problem.replicate, problem.rotation, problem.tasks).orders(
            self.step - 1, there.numpy()
        )
        return torch.from_numpy(surgery.pcgrad(gramian.numpy(), orders))

    def gradnorm(self, losses, labels, there, jacobian):
        used = self.w.detach().clone()
        now = losses[there] * self.rows(labels) / labels[there]
        self.level[there] = SMOOTHING * self.level[there] + (1 - SMOOTHING) * now
        rates = self.level[there] / self.start[there]
        sizes = torch.linalg.norm(self.w[there, None] * jacobian.detach(), dim=1)
        target = (sizes.mean() * (rates / rates.mean()) ** 1.5).detach()
        self.w_adam.zero_grad()
        (sizes - target).abs().sum().backward()
        self.w_adam.step()
        with torch.no_grad():
            moved = self.w[there].clamp(0.1, 10)
            self.w.copy_(used)
            self.w[there] = moved * used[there].sum() / moved.sum()
        return used

    def rows(self, labels):
        sizes = [len(b) for b in self.dense.batches(1)]
        return sizes[(self.step - 1) % len(sizes)]

    def end_epoch(self):
        self.dwa.step()


def bargain(gramian):
    """Solve the bargain's equation by another method than the library."""
    scale = gramian.diag().sqrt()
    cosines = (gramian / torch.outer(scale, scale) + surgery.RIDGE * torch.eye(len(scale))).numpy()
    found = optimize.root(lambda t: cosines @ np.exp(t) - np.exp(-t), np.zeros(len(scale)), tol=1e-14)
    assert np.abs(found.fun).max() < 1e-9  # it may say that it stopped for want of progress
    return torch.from_numpy(np.exp(found.x)) / scale


def shortest(gramian):
    """Weights of the shortest average: on some of the gradients it is that without bounds, so all are tried."""
    k, found = len(gramian), []
    for some in (list(c) for n in range(1, k + 1) for c in itertools.combinations(range(k), n)):
        free = np.linalg.lstsq(gramian.numpy()[np.ix_(some, some)], np.ones(len(some)), rcond=None)[0]
        weights = np.zeros(k)
        weights[some] = free / free.sum()
        if (weights >= 0).all():
            found.append(weights)
    return torch.from_numpy(min(found, key=lambda w: w @ gramian.numpy() @ w))


def avoid(gramian):
    return torch.from_numpy(surgery.cagrad(gramian.numpy(), 0.4))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_inner_products_are_those_of_autograds_gradients(dataset_of, recipe, seed, dropout):
    recipe = recipe.model_copy(update={"dropout": dropout, "balancing": KINDS["pcgrad"]})
    problem = problem_of(dataset_of(seed=seed), recipe, a=1, b=4, c=2)
    training, dense = BalancedTraining(problem, recipe), Dense(problem, recipe)
    for batch, rows in zip(training._batches.epoch(1), dense.batches(1), strict=True):
        losses, labels = dense.losses(rows, 1)
        with torch.no_grad():
            found = GradientProducts(
                batch, training._forward(batch, training._kept(batch, 1)), training._head, training._sizes
            )
        there = torch.nonzero(labels)[:, 0]
        jacobian = dense.jacobian(losses, there)
        expected = (jacobian @ jacobian.T).numpy()
        np.testing.assert_array_equal(found.tasks, there)
        np.testing.assert_allclose(found.gramian(), expected, rtol=0, atol=1e-6 * expected.max())
        np.testing.assert_allclose(found.norms() ** 2, np.diag(expected), rtol=1e-5, atol=1e-6 * expected.max())


@pytest.mark.parametrize("seed", range(5))
def test_pcgrad_is_torchjds(seed):
    jacobian, gramian = gramian_of(6, 4, seed)
    torch.manual_seed(seed)
    expected = PCGradWeighting()(gramian)
    torch.manual_seed(seed)
    orders = np.array([torch.randperm(6).numpy() for _ in range(6)])
    found = surgery.pcgrad(gramian.numpy(), orders)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert np.abs(found - 1).max() > 1e-3  # there were conflicts
    np.testing.assert_allclose(found @ jacobian.numpy(), (expected @ jacobian).numpy(), rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("c", [0.0, 0.4, 0.9])
def test_cagrads_step_is_the_best_for_the_worst_task_within_its_ball(seed, c):
    jacobian, gramian = gramian_of(5, 8, seed)
    mean = jacobian.mean(0).numpy()
    step = surgery.cagrad(gramian.numpy(), c) @ jacobian.numpy()
    radius = c * np.linalg.norm(mean)
    assert np.linalg.norm(step - mean) == pytest.approx(radius, rel=1e-6, abs=1e-12)
    # the primal's value is the dual's: no step within the ball does better
    averages = np.random.default_rng(seed).dirichlet(np.full(5, 0.3), 20_000) @ jacobian.numpy()
    dual = (averages @ mean + radius * np.linalg.norm(averages, axis=1)).min()
    assert (jacobian.numpy() @ step).min() == pytest.approx(dual, abs=0.05 * mean @ mean)
    assert (jacobian.numpy() @ step).min() <= dual + 1e-7


@pytest.mark.parametrize(
    ("seed", "weights"),
    [
        (0, [9.86753, 0.2, 0.20624, 0.2, 0.2]),
        (1, [5.55066, 2.77599, 0.24161, 0.2, 0.2]),
        (2, [3.31146, 2.38865, 0.2, 0.24066, 0.2]),
    ],
)
def test_cagrads_weights_are_torchjds(seed, weights):
    # of CAGradWeighting(0.4, norm_eps=0), torchjd 0.18.0 with cvxpy 1.9.3 and clarabel 0.11.1
    _, gramian = gramian_of(5, 40, seed)
    np.testing.assert_allclose(surgery.cagrad(gramian.numpy(), 0.4), weights, rtol=0, atol=5e-4)


@pytest.mark.parametrize(("k", "n"), [(2, 1), (5, 40), (12, 5), (100, 300)])
def test_the_bargain_is_the_one_of_its_equation(k, n):
    _, gramian = gramian_of(k, n, seed=k)
    weights = surgery.nash_mtl(gramian.numpy())
    assert (weights > 0).all()
    ridged = gramian.numpy() + surgery.RIDGE * np.diag(np.diag(gramian))
    np.testing.assert_allclose(ridged @ weights, 1 / weights, rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_mgda_gives_the_shortest_average_of_two(seed):
    jacobian, gramian = gramian_of(2, 6, seed)
    apart = jacobian[0] - jacobian[1]
    first = float((-(jacobian[1] @ apart) / (apart @ apart)).clamp(0, 1))
    np.testing.assert_allclose(surgery.mgda(gramian.numpy()), [first, 1 - first], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("n", [12, 500])  # fewer than the tasks: some average is 0
@pytest.mark.parametrize("k", [2, 10, 50, 241])
def test_mgda_gives_the_shortest_average_of_gradients_of_any_length(k, n, seed):
    rng = np.random.default_rng(seed)
    jacobian = (0.3 * rng.normal(size=n) + rng.normal(size=(k, n))) * np.exp(rng.normal(0, 2, k))[:, None]
    gramian = jacobian @ jacobian.T
    weights = surgery.mgda(gramian)
    assert (weights >= 0).all() and weights.sum() == pytest.approx(1, abs=1e-12)
    inner, squared = gramian @ weights, weights @ gramian @ weights
    lengths = np.linalg.norm(jacobian, axis=1)
    excess = (inner - squared) / (lengths * lengths.min())  # no step toward a gradient shortens the average
    assert excess.min() > -1e-10 and np.abs(excess[weights > 0]).max() < 1e-10
    theirs = MGDAWeighting()(torch.from_numpy(gramian)).numpy()
    assert squared <= theirs @ gramian @ theirs + 1e-12 * lengths.min() ** 2


@pytest.mark.parametrize("seed", range(5))
def test_gradnorm_differentiates_its_loss(seed):
    rng = np.random.default_rng(seed)
    norms, rates, start = rng.uniform(0.1, 2, 6), rng.uniform(0.2, 1, 6), rng.uniform(0.2, 3, 6)
    w = torch.tensor(start, requires_grad=True)
    sizes = w * torch.from_numpy(norms)
    target = (sizes.mean() * torch.from_numpy((rates / rates.mean()) ** 1.5)).detach()
    (sizes - target).abs().sum().backward()
    np.testing.assert_allclose(weight_gradient(start, norms, rates, 1.5), w.grad, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", ["one step", "all batches", "sparse labels", "dropout"])
def test_equals_a_dense_program(dataset_of, recipe, kind, case):
    change = {"one step": {"batch_ratio": 1.0}, "dropout": {"dropout": 0.3}}.get(case, {})
    if case == "sparse labels":  # most batches lack labels of some task
        change = {"batch_ratio": 0.04, "rows": "folds"}
    recipe = recipe.model_copy(update=change | {"balancing": KINDS[kind]})
    folds = {"a": 1, "b": 4, "c": 1} if case == "sparse labels" else {"a": 2, "b": 3, "c": 3}
    problem = problem_of(dataset_of(seed=1), recipe, **folds)
    (outcome,) = Balanced().train([problem], recipe)
    dense = Dense(problem, recipe)
    expected = dense.train(Rule(dense, kind), kind in LOSSES)
    for epoch, logits in expected.items():
        np.testing.assert_allclose(outcome.logits[epoch], logits, rtol=0, atol=2e-5)


@pytest.mark.parametrize("kind", [*KINDS, "sum"])
def test_one_task_and_the_plain_sum_have_the_references_bits(dataset, recipe, kind):
    balanced = recipe.model_copy(update={"balancing": KINDS.get(kind, PlainSum())})
    folds = {"a": 3, "b": 3, "c": 3} if kind == "sum" else {"b": 3}
    problem = problem_of(dataset, recipe, **folds)
    (found,), (expected,) = Balanced().train([problem], balanced), Reference().train([problem], recipe)
    for epoch in problem.scored:
        np.testing.assert_array_equal(found.logits[epoch], expected.logits[epoch])


def test_weights_of_1_have_the_references_bits(dataset, recipe):
    # dynamic weight average begins after two epochs
    balanced = recipe.model_copy(update={"balancing": KINDS["dwa"]})
    problem = problem_of(dataset, recipe)
    (found,), (expected,) = Balanced().train([problem], balanced), Reference().train([problem], recipe)
    for epoch in (1, 2):
        np.testing.assert_array_equal(found.logits[epoch], expected.logits[epoch])
    assert np.abs(found.logits[5] - expected.logits[5]).max() > 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_same_bits_alone_and_in_company(dataset, recipe, kind):
    recipe = recipe.model_copy(update={"balancing": KINDS[kind]})
    problems = [
        problem_of(dataset, recipe, r, **f) for r, f in ((0, {"a": 2, "b": 3}), (1, {}), (2, {"b": 1, "c": 4}))
    ]
    together = {o.problem: o.logits for o in Balanced().train(problems[::-1], recipe)}
    torch.manual_seed(1)
    for i, problem in enumerate(problems):
        (alone,) = Balanced().train([problem], recipe)
        for epoch in problem.scored:
            np.testing.assert_array_equal(alone.logits[epoch], together[len(problems) - 1 - i][epoch])


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_without_training_labels_changes_nothing_of_the_others(dataset, recipe, kind):
    recipe = recipe.model_copy(update={"balancing": KINDS[kind]})
    problem = problem_of(dataset, recipe)
    there = problem.labels.task != 2
    labels = {f: getattr(problem.labels, f)[there] for f in ("row", "task", "active")}
    bare = dataclasses.replace(problem, labels=dataclasses.replace(problem.labels, **labels))
    (outcome,) = Balanced().train([bare], recipe)
    assert all(np.isfinite(logits).all() for logits in outcome.logits.values())
    (plain,) = Reference().train([bare], recipe)
    assert np.abs(outcome.logits[5] - plain.logits[5])[bare.test_labels.task < 2].max() > 1e-6

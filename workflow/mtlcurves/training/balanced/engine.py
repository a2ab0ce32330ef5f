"""The engine of recipes that balance their tasks: the reference engine with the tasks' gradients weighted.

Network, batches, seeds and Adam are the reference's; with weights of 1 so are the bits. The loss of task i in a
batch of n rows is L_i, the sum of its cross-entropies over n, as everywhere. The hidden layer gets the gradient of
the sum of w_i L_i; each head that of w_i L_i or of L_i (:class:`mtlcurves.training.balanced.step.Balancer`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from mtlcurves.config import Recipe
from mtlcurves.training.balanced.balancers import make_balancer
from mtlcurves.training.balanced.gradients import GradientProducts
from mtlcurves.training.balanced.step import Step
from mtlcurves.training.batches import Batch
from mtlcurves.training.forward import Forward
from mtlcurves.training.moment import Observer
from mtlcurves.training.network import learning_rate
from mtlcurves.training.problem import Problem
from mtlcurves.training.reference import Reference, Training

Floats = npt.NDArray[np.float64]


class Balanced(Reference):
    """Trains one network after the other, its tasks balanced."""

    name = "balanced"
    packages = (*Reference.packages, "torchjd")

    def _start(self, problem: Problem, recipe: Recipe) -> Training:
        return BalancedTraining(problem, recipe, self._observer)


class BalancedTraining(Training):
    """One network in training, its tasks balanced."""

    def __init__(self, problem: Problem, recipe: Recipe, observer: Observer | None = None) -> None:
        super().__init__(problem, recipe, observer)
        self._labels = problem.labels.per_task(len(problem.tasks))[0]
        self._trained = np.flatnonzero(self._labels)
        tasks = [problem.tasks[i] for i in self._trained]
        self._balancer = make_balancer(recipe.balancing, problem, tasks, self._label_losses)

    def run_epoch(self, epoch: int) -> None:
        """Pass once over the training rows (see :class:`mtlcurves.training.reference.Training`)."""
        recipe = self._recipe
        self._rate = learning_rate(epoch, recipe.learning_rate, recipe.milestones, recipe.gamma)
        super().run_epoch(epoch)
        if self._balancer:
            self._balancer.end_epoch()

    def _gradients(self, batch: Batch, kept: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        forward = self._forward(batch, kept)
        if self._balancer is None:
            return self._backward(batch, forward, forward.error, forward.error)
        weights = np.ones(len(self._labels), dtype=np.float32)
        weights[self._trained] = self._balancer.weights(self._step(batch, forward))
        weighted = forward.error * torch.from_numpy(weights)
        return self._backward(batch, forward, weighted, weighted if self._balancer.weighs_heads else forward.error)

    def _step(self, batch: Batch, forward: Forward) -> Step:
        gradients = GradientProducts(batch, forward, self._head, self._sizes)
        losses, labels = (found[gradients.tasks] for found in self._losses(batch, forward))
        return Step(
            number=self.n_steps,
            learning_rate=self._rate,
            tasks=np.searchsorted(self._trained, gradients.tasks),
            losses=losses / batch.n_rows,
            label_losses=losses / labels,
            gradients=gradients,
        )

    def _losses(self, batch: Batch, forward: Forward) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Add up each task's cross-entropies in a batch, and count its labels."""
        at_labels = forward.logits.take(torch.from_numpy(batch.cells)).double()
        active = torch.from_numpy(batch.active).double()
        losses = binary_cross_entropy_with_logits(at_labels, active, reduction="none").numpy()
        task, n_tasks = batch.cells % len(self._labels), len(self._labels)
        return np.bincount(task, losses, n_tasks).astype(float), np.bincount(task, minlength=n_tasks)

    def _label_losses(self) -> Floats:
        """Average the losses of each trained task's labels under the network as it is, over the first epoch."""
        batches = self._batches.epoch(1)
        total = sum(self._losses(batch, self._forward(batch, self._kept(batch, 1)))[0] for batch in batches)
        return np.asarray((total / np.maximum(self._labels, 1))[self._trained])

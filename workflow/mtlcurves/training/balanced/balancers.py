"""Every way of balancing, by its section of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torchjd.scalarization import DWA, UW

from mtlcurves import balancing_sections as sections
from mtlcurves.grid.seeds import Words, absorb, state_of, text_key
from mtlcurves.sections import Section
from mtlcurves.training.balanced import surgery
from mtlcurves.training.balanced.gradnorm import GradNorm
from mtlcurves.training.balanced.step import Balancer, Step
from mtlcurves.training.problem import Problem
from mtlcurves.training.reference import Adam

Floats = npt.NDArray[np.float64]


def make_balancer(
    settings: Section, problem: Problem, tasks: Sequence[str], initial_losses: Callable[[], Floats]
) -> Balancer | None:
    """Make what balances a training.

    Parameters
    ----------
    settings : Section
        Key ``balancing`` of the recipe.
    problem : Problem
        The training, whose rotation and replicate seed what is drawn.
    tasks : sequence of str
        Tasks with any training label.
    initial_losses : callable
        Gives the mean loss a label of each under the untrained network, shape (tasks,).

    Returns
    -------
    Balancer or None
        None for the plain sum, and where fewer than two tasks have labels.
    """
    if len(tasks) < 2:
        return None
    match settings:
        case sections.GradNorm():
            return GradNorm(settings, initial_losses())
        case sections.PCGrad():
            return Surgery(len(tasks), PCGrad(problem.replicate, problem.rotation, tasks))
        case sections.CAGrad():
            return Surgery(len(tasks), lambda gramian, _: surgery.cagrad(gramian, settings.c))
        case sections.NashMtl():
            return Surgery(len(tasks), lambda gramian, _: surgery.nash_mtl(gramian))
        case sections.Mgda():
            return Surgery(len(tasks), lambda gramian, _: surgery.mgda(gramian))
        case sections.Uncertainty():
            return Uncertainty(len(tasks))
        case sections.Dwa():
            return DynamicAverage(len(tasks), settings.temperature)
    return None


class Surgery:
    """Weights of gradients, from their Gramian; a gradient that is 0 is left out."""

    weighs_heads = False

    def __init__(self, n_tasks: int, rule: Callable[[Floats, Step], Floats]) -> None:
        self._n_tasks, self._rule = n_tasks, rule

    def weights(self, step: Step) -> Floats:
        """Weigh the tasks in the batch."""
        gramian = step.gradients.gramian()
        there = np.flatnonzero(np.diag(gramian) > 0)
        weights = np.ones(self._n_tasks)
        if len(there):
            kept = replace(step, tasks=step.tasks[there])
            weights[kept.tasks] = self._rule(gramian[np.ix_(there, there)], kept)
        return weights

    def end_epoch(self) -> None:
        """Nothing happens between epochs."""


class PCGrad:
    """PCGrad with orders drawn by step and pair of tasks."""

    def __init__(self, replicate: int, rotation: int, tasks: Sequence[str]) -> None:
        self._key = replicate, rotation
        self._tasks: Words = np.array([text_key(task) for task in tasks], dtype=np.uint64)

    def __call__(self, gramian: Floats, step: Step) -> Floats:
        """Weigh the tasks of a step."""
        return surgery.pcgrad(gramian, self.orders(step.number, step.tasks))

    def orders(self, number: int, at: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Draw the order in which each of some tasks meets the others, shape (k, k)."""
        keys = self._tasks[at]
        by_task = absorb(state_of("gradient surgery", *self._key, number), keys)
        return np.argsort(absorb(by_task[:, None], keys[None]), axis=1, kind="stable")


class Uncertainty:
    """torchjd's uncertainty weighting: the sum of exp(-s_i) L_i / 2 + s_i / 2, over the tasks in the batch."""

    weighs_heads = True

    def __init__(self, n_tasks: int) -> None:
        self._n_tasks, self._rule = n_tasks, UW(n_tasks)
        self._adam = Adam(self._rule.log_var)

    def weights(self, step: Step) -> Floats:
        """Return the weights for a step, and move the variances for the next."""
        losses = _spread(step, self._n_tasks)
        weights, slopes = torch.autograd.grad(self._total(losses), (losses, self._rule.log_var))
        absent = torch.ones(self._n_tasks, dtype=torch.bool)
        absent[torch.from_numpy(step.tasks)] = False
        self._adam.step([slopes.masked_fill_(absent, 0)], step.learning_rate)
        return np.asarray(weights.double().numpy())

    def _total(self, losses: torch.Tensor) -> torch.Tensor:
        with torch.enable_grad():
            return self._rule(losses)

    def end_epoch(self) -> None:
        """Nothing happens between epochs."""


class DynamicAverage:
    """torchjd's dynamic weight average; a task without labels in a batch adds a loss of 0 to its epoch.

    Every label is seen once an epoch, so the ratio of two epochs' losses is that of their means, however a task's
    labels fall into batches.
    """

    weighs_heads = True

    def __init__(self, n_tasks: int, temperature: float) -> None:
        self._n_tasks, self._rule = n_tasks, DWA(temperature)

    def weights(self, step: Step) -> Floats:
        """Return the epoch's weights, and take note of the step's losses."""
        losses = _spread(step, self._n_tasks)
        with torch.enable_grad():
            total = self._rule(losses)
        (weights,) = torch.autograd.grad(total, losses)
        return np.asarray(weights.double().numpy())

    def end_epoch(self) -> None:
        """Turn the losses of this epoch and the one before into the weights of the next."""
        self._rule.step()


def _spread(step: Step, n_tasks: int) -> torch.Tensor:
    """Losses of all tasks, 0 of those not in the batch; torchjd's weights are their derivatives."""
    losses = torch.zeros(n_tasks)
    losses[torch.from_numpy(step.tasks)] = torch.from_numpy(step.losses).float()
    return losses.requires_grad_()

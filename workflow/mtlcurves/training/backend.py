"""What a training engine must do, whatever it computes with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

import numpy as np
import numpy.typing as npt

from mtlcurves.config import Recipe
from mtlcurves.errors import DataError
from mtlcurves.training.problem import Problem
from mtlcurves.training.progress import epochs_reported


@dataclass(frozen=True)
class Outcome:
    """What one training gives back.

    Attributes
    ----------
    problem : int
        Position of the training's problem among those handed over.
    logits : dict of int to ndarray of float32, shape (test labels,)
        For each scored epoch the logit of every test label, in the order of ``problem.test_labels``.
    n_steps : int
        Optimiser steps taken.
    seconds : float
        Seconds spent; where many trainings run at once, this one's share.
    """

    problem: int
    logits: dict[int, npt.NDArray[np.float32]]
    n_steps: int
    seconds: float


class Backend(Protocol):
    """A training engine.

    The mathematics is the same for every engine (``network``, ``batches`` and ``reference`` give it in full): ECFP
    bits to one hidden ReLU layer to one logit per task; batches of equal size in the epoch's keyed order; as loss
    the sum of the binary cross-entropies of a batch's labels over its number of rows; Adam.
    """

    @property
    def name(self) -> str:
        """Name in the configuration."""
        ...

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages whose versions are written beside each score."""
        ...

    @property
    def many_at_once(self) -> bool:
        """Whether it trains many networks in one go, and so wants all it is to train."""
        ...

    @property
    def device(self) -> str:
        """Where it computes, with what decides about its bits: such as ``cpu AVX512`` or the GPU's name."""
        ...

    def train(self, problems: Sequence[Problem], recipe: Recipe) -> Iterator[Outcome]:
        """Train networks, as many at once as the engine likes.

        A backend promises:

        - one outcome per problem, in any order, handed over as soon as it is there, so that it is safe on disk
          should the job be killed;
        - an outcome is a function of its own problem and the recipe: on one machine the same bits, whatever else
          is trained beside it, before it or in another process;
        - every draw comes from :mod:`mtlcurves.grid.seeds`, so that backends start alike and shuffle alike;
        - over tens of steps it agrees with a plain dense program to about 1e-6;
        - a problem without training labels yields its initial network's logits and no steps;
        - one thread, and memory that it bounds itself (a bundle may hold hundreds of problems).

        Parameters
        ----------
        problems : sequence of Problem
            They may differ in everything but the fingerprints they share.
        recipe : Recipe
            Width, learning rate and schedule, dropout and batch ratio.

        Raises
        ------
        mtlcurves.errors.DataError
            When a network's weights are no longer finite; the message names the training and the epoch.
        """
        ...


class Running(Protocol):
    """One network in training, for engines that train one after the other."""

    n_steps: int

    def run_epoch(self, epoch: int) -> None:
        """Pass once over the training rows."""
        ...

    def predict(self) -> npt.NDArray[np.float32]:
        """Predict the logits of the test labels, in their order."""
        ...


def train_whole(position: int, problem: Problem, start: Callable[[], Running]) -> Outcome:
    """Train one network from its start to its last epoch, predicting at the epochs to be scored."""
    began = time.perf_counter()
    training, logits = start(), {}
    for epoch in epochs_reported(problem.epochs):
        training.run_epoch(epoch)
        if epoch in problem.scored:
            logits[epoch] = training.predict()
    return Outcome(position, logits, training.n_steps, time.perf_counter() - began)


def refuse_divergence(problem: Problem, epoch: int, n_steps: int) -> NoReturn:
    """Stop a training whose weights are no longer finite.

    Raises
    ------
    mtlcurves.errors.DataError
        Names the training, the epoch and the step.
    """
    raise DataError(
        f"training of {', '.join(problem.tasks[:5])} ({len(problem.tasks)} in all), rotation {problem.rotation}, "
        f"replicate {problem.replicate}: the weights are not finite after epoch {epoch} (step {n_steps}); lower "
        "the recipe's learning_rate"
    )

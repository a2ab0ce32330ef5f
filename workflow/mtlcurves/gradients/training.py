"""Training a network with a shared encoder: AdamW, gradients cut to a norm, the best weights kept."""

from __future__ import annotations

import copy
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, islice
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import EncoderTraining
from mtlcurves.gradients.dense import watch_dense_layers
from mtlcurves.gradients.encoders.interface import EncoderKind, Inputs, Rows
from mtlcurves.gradients.network import Losses, Network, draw_from, task_losses
from mtlcurves.gradients.problem import Problem
from mtlcurves.gradients.record import Record
from mtlcurves.gradients.similarity import step_similarities
from mtlcurves.grid.seeds import epoch_order

log = logging.getLogger(__name__)

PREDICTED = 256  # compounds predicted at a time
FROZEN_BATCHES = 30
REPORTS = 20  # of a training's progress, about


@dataclass(frozen=True)
class Outcome:
    """What a training gave.

    Attributes
    ----------
    epochs, best_epoch : int
        Epochs run, and that whose weights were kept: the one of the lowest validation loss, or the last where the
        validation fold has no label.
    seconds : float
        Duration, logged similarities included.
    """

    epochs: int
    best_epoch: int
    seconds: float


class Training:
    """One network in training.

    All it draws is keyed by seed and rotation, so that two trainings differ by their labels alone as far as that
    can be; everything is computed on the caller's threads, of which one gives the same bits everywhere.

    Parameters
    ----------
    problem : Problem
        Compounds and labels.
    encoder : EncoderKind
        Kind of the encoder.
    inputs : Inputs
        The study's compounds, prepared for it.
    settings : EncoderTraining
        How it is trained.
    epochs : int
        Passes over the training compounds, at most.
    """

    def __init__(
        self, problem: Problem, encoder: EncoderKind, inputs: Inputs, settings: EncoderTraining, epochs: int
    ) -> None:
        self._problem, self._inputs, self._settings, self._epochs = problem, inputs, settings, epochs
        self.network = Network(encoder, problem.tasks, settings, problem.seed, problem.rotation)
        self._labels = torch.from_numpy(problem.labels)

    def run(
        self, record: Record | None = None, every: int = 1, parts: bool = False, frozen: int = FROZEN_BATCHES
    ) -> Outcome:
        """Train, and leave the network with its best weights.

        Parameters
        ----------
        record : Record, optional
            Takes up the similarities of one step in `every`, and after the training those of some batches of
            training compounds, the best weights frozen, dropout on.
        every : int
            Steps between two that are logged.
        parts : bool
            Whether to tell parts of the similarities apart.
        frozen : int
            Batches logged after the training.

        Raises
        ------
        mtlcurves.errors.DataError
            When the training diverges.
        """
        problem, settings, network = self._problem, self._settings, self.network
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
        )
        draw_from("gradients dropout", problem.seed, problem.rotation)
        start, step, best_epoch, lowest = time.perf_counter(), 0, 0, math.inf
        best = copy.deepcopy(network.state_dict())
        epoch = 0
        for epoch in range(1, self._epochs + 1):
            network.train()
            if record:
                record.begin_epoch()
            for rows in self._batches(epoch, problem.train):
                step += 1
                logged = record.add if record and step % every == 0 else None
                losses = self._losses(rows, self._labels, logged, parts)
                optimiser.zero_grad()
                losses.joint().backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
                optimiser.step()
            loss = self._validation_loss(epoch)
            if math.isnan(loss) or loss < lowest:
                best_epoch, lowest, best = epoch, min(loss, lowest), copy.deepcopy(network.state_dict())
            self._report(epoch, best_epoch, loss, time.perf_counter() - start)
            if epoch - best_epoch >= settings.patience:
                break
        network.load_state_dict(best)
        if record:
            self.log_frozen(record, problem, parts, frozen)
        return Outcome(epoch, best_epoch, time.perf_counter() - start)

    def _batches(self, epoch: int, train: Rows) -> Iterator[Rows]:
        """Cut an epoch's order of some compounds into batches of equal size, or one less."""
        problem = self._problem
        if not len(train):
            return iter(())
        order = epoch_order(problem.seed, problem.rotation, epoch, problem.keys[train])
        return iter(np.array_split(train[order], math.ceil(len(train) / self._settings.batch)))

    def _losses(self, rows: Rows, labels: Tensor, logged: Logged | None, parts: bool) -> Losses:
        """Compute a batch's losses, and hand its similarities on where they are logged."""
        network, inputs = self.network, self._inputs.take(rows)
        with watch_dense_layers(network.encoder) as layers:
            representations = network.encoder(inputs)
        copies = representations.expand(network.n_tasks, -1, -1)
        losses = task_losses(network.heads(copies), _of_rows(labels, rows), self._problem.kind)
        if logged:
            weights = list(network.encoder.parameters())
            logged(step_similarities(losses.of_task, copies, representations, weights, layers, parts))
        return losses

    def log_frozen(self, record: Record, of: Problem, parts: bool, batches: int) -> None:
        """Log the similarities of batches with the weights as they are, dropout on.

        Parameters
        ----------
        record : Record
            Takes them up.
        of : Problem
            Compounds and labels: the training's own, or fewer of them.
        parts : bool
            Whether to tell parts of the similarities apart.
        batches : int
            How many.
        """
        self.network.train()
        labels = torch.from_numpy(of.labels)
        # orders that no epoch of the training had
        later = (rows for epoch in count(self._epochs + 1) for rows in self._batches(epoch, of.train))
        for rows in islice(later, batches if len(of.train) else 0):
            self._losses(rows, labels, record.add_frozen, parts)

    @torch.no_grad()
    def predict(self, rows: Rows) -> npt.NDArray[np.float32]:
        """Predict all tasks of some compounds without dropout, shape (tasks, compounds)."""
        self.network.eval()
        if not len(rows):
            return np.empty((self.network.n_tasks, 0), dtype=np.float32)
        pieces = np.array_split(rows, math.ceil(len(rows) / PREDICTED))
        return np.hstack([self.network(self._inputs.take(piece)).numpy() for piece in pieces])

    def _validation_loss(self, epoch: int) -> float:
        """Joint loss on the validation fold; NaN where it has no label."""
        rows = self._problem.validation
        if not len(rows):
            return math.nan
        predicted = torch.from_numpy(self.predict(rows))
        loss = float(task_losses(predicted, _of_rows(self._labels, rows), self._problem.kind).joint())
        if not math.isfinite(loss):
            raise DataError(
                f"the training diverged in epoch {epoch}: its loss on the validation fold is {loss}; lower "
                "gradients.training.learning_rate"
            )
        return loss

    def _report(self, epoch: int, best: int, loss: float, elapsed: float) -> None:
        if epoch % max(1, self._epochs // REPORTS) and epoch not in (1, self._epochs):
            return
        left = timedelta(seconds=round(elapsed / epoch * (self._epochs - epoch)))
        log.info(
            "epoch %d of at most %d, validation loss %.4f, best in epoch %d; %.1f s an epoch, at most %s left",
            *(epoch, self._epochs, loss, best, elapsed / epoch, left),
        )


def _of_rows(labels: Tensor, rows: Rows) -> Tensor:
    return labels[:, torch.from_numpy(rows)]


class Logged(Protocol):
    """Takes up the similarities of a step."""

    def __call__(self, similarities: dict[str, npt.NDArray[np.float64]], /) -> None:
        """Take them up."""

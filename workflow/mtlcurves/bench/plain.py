"""The yardstick: the same training as anyone would write it, EmbeddingBag and Adam(foreach), all columns dense."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import nn

from mtlcurves.config import Recipe
from mtlcurves.grid.seeds import epoch_order
from mtlcurves.training.batches import batch_size
from mtlcurves.training.problem import Problem


class Plain(nn.Module):
    """P1's network in plain torch."""

    def __init__(self, problem: Problem, recipe: Recipe) -> None:
        super().__init__()
        n_columns = problem.fingerprints.shape[1]
        self.bag = nn.EmbeddingBag(n_columns, recipe.hidden, mode="sum", include_last_offset=True)
        self.bias = nn.Parameter(torch.full((recipe.hidden,), 0.1))
        self.head = nn.Linear(recipe.hidden, len(problem.tasks))

    def forward(self, columns: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
        """Return the logits of all tasks, shape (rows, tasks)."""
        logits: torch.Tensor = self.head(torch.relu(self.bag(columns, starts) + self.bias))
        return logits


def seconds_per_step(problem: Problem, recipe: Recipe, steps: int, warm_up: int = 2) -> list[float]:
    """Time some optimiser steps on one thread; building a batch is not counted."""
    torch.set_num_threads(1)
    network = Plain(problem, recipe)
    adam = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, foreach=True)
    size = batch_size(len(problem.rows), recipe.batch_ratio)
    order = epoch_order(problem.replicate, problem.rotation, 1, problem.keys)
    labels, seconds = problem.labels, []
    for step in range(warm_up + steps):
        rows = np.take(order, np.arange(step * size, (step + 1) * size), mode="wrap")
        prints = problem.fingerprints[problem.rows[rows]]
        columns, starts = (torch.from_numpy(part.astype(np.int64)) for part in (prints.indices, prints.indptr))
        place = np.full(len(problem.rows), -1)
        place[rows] = np.arange(len(rows))
        chosen = place[labels.row] >= 0
        cells = torch.from_numpy(place[labels.row[chosen]] * len(problem.tasks) + labels.task[chosen])
        active = torch.from_numpy(labels.active[chosen].astype(np.float32))
        start = time.perf_counter()
        logits = network(columns, starts).flatten()[cells]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, active, reduction="sum") / len(rows)
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        seconds.append(time.perf_counter() - start)
    return seconds[warm_up:]

"""The engine itself: launches of as many networks as the device's memory holds."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

import torch

from mtlcurves.config import Recipe
from mtlcurves.training.backend import Outcome
from mtlcurves.training.gpu.device import computing_device, device_name, free_bytes
from mtlcurves.training.gpu.memory import MOST, SPARE, needed_bytes, shared_bytes
from mtlcurves.training.gpu.networks import Network
from mtlcurves.training.gpu.training import Logits, Training
from mtlcurves.training.problem import Problem

log = logging.getLogger(__name__)


class Gpu:
    """Trains many networks at once on one CUDA device."""

    name = "gpu"
    packages = ("torch", "triton", "numba", "numpy", "scipy")
    many_at_once = True

    @property
    def device(self) -> str:
        """The GPU's name."""
        return device_name()

    def train(self, problems: Sequence[Problem], recipe: Recipe) -> Iterator[Outcome]:
        """Train networks (see :class:`mtlcurves.training.backend.Backend`).

        Raises
        ------
        torch.OutOfMemoryError
            When the memory does not suffice for one network alone.
        """
        for left in _alike(problems):
            budget = int(SPARE * free_bytes()) - shared_bytes(problems[left[0]])
            most = MOST
            prepared: dict[int, Network] = {}
            while left:
                start = time.perf_counter()
                chosen = _fitting(left[:most], problems, recipe, prepared, budget)
                logits = _launch([prepared[i] for i in chosen], recipe, halve=len(chosen) > 1)
                if logits is None:
                    most = len(chosen) // 2
                    log.info("out of memory with %d networks at once; going on with %d", len(chosen), most)
                    continue
                seconds = (time.perf_counter() - start) / len(chosen)
                left = left[len(chosen) :]
                for i, own in zip(chosen, logits, strict=True):
                    yield Outcome(i, own, problems[i].epochs * prepared.pop(i).n_batches, seconds)


def _alike(problems: Sequence[Problem]) -> list[list[int]]:
    """Group the positions of problems that can be launched together, those with most labels first."""
    groups = defaultdict(list)
    for position in sorted(range(len(problems)), key=lambda i: -len(problems[i].labels.row)):
        problem = problems[position]
        groups[problem.epochs, problem.scored, id(problem.fingerprints)].append(position)
    return list(groups.values())


def _fitting(
    positions: Sequence[int],
    problems: Sequence[Problem],
    recipe: Recipe,
    prepared: dict[int, Network],
    budget: int,
) -> list[int]:
    """Prepare networks in this order, into `prepared`, as long as they fit; returns which do, at least one."""
    chosen: list[int] = []
    for i in positions:
        if i not in prepared:
            prepared[i] = Network(problems[i], recipe.batch_ratio)
        budget -= needed_bytes(prepared[i], recipe.hidden)
        if budget < 0 and chosen:
            break
        chosen.append(i)
    return chosen


def _launch(networks: Sequence[Network], recipe: Recipe, halve: bool) -> list[Logits] | None:
    """Train some networks together; None if memory ran out and `halve` says that fewer can be tried."""
    try:
        with torch.no_grad():
            return Training(networks, recipe, computing_device()).run()
    except torch.OutOfMemoryError:
        # what the failed launch holds is freed with the exception, which is before the next try
        if not halve:
            raise
        return None

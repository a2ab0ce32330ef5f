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
from mtlcurves.training.gpu.memory import MOST, SPARE, fitting, needed_bytes, shared_bytes
from mtlcurves.training.gpu.training import Training
from mtlcurves.training.problem import Problem

log = logging.getLogger(__name__)


class Gpu:
    """Trains many networks at once on one CUDA device."""

    name = "gpu"
    packages = ("torch", "triton", "numba", "numpy", "scipy")

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
        needed = [needed_bytes(problem, recipe.hidden, recipe.batch_ratio) for problem in problems]
        for left in _alike(problems, needed):
            budget = int(SPARE * free_bytes()) - shared_bytes(problems[left[0]])
            most = MOST
            while left:
                chosen = left[: fitting([needed[i] for i in left], budget, most)]
                outcomes = _launch(chosen, problems, recipe, halve=len(chosen) > 1)
                if outcomes is None:
                    most = len(chosen) // 2
                    log.info("out of memory with %d networks at once; going on with %d", len(chosen), most)
                else:
                    left = left[len(chosen) :]
                    yield from outcomes


def _alike(problems: Sequence[Problem], needed: Sequence[int]) -> list[list[int]]:
    """Group the positions of problems that can be launched together, the largest first."""
    groups = defaultdict(list)
    for position in sorted(range(len(problems)), key=lambda i: -needed[i]):
        problem = problems[position]
        groups[problem.epochs, problem.scored, id(problem.fingerprints)].append(position)
    return list(groups.values())


def _launch(
    chosen: Sequence[int], problems: Sequence[Problem], recipe: Recipe, halve: bool
) -> list[Outcome] | None:
    """Train some networks together; None if memory ran out and `halve` says that fewer can be tried."""
    start = time.perf_counter()
    try:
        with torch.no_grad():
            training = Training([problems[i] for i in chosen], recipe, computing_device())
            logits = training.run()
    except torch.OutOfMemoryError:
        # what the failed launch holds is freed when the exception is, which is before the next try
        if not halve:
            raise
        return None
    seconds = (time.perf_counter() - start) / len(chosen)
    return [Outcome(i, logits[k], training.n_steps(k), seconds) for k, i in enumerate(chosen)]

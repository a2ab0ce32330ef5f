"""Trainings side by side, one thread each, in one process: they share the fingerprints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

from mtlcurves.config import Recipe
from mtlcurves.training.backend import Backend, Outcome
from mtlcurves.training.problem import Problem


def train_side_by_side(
    engine: Backend, problems: Sequence[Problem], recipe: Recipe, n_threads: int
) -> Iterator[Outcome]:
    """Train each problem on one of several threads; the bits are those of one after the other.

    The engines compute outside Python's lock, so threads lose little against processes, and neither memory for a
    second copy of the data nor time to start.

    Parameters
    ----------
    engine : Backend
        A CPU engine.
    problems : sequence of Problem
        What to train.
    recipe : Recipe
        How they are trained.
    n_threads : int
        Trainings at once.
    """
    # the longest first, so that no thread is left with it at the end
    longest_first = sorted(
        range(len(problems)), key=lambda i: problems[i].epochs * len(problems[i].rows), reverse=True
    )
    pool = ThreadPoolExecutor(min(n_threads, len(problems)))
    try:
        futures = {pool.submit(_train, engine, problems[i], recipe): i for i in longest_first}
        for future in as_completed(futures):
            yield replace(future.result(), problem=futures[future])
    finally:
        pool.shutdown(cancel_futures=True)


def _train(engine: Backend, problem: Problem, recipe: Recipe) -> Outcome:
    (outcome,) = engine.train([problem], recipe)
    return outcome

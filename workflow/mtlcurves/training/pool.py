"""Trainings on several processes of one machine, one thread in each."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any

from mtlcurves.config import Recipe
from mtlcurves.training.backend import Outcome
from mtlcurves.training.problem import Problem
from mtlcurves.training.registry import load_backend

_job: tuple[str, Recipe, Any] | None = None  # a worker's engine, recipe and fingerprints


def train_apart(backend: str, problems: Sequence[Problem], recipe: Recipe, n_workers: int) -> Iterator[Outcome]:
    """Train each problem in one of several worker processes; the bits are those of a single process.

    Parameters
    ----------
    backend : str
        Name of the engine.
    problems : sequence of Problem
        They share their fingerprints, which each worker gets once.
    recipe : Recipe
        How they are trained.
    n_workers : int
        Processes.

    Raises
    ------
    RuntimeError
        When a worker was killed.
    """
    # spawn: a forked copy of a process in which torch has run threads can hang
    context = multiprocessing.get_context("spawn")
    setup = (backend, recipe, problems[0].fingerprints)
    # the longest first, so that no worker is left with it at the end
    longest_first = sorted(
        range(len(problems)), key=lambda i: problems[i].epochs * len(problems[i].rows), reverse=True
    )
    pool = ProcessPoolExecutor(min(n_workers, len(problems)), context, _start, setup)
    try:
        futures = {pool.submit(_train, replace(problems[i], fingerprints=None)): i for i in longest_first}
        for future in as_completed(futures):
            yield replace(future.result(), problem=futures[future])
    except BrokenProcessPool as error:
        raise RuntimeError(
            "a worker process was killed, perhaps for its memory; finished trainings are kept"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start(backend: str, recipe: Recipe, fingerprints: Any) -> None:
    global _job
    _job = (backend, recipe, fingerprints)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent is killed: an idle worker would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _train(problem: Problem) -> Outcome:
    assert _job is not None
    backend, recipe, fingerprints = _job
    (outcome,) = load_backend(backend).train([replace(problem, fingerprints=fingerprints)], recipe)
    return outcome

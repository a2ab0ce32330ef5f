"""One function over many molecules, on several cores, with progress in the log."""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")

SECONDS_BETWEEN_LINES = 5.0


def map_chunks(
    function: Callable[[Sequence[T]], list[R]], items: Sequence[T], workers: int, what: str, chunk: int = 256
) -> list[R]:
    """Apply a function to chunks of items, in parallel.

    The chunks do not depend on `workers`, and results keep the order of the items.

    Parameters
    ----------
    function : callable
        Takes a sequence of items, returns one result for each; a module's function (it is pickled).
    items : sequence
        What to work on.
    workers : int
        Processes; 1 works in this one.
    what : str
        Name of the work in the log.
    chunk : int
        Items per call.

    Returns
    -------
    list
        One result per item.
    """
    chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
    started = shown = time.monotonic()
    results: list[R] = []

    def add(part: list[R]) -> None:
        nonlocal shown
        results.extend(part)
        now = time.monotonic()
        if now - shown > SECONDS_BETWEEN_LINES and len(results) < len(items):
            shown = now
            rate = len(results) / (now - started)
            log.info(
                "%s: %d of %d, %.0f a second, %.0f s left",
                *(what, len(results), len(items), rate, (len(items) - len(results)) / rate),
            )

    if workers <= 1 or len(chunks) <= 1:
        for part in map(function, chunks):
            add(part)
    else:
        # fork: a spawned process would first import the main module, which is a whole script of the workflow
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(min(workers, len(chunks)), mp_context=context) as pool:
            for part in pool.map(function, chunks):
                add(part)
    seconds = time.monotonic() - started
    log.info("%s: %d done in %.1f s", what, len(items), seconds)
    return results

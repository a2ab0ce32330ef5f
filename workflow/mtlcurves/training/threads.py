"""Threads of a training: one, so that its bits do not depend on a machine's cores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread, denormal numbers taken as 0.

    Adam's first moment shrinks by 0.9 a step where a unit is switched off; within a thousand steps it becomes
    denormal, which slows the processor tenfold and changes nothing above 1e-30.
    """
    with _ONE_THREAD:
        torch.set_flush_denormal(True)
        try:
            yield
        finally:
            torch.set_flush_denormal(False)


class _OneThread:
    """torch's number of threads is one for the process: it is 1 while any training runs, and then what it was."""

    def __init__(self) -> None:
        self._lock, self._inside, self._before = threading.Lock(), 0, 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._before = torch.get_num_threads()
                torch.set_num_threads(1)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                torch.set_num_threads(self._before)


_ONE_THREAD = _OneThread()

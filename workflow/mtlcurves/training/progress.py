"""How far a job is."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two lines of one training


def epochs_reported(last: int) -> Iterator[int]:
    """Count a training's epochs from 1, and log from time to time how far it is: most trainings end before.

    Parameters
    ----------
    last : int
        Epochs of the training.
    """
    start = said = time.perf_counter()
    for epoch in range(1, last + 1):
        yield epoch
        now = time.perf_counter()
        if now - said >= EVERY and epoch < last:
            said, rate = now, (now - start) / epoch
            left = timedelta(seconds=round(rate * (last - epoch)))
            log.info("epoch %d of %d; %.2f s an epoch, about %s left in this training", epoch, last, rate, left)


class Progress:
    """Logs how far a bundle is: trainings done, rate, time left.

    Parameters
    ----------
    total : int
        Trainings to do.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done, self._start = total, 0, time.perf_counter()

    def report(self, name: str, seconds: float) -> None:
        """Log one training as done."""
        self._done += 1
        elapsed = time.perf_counter() - self._start
        left = elapsed / self._done * (self._total - self._done)
        rate = 60 * self._done / elapsed
        speed = f"{rate:.1f} a minute" if rate >= 1 else f"{60 * rate:.1f} an hour"
        log.info(
            "%d of %d: %s took %.1f s; %s, about %s left",
            *(self._done, self._total, name, seconds, speed, timedelta(seconds=round(left))),
        )

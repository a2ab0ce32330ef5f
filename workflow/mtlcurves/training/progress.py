"""How far a job is."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

log = logging.getLogger(__name__)


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
        log.info(
            "%d of %d: %s took %.1f s; %.1f a minute, about %s left",
            *(self._done, self._total, name, seconds, rate, timedelta(seconds=round(left))),
        )

"""The similarities of a whole training: sums of its logged steps, epoch by epoch, and their means over windows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from mtlcurves.gradients.similarity import Floats

HALVES = ("odd", "even")


class Sums:
    """Numbers, sums and sums of squares of arrays that are NaN here and there; one entry per pair of tasks."""

    def __init__(self, n_pairs: int) -> None:
        self._sums = np.zeros((3, n_pairs))

    def add(self, values: Floats) -> None:
        """Take an array up."""
        known = np.isfinite(values)
        filled = np.where(known, values, 0.0)
        self._sums += (known, filled, filled**2)

    @classmethod
    def total(cls, several: Iterable[Sums], n_pairs: int) -> Sums:
        """Add some up."""
        whole = cls(n_pairs)
        for one in several:
            whole._sums += one._sums
        return whole

    @property
    def count(self) -> Floats:
        """Numbers of each pair."""
        count: Floats = self._sums[0]
        return count

    @property
    def mean(self) -> Floats:
        """Means; NaN of nothing."""
        with np.errstate(invalid="ignore"):
            mean: Floats = self._sums[1] / self.count
        return mean

    @property
    def standard_error(self) -> Floats:
        """Standard deviation / sqrt(numbers); NaN of fewer than two."""
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.maximum(self._sums[2] - self.count * self.mean**2, 0) / (self.count - 1)
            return np.where(self.count > 1, np.sqrt(spread / self.count), np.nan)


Epoch = dict[str, tuple[Sums, Sums]]


class Record:
    """What is logged in one training.

    Parameters
    ----------
    tasks : sequence of str
        Tasks, in the study's order, which is that of the similarities' rows and columns.
    """

    def __init__(self, tasks: Sequence[str]) -> None:
        self._pairs = list(combinations(tasks, 2))
        self._above = np.triu_indices(len(tasks), 1)
        self._epochs: list[Epoch] = []
        self._frozen: Epoch = {}
        self._logged = 0

    def begin_epoch(self) -> None:
        """Start the next epoch."""
        self._epochs.append({})
        self._logged = 0

    def add(self, similarities: Mapping[str, Floats]) -> None:
        """Take up a step of the epoch (:func:`~mtlcurves.gradients.similarity.step_similarities`)."""
        self._add(self._epochs[-1], self._logged % 2, similarities)
        self._logged += 1

    def add_frozen(self, similarities: Mapping[str, Floats]) -> None:
        """Take up a batch drawn after the training."""
        self._add(self._frozen, 0, similarities)

    def _add(self, epoch: Epoch, half: int, similarities: Mapping[str, Floats]) -> None:
        for part, values in similarities.items():
            sums = epoch.setdefault(part, (Sums(len(self._pairs)), Sums(len(self._pairs))))
            sums[half].add(values[self._above])

    def _total(self, epochs: Iterable[Epoch], part: str, halves: Sequence[int] = (0, 1)) -> Sums:
        kept = (epoch[part][half] for epoch in epochs if part in epoch for half in halves)
        return Sums.total(kept, len(self._pairs))

    def windows(self, parts: Sequence[str]) -> pd.DataFrame:
        """Average over each window: the last fifth of the epochs (one at least), all epochs, the frozen batches.

        Parameters
        ----------
        parts : sequence of str
            Parts that were logged.

        Returns
        -------
        pandas.DataFrame
            Columns of table ``gradient_log`` from window on.
        """
        last = math.ceil(len(self._epochs) / 5)
        epochs = {"last_fifth": self._epochs[-last:], "all": self._epochs, "frozen": [self._frozen]}
        tables = []
        for window, own in epochs.items():
            for part in parts:
                sums = self._total(own, part)
                known = sums.count > 0
                table = self._by_pair(
                    window=window,
                    part=part,
                    similarity=np.where(known, sums.mean, np.nan),
                    standard_error=np.where(known, sums.standard_error, np.nan),
                    n_batches=sums.count,
                    status=np.where(known, "ok", "no logged batch has labels of both"),
                )
                tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def by_epoch(self) -> pd.DataFrame:
        """Average over each epoch, and over every other logged batch of it.

        Returns
        -------
        pandas.DataFrame
            Columns of table ``gradient_epochs`` from epoch on.
        """
        halves = {"all": (0, 1)} | {name: (place,) for place, name in enumerate(HALVES)}
        tables = []
        for number, epoch in enumerate(self._epochs, start=1):
            for half, places in halves.items():
                sums = self._total([epoch], "all", places)
                tables.append(self._by_pair(epoch=number, half=half, similarity=sums.mean, n_batches=sums.count))
        return pd.concat(tables, ignore_index=True)

    def _by_pair(self, **columns: object) -> pd.DataFrame:
        first, second = zip(*self._pairs, strict=True)
        return pd.DataFrame({"task_a": first, "task_b": second} | columns)

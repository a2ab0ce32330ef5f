"""How well similarities of gradients are known: halves of the logged batches, or repeated trainings.

Correlations of two noisy sides are sqrt(r_1 r_2) of the true ones, with the reliabilities r (Spearman 1904). A
half's correlation with the other half is stepped up to the whole by Spearman and Brown's formula.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mtlcurves.curves.agreement import weighted_pearson
from mtlcurves.similarity.matrices import PAIR, Floats

TRAININGS, BATCHES = "trainings", "batches of one training"
LEAST = 0.1
"""Reliability below which nothing is divided by it."""


def pearson(first: Floats, second: Floats) -> float:
    """Correlate two vectors over the entries known in both; NaN below three, or without variation."""
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < 3:
        return float("nan")
    return weighted_pearson(first[known], second[known])(np.ones(int(known.sum())))


def stepped_up(correlation: float, times: float = 2) -> float:
    """Return the reliability of the mean of `times` measurements of which one has this (Spearman and Brown)."""
    return times * correlation / (1 + (times - 1) * correlation) if correlation > -1 / times else float("nan")


def ceiling(first: float, second: float) -> float:
    """Return the largest correlation that two sides of these reliabilities can show; NaN if one is near 0."""
    enough = first >= LEAST and second >= LEAST
    return math.sqrt(min(first, 1.0) * min(second, 1.0)) if enough else float("nan")


class Epochs:
    """Similarities in every epoch of one training.

    Parameters
    ----------
    own : pandas.DataFrame
        Rows of table ``gradient_epochs`` of one training.
    pairs : pandas.MultiIndex
        Pairs of tasks that arrays are over.

    Attributes
    ----------
    last_fifth : list of int
        The last fifth of the epochs, rounded up.
    """

    def __init__(self, own: pd.DataFrame, pairs: pd.MultiIndex) -> None:
        known = own[own["similarity"].notna() & (own["n_batches"] > 0)]
        shape = {"index": PAIR, "columns": ["half", "epoch"]}
        self._sums = (
            known.assign(total=known["similarity"] * known["n_batches"])
            .pivot(**shape, values="total").reindex(pairs)
        )  # fmt: skip
        self._counts = known.pivot(**shape, values="n_batches").reindex(pairs)
        last = int(own["epoch"].max())
        self.last_fifth = list(range(last - math.ceil(last / 5) + 1, last + 1))

    def mean(self, half: str, epochs: Sequence[int]) -> Floats:
        """Average over the batches of some epochs; shape (pairs,), NaN where there is none."""
        columns = [(half, epoch) for epoch in epochs if (half, epoch) in self._sums.columns]
        total, count = (table[columns].sum(axis=1, min_count=1) for table in (self._sums, self._counts))
        return np.asarray((total / count).to_numpy(float, na_value=np.nan))

    def reliability(self, epochs: Sequence[int]) -> float:
        """Return the reliability of the means over some epochs, from odd and even batches."""
        return stepped_up(pearson(self.mean("odd", epochs), self.mean("even", epochs)))


def of_trainings(log: pd.DataFrame) -> float:
    """Return the reliability of means over trainings, from the correlations of single ones; NaN below two.

    Parameters
    ----------
    log : pandas.DataFrame
        Rows of table ``gradient_log`` of one encoder, view, window and part.
    """
    wide = log.pivot(index=PAIR, columns=["rotation", "seed"], values="similarity").to_numpy(float)
    n = wide.shape[1]
    found = [pearson(wide[:, i], wide[:, j]) for i in range(n) for j in range(i)]
    found = [r for r in found if np.isfinite(r)]
    return stepped_up(float(np.mean(found)), n) if found else float("nan")


def of_encoder(log: pd.DataFrame, epochs: pd.DataFrame) -> tuple[float, str]:
    """Return the reliability of one encoder's similarities, and what it is over; NaN and empty where unknown.

    The halves of one training's batches know nothing of what another training would give: rather too high.

    Parameters
    ----------
    log : pandas.DataFrame
        Rows of table ``gradient_log`` of one encoder, view, window and part.
    epochs : pandas.DataFrame
        Rows of table ``gradient_epochs`` of the encoder.
    """
    if log[["rotation", "seed"]].drop_duplicates().shape[0] > 1:
        return of_trainings(log), TRAININGS
    if set(log["window"]) == {"last_fifth"} and set(log["part"]) == {"all"} and not epochs.empty:
        one = Epochs(epochs, pd.MultiIndex.from_frame(epochs[PAIR].drop_duplicates()))
        return one.reliability(one.last_fifth), BATCHES
    return float("nan"), ""

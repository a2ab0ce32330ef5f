"""From which epoch on similarities are those of the end, as far as their noise lets them (P2 section 4.6).

A low correlation of an early epoch with the end may be drift or noise. Halves of the epoch's batches tell: the
ceiling is the correlation that would be seen if nothing but noise lay between the two.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.curves.agreement import weighted_pearson
from mtlcurves.curves.mantel import MIN_TASKS
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.entries import Entries
from mtlcurves.similarity.matrices import PAIR, Floats
from mtlcurves.similarity.reliability import Epochs, ceiling

NAME = "similarity_dynamics"


def follow(epochs: pd.DataFrame) -> pd.DataFrame:
    """Correlate the similarities of every epoch with those of the last fifth of the epochs.

    Parameters
    ----------
    epochs : pandas.DataFrame
        Table ``gradient_epochs``.

    Returns
    -------
    pandas.DataFrame
        Schema ``similarity_dynamics``: means over trainings. An epoch of the last fifth is compared with the
        others.
    """
    rows = []
    for encoder, own in epochs.groupby("encoder", sort=False, observed=True):
        pairs = pd.MultiIndex.from_frame(own[PAIR].drop_duplicates())
        trainings = [Epochs(one, pairs) for _, one in own.groupby(["rotation", "seed"], sort=False)]
        places, names = pd.factorize(np.concatenate([pairs.get_level_values(name) for name in PAIR]))
        for epoch in sorted(own["epoch"].unique()):
            row = _row(int(epoch), trainings, places.reshape(2, -1), len(names))
            rows.append({"encoder": encoder, "epoch": epoch} | row)
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _row(epoch: int, trainings: list[Epochs], places: np.ndarray, n_tasks: int) -> dict[str, object]:
    rests = [[other for other in one.last_fifth if other != epoch] for one in trainings]
    now = np.array([one.mean("all", [epoch]) for one in trainings])
    end = np.array([one.mean("all", rest) for one, rest in zip(trainings, rests, strict=True)])
    # trainings that had ended before have no such epoch
    there = np.isfinite(now).any(axis=1) & np.isfinite(end).any(axis=1)
    known = np.isfinite(now[there]).all(axis=0) & np.isfinite(end[there]).all(axis=0)
    counts = {"n_trainings": int(there.sum()), "n_pairs": int(known.sum()) if there.any() else 0}
    if not any(rests):
        return counts | {"status": "the last fifth is this epoch alone"}
    if not there.any() or known.sum() < 3 or len(np.unique(places[:, known])) < MIN_TASKS:
        return counts | {"status": f"fewer than {MIN_TASKS} tasks have similarities both here and at the end"}
    found, low, high = _mean_correlation(now[there][:, known], end[there][:, known], places[:, known], n_tasks)
    chosen = [(one, rest) for one, rest, is_there in zip(trainings, rests, there, strict=True) if is_there]
    here = _mean([one.reliability([epoch]) for one, _ in chosen])
    final = _mean([one.reliability(rest) for one, rest in chosen])
    highest = ceiling(here, final)
    numbers = {"with_final": found, "low": low, "high": high, "reliability": here, "final_reliability": final}
    return counts | numbers | {"ceiling": highest, "disattenuated": found / highest, "status": "ok"}


def _mean_correlation(now: Floats, end: Floats, places: np.ndarray, n_tasks: int) -> tuple[float, float, float]:
    correlations = [weighted_pearson(*both) for both in zip(now, end, strict=True)]
    entries = Entries(now[0], end[0], places, n_tasks)
    return entries.with_interval(lambda weights: _mean([one(weights) for one in correlations]))


def _mean(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")

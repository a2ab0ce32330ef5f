"""Whether different encoders see the same similarities, once their noise is allowed for (P2 section 4.7)."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from mtlcurves.gradient_runs import FULL
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import PAIR, symmetric, tasks_of
from mtlcurves.similarity.relation import both
from mtlcurves.similarity.reliability import Epochs, ceiling, of_trainings

NAME = "architecture_consistency"
TRAININGS, BATCHES = "trainings", "batches of one training"


def compare_encoders(similarity: pd.DataFrame, log: pd.DataFrame, epochs: pd.DataFrame) -> pd.DataFrame:
    """Correlate the similarities of every two encoders.

    Parameters
    ----------
    similarity, log, epochs : pandas.DataFrame
        Tables ``gradient_similarity``, ``gradient_log`` and ``gradient_epochs``.

    Returns
    -------
    pandas.DataFrame
        Schema ``architecture_consistency``.
    """
    tasks = tasks_of(similarity)
    full = similarity[similarity["view"] == FULL]
    rows = []
    for (window, part), own in full.groupby(["window", "part"], sort=False, observed=True):
        encoders = list(dict.fromkeys(own["encoder"]))
        matrices = {name: symmetric(own[own["encoder"] == name], "similarity", tasks) for name in encoders}
        logged = log[(log["view"] == FULL) & (log["window"] == window) & (log["part"] == part)]
        known = {
            name: _reliability(logged[logged["encoder"] == name], epochs[epochs["encoder"] == name])
            for name in encoders
        }
        for first, second in combinations(encoders, 2):
            names = {"encoder_a": first, "encoder_b": second, "window": window, "part": part}
            found = both(matrices[first], matrices[second])
            rows.append(names | found | _limits(found, known[first], known[second]))
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _reliability(log: pd.DataFrame, epochs: pd.DataFrame) -> tuple[float, str]:
    """Say how reliable the similarities of one encoder, window and part are, and from what that is known.

    The halves of one training's batches know nothing of what another training would give: rather too high.
    """
    if log[["rotation", "seed"]].drop_duplicates().shape[0] > 1:
        return of_trainings(log), TRAININGS
    if set(log["window"]) == {"last_fifth"} and set(log["part"]) == {"all"} and not epochs.empty:
        one = Epochs(epochs, pd.MultiIndex.from_frame(epochs[PAIR].drop_duplicates()))
        return one.reliability(one.last_fifth), BATCHES
    return float("nan"), ""


def _limits(found: dict[str, object], first: tuple[float, str], second: tuple[float, str]) -> dict[str, object]:
    highest = ceiling(first[0], second[0])
    sides: dict[str, object] = {"reliability_a": first[0], "reliability_b": second[0], "over": first[1] or None}
    return sides | {"ceiling": highest, "disattenuated": float(str(found["pearson"])) / highest}

"""Whether different encoders see the same similarities, once their noise is allowed for (P2 section 4.7)."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from mtlcurves.gradient_runs import FULL
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import symmetric, tasks_of
from mtlcurves.similarity.relation import both
from mtlcurves.similarity.reliability import ceiling, of_encoder

NAME = "architecture_consistency"


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
            name: of_encoder(logged[logged["encoder"] == name], epochs[epochs["encoder"] == name])
            for name in encoders
        }
        for first, second in combinations(encoders, 2):
            names = {"encoder_a": first, "encoder_b": second, "window": window, "part": part}
            found = both(matrices[first], matrices[second])
            rows.append(names | found | _limits(found, known[first], known[second]))
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _limits(found: dict[str, object], first: tuple[float, str], second: tuple[float, str]) -> dict[str, object]:
    highest = ceiling(first[0], second[0])
    sides: dict[str, object] = {"reliability_a": first[0], "reliability_b": second[0], "over": first[1] or None}
    return sides | {"ceiling": highest, "disattenuated": float(str(found["pearson"])) / highest}

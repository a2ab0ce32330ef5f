"""How well each side is known, and so how large a correlation of the two could be seen at all.

A correlation of two measured sides is sqrt(r_1 r_2) of the true one, with the reliabilities r: the share of each
side's variation that is no error (Spearman 1904).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.affinity.sides import gradient_sides
from mtlcurves.affinity.summary import summarise
from mtlcurves.curves.mantel import agreement

Floats = npt.NDArray[np.float64]

SPLITS = 5
LEAST = 0.1
"""Reliability below which nothing is divided by it."""


def of_gradients(affinity: pd.DataFrame, tasks: list[str]) -> dict[tuple[str, str], float]:
    """Return the reliability of affinities, from rank correlations between halves of the rotations.

    Parameters
    ----------
    affinity : pandas.DataFrame
        Table ``affinity``.
    tasks : list of str
        Tasks of the rows and columns.

    Returns
    -------
    dict
        By scope and affinity (:class:`~mtlcurves.affinity.sides.Gradients`): the correlation of halves, stepped up
        to all rotations by Spearman and Brown's formula; mean over at most :data:`SPLITS` ways to halve that have
        one. Rotations share training folds, so it is rather too high. Empty below two rotations.
    """
    rotations = sorted(affinity["rotation"].unique())
    if len(rotations) < 2:
        return {}
    found: dict[tuple[str, str], list[float]] = {}
    for start in range(min(SPLITS, len(rotations))):
        first = np.roll(rotations, -start)[: len(rotations) // 2]
        in_first = affinity["rotation"].isin(first)
        halves = (gradient_sides(summarise(affinity[half]), tasks) for half in (in_first, ~in_first))
        for one, other in zip(*halves, strict=True):
            agreed = agreement(one.values, other.values, permutations=0).correlation
            found.setdefault((one.scope, one.affinity), []).append(agreed)
    known = {key: [r for r in values if np.isfinite(r)] for key, values in found.items()}
    means = {key: float(np.mean(values)) for key, values in known.items() if values}
    return {key: 2 * r / (1 + r) for key, r in means.items() if r > -1}


def of_weights(values: Floats, errors: Floats) -> float:
    """Return the reliability of weights: the share of their variance that their standard errors leave.

    Parameters
    ----------
    values, errors : ndarray
        Weights and standard errors; NaN where unknown. The share is below 0 where the errors explain more than all
        variation, and NaN below three weights with an error.
    """
    known = np.isfinite(values) & np.isfinite(errors)
    if known.sum() < 3:
        return float("nan")
    variance = float(np.var(values[known], ddof=1))
    return 1 - float(np.mean(errors[known] ** 2)) / variance if variance > 0 else float("nan")

"""How many labels of its own a task needs to reach a score, read off its base curve."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.curves.score_arrays import Floats
from mtlcurves.estimators.base_curve import fit_base
from mtlcurves.estimators.estimate import LEVEL, Estimated, base_points
from mtlcurves.estimators.exposures import LABELS

DRAWS = 200
"""Times that the rotations are drawn anew."""
REFUSED = 0.05
"""Share of draws in which a curve may miss the score before no number is given."""


def labels_needed(found: Estimated, scores: Sequence[float], seed: int = 0) -> pd.DataFrame:
    """Foretell the own labels that bring each task to a score, all other labels as they are at most.

    The interval comes from drawing rotations anew and fitting the curve to each draw; their spread (about
    that of the logarithm) is widened to Student's for the number of rotations. No number is given where more than
    :data:`REFUSED` of the draws have a best score below the wanted one, since the curve's limit is then not known
    well enough.

    Parameters
    ----------
    found : Estimated
        What the estimator ``joint`` found.
    scores : sequence of float
        Scores to reach.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        Schema ``labels_needed`` without recipe and metric.
    """
    draws = _drawn(found, seed)
    others = found.data.reference.sum(axis=2).max(axis=0).mean() - _largest(found)
    now, n_rotations = _largest(found), found.valid.sum(axis=1)
    rows = []
    for score in scores:
        needed, drawn = _needed(found.base.value, score, others), _needed(draws, score, others)
        missed = np.isnan(drawn).mean(axis=0)
        unit = now / 10  # like a logarithm far above it, and at ease with numbers near and below 0
        with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)  # no draw reaches the score
            spread = np.nanstd(np.arcsinh(drawn / unit), axis=0) * np.sqrt(n_rotations / (n_rotations - 1))
            half = stats.t.ppf((1 + LEVEL) / 2, n_rotations - 1) * spread
            low, high = (unit * np.sinh(np.arcsinh(needed / unit) + sign * half) for sign in (-1, 1))
        for k, task in enumerate(found.data.tasks):
            status = _status(needed[k], missed[k], int(n_rotations[k]))
            known = status == "ok"
            rows.append(
                {
                    "target": task,
                    "score": score,
                    "labels_now": now[k] * LABELS,
                    "labels_needed": max(needed[k], 0) * LABELS if known else np.nan,
                    "low": max(low[k], 0) * LABELS if known else np.nan,
                    "high": max(high[k], 0) * LABELS if known else np.nan,
                    "share_missed": missed[k],
                    "status": status,
                }
            )
    return pd.DataFrame(rows)


def _status(needed: float, missed: float, n_rotations: int) -> str:
    if n_rotations < 3:
        return f"refused: {n_rotations} rotations, at least 3 are needed"
    if np.isnan(needed):
        return "refused: the fitted curve does not reach this score"
    if missed > REFUSED:
        return f"refused: asymptote not identified, {missed:.0%} of the draws do not reach this score"
    return "ok"


def _largest(found: Estimated) -> Floats:
    """Largest number of own labels of each task in any training, in thousands."""
    return np.asarray(np.nanmax(found.data.reference, axis=(0, 1)))


def _drawn(found: Estimated, seed: int) -> Floats:
    """Coefficients of the base curves with the rotations drawn anew, shape (draws, K, 4)."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    n = len(found.data.rotations)
    points = base_points(found.data, "joint")
    values = []
    for _ in range(DRAWS):
        chosen = rng.integers(0, n, n)
        score, own, complement = (part[:, :, chosen] for part in points)
        values.append(fit_base(score, own, complement, found.valid[:, chosen]).value)
    return np.array(values)


def _needed(value: Floats, score: float, others: Floats) -> Floats:
    """Solve the curves for own labels in thousands: NaN where they miss the score, negative if none are needed."""
    c, b, a_i, a_iS = (value[..., k] for k in range(4))
    with np.errstate(divide="ignore", invalid="ignore"):
        n = (b - a_iS * others - np.log(c - score)) / a_i
    return np.asarray(np.where((c > score) & (a_i > 0), n, np.nan))

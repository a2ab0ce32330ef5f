"""The honest zero: weights of labels that were shuffled, and what they say of the tests.

The extra labels of a shuffled auxiliary say nothing, so its weights differ from 0 by noise, and by what labels
without sense do to a network. If their t values scatter more than Student's do, the noise model is too narrow, and
every other t value is made smaller by as much.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.curves.score_arrays import Floats

MIN_NULLS = 10
"""Weights of shuffled labels that a calibration needs."""


def null_scale(nulls: pd.DataFrame) -> float:
    """Return the factor by which t values of nothing are wider than they should be; NaN with too few of them.

    Parameters
    ----------
    nulls : pandas.DataFrame
        Rows a_ij of shuffled auxiliaries (columns p and freedom).
    """
    p = nulls["p"].dropna().to_numpy(float)
    if len(p) < MIN_NULLS:
        return np.nan
    # the median is not moved by a few shuffled auxiliaries that do harm
    return float(np.median(stats.norm.isf(p / 2)) / stats.norm.isf(0.25))


def calibrated(p: Floats, freedom: Floats, scale: float) -> Floats:
    """Return P-values whose t values are made smaller by `scale`, where it is above 1."""
    if not np.isfinite(scale):
        return np.full(np.shape(p), np.nan)
    t = stats.t.isf(np.asarray(p, float) / 2, freedom) / max(scale, 1.0)
    return np.asarray(2 * stats.t.sf(t, freedom))

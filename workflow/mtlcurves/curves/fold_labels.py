"""How many labels a fold has, read off weights that are given both for a label and for a fold."""

from __future__ import annotations

import numpy as np
import pandas as pd


def fold_labels(weights: pd.DataFrame) -> pd.Series:
    """Divide weights of a fold by weights of a label.

    Parameters
    ----------
    weights : pandas.DataFrame
        Columns ``auxiliary``, ``value`` (of a label) and ``per_fold``, of one estimator and metric.

    Returns
    -------
    pandas.Series
        Labels of a fold, one a row. A weight that is exactly 0 does not tell them; the median of the auxiliary's
        other weights does. NaN where there are none.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (weights["per_fold"] / weights["value"]).astype(float)
    return ratio.fillna(ratio.groupby(weights["auxiliary"]).transform("median"))

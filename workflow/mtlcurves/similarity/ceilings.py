"""How far r(G, E) can go: both sides are known with noise, which no relation gets past.

Product law (Spearman 1904): two noisy sides correlate as the true ones do, times the root of the product of their
reliabilities.
"""

from __future__ import annotations

import pandas as pd

from mtlcurves.gradient_runs import FULL
from mtlcurves.similarity.matrices import RAW, SERIES
from mtlcurves.similarity.reliability import ceiling, of_encoder

MEASURE = "pearson"
"""Measure of the correlation of labels that halves of the compounds tell the reliability of."""


def with_ceilings(
    relation: pd.DataFrame, reliability: pd.DataFrame, log: pd.DataFrame, epochs: pd.DataFrame
) -> pd.DataFrame:
    """Add what the noise of labels, and that of gradients where it is known, lets r(G, E) be.

    Parameters
    ----------
    relation : pandas.DataFrame
        Schema ``similarity_and_correlation``, without the column ``ceiling`` or with another.
    reliability, log, epochs : pandas.DataFrame
        Tables ``correlation_reliability``, ``gradient_log`` and ``gradient_epochs``.

    Returns
    -------
    pandas.DataFrame
        Schema ``similarity_and_correlation``.
    """
    of_labels = _of_labels(reliability)
    full = log[log["view"] == FULL]
    of_gradients = {
        series: of_encoder(own, epochs[epochs["encoder"] == series[0]])[0]
        for series, own in full.groupby(SERIES, sort=False, observed=True)
    }
    found = [
        ceiling(of_labels.get(row["rows"], float("nan")), _known(of_gradients.get(tuple(row[SERIES]))))
        if (row["version"], row["measure"]) == (RAW, MEASURE)
        else float("nan")
        for _, row in relation.iterrows()
    ]
    return relation.assign(ceiling=found)


def _of_labels(reliability: pd.DataFrame) -> dict[str, float]:
    """Return the reliability of the correlations of each choice of compounds, where they are of one rotation."""
    full = reliability[reliability["view"] == FULL]
    several = full["rotation"].nunique() > 1
    kept = full[(full["rotation"] == 0) & ((full["rows"] == "all") | (not several))]
    return dict(zip(kept["rows"], kept["reliability"].astype(float), strict=True))


def _known(reliability: float | None) -> float:
    """Take gradients whose noise is not known for noiseless: what labels allow limits r in any case."""
    return 1.0 if reliability is None or pd.isna(reliability) else reliability

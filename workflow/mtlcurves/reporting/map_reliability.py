"""Whether the order of a transfer map's pairs is more than noise, in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.words import number

_NOISE, _SIGNAL = 0.5, 0.8
"""Reliability of the whole map below which its order is called noise, and from which on signal."""


def reliability_finding(tables: Mapping[str, pd.DataFrame], metric: str, estimator: str) -> list[Finding]:
    """Say how well one half of the rotations foretells the other half's map."""
    found = tables.get("map_reliability", pd.DataFrame())
    if found.empty:
        return []
    own = found[(found["recipe"] == "main") & (found["metric"] == metric) & (found["estimator"] == estimator)]
    if own.empty:
        return []
    row = own.iloc[0]
    if row["status"] != "ok":
        return [Finding(f"Whether other rotations would rank the pairs alike cannot be said: {row['status']}.")]
    whole, pairs = float(row["whole"]), plural(int(row["n_pairs"]), "pair")
    verdict = "mostly noise" if whole < _NOISE else "partly noise" if whole < _SIGNAL else "mostly more than noise"
    return [
        Finding(
            f"The order of the map's {pairs} is {verdict}: half of the rotations rank them as the other half does "
            f"with a Spearman correlation of {number(row['spearman'])}, or {number(whole)} for all of them.",
            f"Mean over {plural(int(row['n_splits']), 'way')} to halve {int(row['n_rotations'])} rotations (from "
            f"{number(row['low'])} to {number(row['high'])} in nine of ten); among the auxiliaries of one target "
            f"{number(row['within_targets'])}. Halves share training compounds, so new ones may agree less.",
        )
    ]

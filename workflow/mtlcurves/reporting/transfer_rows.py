"""What the figures of transfer share: their unit, and their rows in order."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

NO_WEIGHT = "No transfer weight: no task's labels were raised, or no curve could be fitted."
GAP_CLOSED = "gap closed by one fold of labels (%)"


def in_per_cent(pairs: pd.DataFrame) -> pd.DataFrame:
    """Write shares of the gap in per cent, and the labels of a fold as a number of labels (``fold_labels``)."""
    shares = ("shown", "closed", "closed_low", "closed_high", "closed_shrunken")
    return pairs.assign(fold_labels=1000 * pairs["fold"], **{name: 100 * pairs[name] for name in shares})


def in_drawn_order(rows: pd.DataFrame, by: str | list[str], columns: Sequence[str]) -> pd.DataFrame:
    """Sort rows by their place within each score, scores in the order in which they first appear."""
    metrics = {metric: place for place, metric in enumerate(rows["metric"].unique())}
    rows = rows.sort_values(by).sort_values("metric", key=lambda column: column.map(metrics), kind="stable")
    return pd.DataFrame(rows[list(columns)]).reset_index(drop=True)

"""Rows of a table, chosen by what their columns hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.gradient_runs import MASKED


def rows_with(table: pd.DataFrame, **cells: object) -> pd.DataFrame:
    """Keep the rows whose columns have some values."""
    kept = np.ones(len(table), bool)
    for name, cell in cells.items():
        kept &= (table[name] == cell).to_numpy(bool)
    return table[kept]


def first_with(table: pd.DataFrame, **cells: object) -> pd.Series | None:
    """Return the first such row; None where there is none."""
    rows = rows_with(table, **cells)
    return rows.iloc[0] if len(rows) else None


def rows_of_sweeps(table: pd.DataFrame, encoder: str, window: str, part: str = "all") -> pd.DataFrame:
    """Keep the rows of table ``degradation`` or of its fits that are shown; the arm masked has one window."""
    shown = (table["window"] == window) | (table["arm"] == MASKED)
    return table[(table["encoder"] == encoder) & (table["part"] == part) & shown]

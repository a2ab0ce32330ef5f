"""Which signals of what tasks gain from each other are shown, under which names, and which of them tell it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.curves.statistics import benjamini_hochberg

TRANSFER = "transfer weight"
NAMES = {
    ("gradient similarity", "all", "raw"): "similarity of gradients",
    ("gradient similarity", "all", "corrected"): "\N{EM DASH} divided by overlap",
    ("gradient similarity", "cross", "raw"): "\N{EM DASH} of different compounds",
}
"""Signal, part and version of a similarity; same-compound parts are part of the whole."""
COLUMNS = ["outcome", "metric", "signal", "version", "part", "label", "stratum", "third", "from_value", "to_value"]
COLUMNS += ["spearman", "low", "high", "p", "q", "told", "n_pairs", "n_tasks", "status"]


def shown_signals(signals: pd.DataFrame, window: str, significance: float) -> pd.DataFrame:
    """Choose one row for each signal, outcome and stratum, and judge them together.

    Parameters
    ----------
    signals : pandas.DataFrame
        Table ``signals_and_benefit``; of the outcomes the first score is shown, and what was designed.
    window : str
        Logged steps of the similarities.
    significance : float
        False-discovery rate over all that is shown.

    Returns
    -------
    pandas.DataFrame
        Columns of the table, ``label``, ``q``, and ``told``: whether the correlation is told from nothing, by its
        false-discovery rate and by its interval.
    """
    table = signals[signals["window"].isna() | (signals["window"] == window)]
    table = table[table["metric"].isna() | (table["metric"] == _first(table["metric"].dropna()))]
    weights = table["signal"] == TRANSFER
    table = table[~weights | (table["version"] == _first(table.loc[weights, "version"]))]
    of_gradients = table["part"].notna()
    keys = zip(table["signal"], table["part"], table["version"], strict=True)
    named = pd.Series([NAMES.get(key, "") for key in keys], table.index, dtype=object)
    table = table.assign(label=named.where(of_gradients, table["signal"]))
    table = table[table["label"] != ""]
    q = benjamini_hochberg(table["p"].to_numpy(float))
    beyond = (table["low"] > 0) | (table["high"] < 0)
    told = np.nan_to_num(q, nan=1.0) < significance
    return table.assign(q=q, told=told & beyond)[COLUMNS].reset_index(drop=True)


def _first(values: pd.Series) -> str:
    return str(values.iloc[0]) if len(values) else ""


def stratum_name(row: pd.Series) -> str:
    """Name a stratum in plain words."""
    if row["stratum"] == "all":
        return "all pairs"
    amount = {"low": "little", "middle": "middling", "high": "much"}[row["third"]]
    if row["stratum"].startswith("ochiai"):
        return f"{amount} overlap"
    return {"little": "few", "middling": "middling", "much": "many"}[amount] + " labels"


def stratum_range(row: pd.Series) -> str:
    """Write the ends of a stratum; empty for all pairs."""
    if row["stratum"] == "all":
        return ""
    digits = ".2f" if row["stratum"].startswith("ochiai") else ",.0f"
    return f"{row['from_value']:{digits}} to {row['to_value']:{digits}}"

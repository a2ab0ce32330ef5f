"""Affinities of all trainings, and their means over rotations."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from mtlcurves.tables import read_table

KEYS = ["recipe", "size", "source", "from", "onto"]


def join(shards: Iterable[Path | str]) -> pd.DataFrame:
    """Join the tables of all trainings (schema ``affinity``), in the order given."""
    return pd.concat([read_table(shard) for shard in shards], ignore_index=True)


def summarise(affinity: pd.DataFrame) -> pd.DataFrame:
    """Average affinities over rotations.

    Parameters
    ----------
    affinity : pandas.DataFrame
        Schema ``affinity``, of all trainings.

    Returns
    -------
    pandas.DataFrame
        Schema ``tag_affinity``. Affinities onto one task share what is common to that task, so they are centred
        task by task: less the mean over all *other* tasks' steps onto it. Its own step is left out of that mean,
        being far above the others.
    """
    groups = affinity.groupby(KEYS, sort=False, dropna=False, observed=True)
    table = groups.agg(
        mean=("affinity", "mean"),
        standard_error=("affinity", "sem"),
        n_rotations=("affinity", "count"),
        linearity_error=("linearity_error", "mean"),
        status=("status", "first"),
    ).reset_index()
    of_others = table["mean"].where((table["source"] == "task") & (table["from"] != table["onto"]))
    common = of_others.groupby([table[key] for key in ("recipe", "size", "onto")]).transform("mean")
    table["centred"] = (table["mean"] - common).where(table["source"] == "task")
    table["status"] = np.where(table["n_rotations"] > 0, "ok", "in no rotation: " + table["status"])
    return table

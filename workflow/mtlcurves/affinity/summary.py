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
        being far above the others. Errors of centred values are over rotations, each centred by itself, with the
        variance of Nadeau and Bengio for one fold left out of those trained on.
    """
    own = affinity["affinity"] - _of_others(affinity, "affinity", ["recipe", "size", "onto", "rotation"])
    rows = affinity.assign(within=own.where(affinity["source"] == "task"))
    table = rows.groupby(KEYS, sort=False, dropna=False, observed=True).agg(
        mean=("affinity", "mean"),
        standard_error=("affinity", "sem"),
        n_rotations=("affinity", "count"),
        sd=("within", "std"),
        linearity_error=("linearity_error", "mean"),
        status=("status", "first"),
    )
    table = table.reset_index()
    common = _of_others(table, "mean", ["recipe", "size", "onto"])
    table["centred"] = (table["mean"] - common).where(table["source"] == "task")
    # not paired_t, to which differences below 1e-12 are rounding: affinities are as small as 1e-8
    table["centred_error"] = table.pop("sd") * np.sqrt(1 / table["n_rotations"] + 1 / table["size"])
    table["status"] = np.where(table["n_rotations"] > 0, "ok", "in no rotation: " + table["status"])
    return table


def _of_others(table: pd.DataFrame, column: str, keys: list[str]) -> pd.Series:
    """Give each row the mean over other tasks' steps onto its task."""
    others = table[column].where((table["source"] == "task") & (table["from"] != table["onto"]))
    return others.groupby([table[key] for key in keys]).transform("mean")

"""Affinities of gradients as people read them: of pairs, less what is common to a target, in a handy unit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.reporting.names import ordered_tasks


def read_affinities(means: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Gather the affinities between two tasks each.

    Parameters
    ----------
    means, tasks : pandas.DataFrame
        Tables ``tag_affinity`` and ``tasks``.

    Returns
    -------
    pandas.DataFrame
        Columns ``size``, ``from``, ``onto``, ``centred``, ``centred_error``, ``n_rotations``, ``status``; ``row``
        and ``column``, the places of ``onto`` and ``from`` in the figures; both tasks' name and family; and
        ``told``: whether a t test over rotations tells the affinity from the mean of its target at 95 %.
    """
    order = ordered_tasks(tasks).reset_index(names="place").set_index("task")
    own = means[(means["recipe"] == "main") & (means["source"] == "task") & (means["from"] != means["onto"])]
    own = own[own["from"].isin(order.index) & own["onto"].isin(order.index)]
    kept = own[["size", "from", "onto", "centred", "centred_error", "n_rotations", "status"]]
    kept = kept.assign(row=own["onto"].map(order["place"]), column=own["from"].map(order["place"]))
    for side in ("from", "onto"):
        for column, name in (("label", "name"), ("family", "family")):
            kept[f"{side}_{name}"] = own[side].map(order[column])
    with np.errstate(invalid="ignore"):
        half = stats.t.ppf(0.975, kept["n_rotations"] - 1) * kept["centred_error"]
    kept["told"] = kept["centred"].abs() > half
    return kept.sort_values(["size", "row", "column"]).reset_index(drop=True)


def power_of_ten(values: pd.Series) -> int:
    """Choose the power of ten in which most of some numbers have one or two digits before the point."""
    size = float(values.abs().quantile(0.95)) if values.notna().any() else 0.0
    return math.floor(math.log10(size)) if size > 0 and np.isfinite(size) else 0


def unit_text(power: int) -> str:
    """Write a power of ten as axes show it: nothing for 0, else `` (10⁻⁴)``."""
    digits = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f" (10{digits})" if power else ""

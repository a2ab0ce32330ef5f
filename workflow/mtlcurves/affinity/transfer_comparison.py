"""Whether what a gradient step does to another task tells what its labels are worth to it (P1 Table 3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mtlcurves.affinity import reliability
from mtlcurves.affinity.sides import PAIR, Curves, Gradients, curve_sides, gradient_sides
from mtlcurves.curves.agreement import correlate
from mtlcurves.curves.statistics import benjamini_hochberg
from mtlcurves.schemas import SCHEMAS

NAME = "transfer_comparison"


def compare_transfer(
    affinity: pd.DataFrame,
    means: pd.DataFrame,
    estimates: pd.DataFrame,
    staged: pd.DataFrame | None,
    metrics: Sequence[str],
    arms: str,
    lookahead: str,
) -> pd.DataFrame:
    """Correlate every affinity with every weight of its kind.

    Parameters
    ----------
    affinity, means : pandas.DataFrame
        Tables ``affinity`` and ``tag_affinity``.
    estimates : pandas.DataFrame
        Table ``transfer_estimates``.
    staged : pandas.DataFrame, optional
        Table ``transfer``.
    metrics : sequence of str
        Scores.
    arms : str
        Arms that raise tasks, and how far, as the table names them.
    lookahead : str
        Step that the affinities are of.

    Returns
    -------
    pandas.DataFrame
        Schema ``transfer_comparison``: metric by metric, pairs before complements.
    """
    tasks = list(dict.fromkeys(means["onto"]))
    gradients = gradient_sides(means, tasks)
    reliable = reliability.of_gradients(affinity, tasks)
    rows = [
        _row(of_gradients, of_curves, reliable)
        for of_curves in curve_sides(estimates, staged, metrics, tasks)
        for of_gradients in gradients
        if of_gradients.scope == of_curves.scope
    ]
    if not rows:
        return pd.DataFrame(columns=list(SCHEMAS[NAME].columns))
    table = pd.DataFrame(rows)
    table["q"] = benjamini_hochberg(table["p"])
    kinds = zip(table["scope"], table["estimator"], strict=True)
    table["arm"] = [_arms(scope, estimator, arms) for scope, estimator in kinds]
    return table.assign(recipe="main", lookahead=lookahead)


def _arms(scope: str, estimator: str, raising: str) -> str:
    """Name the arms that a weight is read off: those of the three stages as published, or all."""
    reference = [] if scope == PAIR else ["stl", "mtl"]
    if estimator != "staged":
        return "; ".join([*reference, raising] if raising else reference)
    return "; ".join(reference or [arm for arm in raising.split("; ") if arm.startswith("augmented")])


def _row(gradients: Gradients, curves: Curves, reliable: dict[tuple[str, str], float]) -> dict[str, object]:
    found = correlate(gradients.values, curves.values)
    return {
        "scope": curves.scope,
        "metric": curves.metric,
        "affinity": gradients.affinity,
        "sizes": gradients.sizes,
        "estimator": curves.estimator,
        "coefficient": curves.coefficient,
        "version": curves.version,
        **{"spearman" if name == "correlation" else name: value for name, value in vars(found).items()},
        **_ceiling(found.correlation, reliable.get((gradients.scope, gradients.affinity), np.nan), curves),
    }


def _ceiling(spearman: float, of_gradients: float, curves: Curves) -> dict[str, object]:
    """Say how large a correlation could be seen, and what it would be without errors."""
    of_weights = reliability.of_weights(curves.values, curves.errors) if curves.errors is not None else np.nan
    known = {"reliability_affinity": of_gradients, "reliability_transfer": of_weights}
    reasons = []
    if np.isnan(of_gradients):
        reasons.append("affinities of halves of the rotations have no correlation")
    if curves.errors is None:
        reasons.append("weights of this version have no errors of their own")
    elif np.isnan(of_weights):
        reasons.append("fewer than three weights have an error")
    reasons += [f"{name} is below {reliability.LEAST}" for name, r in known.items() if r < reliability.LEAST]
    ceiling = np.nan if reasons else float(np.sqrt(of_gradients * of_weights))
    return known | {
        "ceiling": ceiling,
        "disattenuated": spearman / ceiling,
        "unknown": "; ".join(reasons) or None,
    }

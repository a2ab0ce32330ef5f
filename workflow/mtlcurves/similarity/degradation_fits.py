"""Curves through what a sweep leaves of r(G, E): is there a threshold, and where (P2 section 4.3, Fig. 3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.curves.overlap_forms import FORMS, LINE, Fit, Form, fit
from mtlcurves.gradient_runs import MASKED
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import Floats

NAME = "degradation_fits"
SERIES = ["encoder", "arm", "window", "part", "reference"]
STATISTICS = ("pearson", "spearman")
SHARES = ("thinned", "core", "blocks", MASKED)  # arms whose levels are of 1
MIN_SEEDS = 3
UNLOCATED = "midpoint not located"
"""What the status of a fit begins with whose midpoint could be anywhere."""


def fit_degradation(degradation: pd.DataFrame) -> pd.DataFrame:
    """Fit every form to every arm of a sweep, with intervals of the midpoint over seeds.

    Parameters
    ----------
    degradation : pandas.DataFrame
        Table ``degradation``.

    Returns
    -------
    pandas.DataFrame
        Schema ``degradation_fits``.
    """
    rows = []
    for keys, own in degradation.groupby(SERIES, sort=False, observed=True):
        for statistic in STATISTICS:
            scores = own.pivot_table(index="level", columns="seed", values=statistic)
            overlaps = own.groupby("level")["ochiai"].mean().reindex(scores.index).to_numpy(float)
            series = dict(zip(SERIES, keys, strict=True)) | {"statistic": statistic}
            top = 1.0 if series["arm"] in SHARES else float(own["level"].max())
            levels = 100 * scores.index.to_numpy(float) / top
            for name in FORMS:
                x = overlaps if name == LINE else levels
                rows.append(series | {"form": name} | _row(FORMS[name], x, scores.to_numpy(float)))
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _row(form: Form, x: Floats, scores: Floats) -> dict[str, object]:
    counts = {"n_levels": len(x), "n_seeds": scores.shape[1] if scores.size else 0}
    needed = len(form.names) + 1  # as many levels as parameters are met by any form, and tell nothing of it
    if len(x) < needed:
        there = f"{len(x)} level{'' if len(x) == 1 else 's'}"
        return counts | {"status": f"{there}; {needed} are needed for {len(form.names)} parameters"}
    if np.ptp(x) < 1e-9:
        return counts | {"status": "the overlap is the same at all levels"}
    found = fit(form, x, np.nanmean(scores, axis=1))
    values = dict(zip(form.names, map(float, found.values), strict=True))
    ends = dict(zip(form.names, zip(form.low, form.high, strict=True), strict=True))
    bound = [name for name, value in values.items() if np.isclose(value, ends[name], rtol=0, atol=1e-6).any()]
    low, high = midpoint_interval(form, x, scores, found) if "midpoint" in values else (np.nan, np.nan)
    status = f"at bound: {', '.join(bound)}" if bound else "ok"
    if "midpoint" in values and (why := _unlocated(x, scores, low, high)):
        status = f"{UNLOCATED}, {why}" + (f"; {status}" if bound else "")
    fitted = {"r2": found.r2, "aicc": found.aicc, "midpoint_low": low, "midpoint_high": high}
    return counts | values | fitted | {"status": status}


def _unlocated(x: Floats, scores: Floats, low: float, high: float) -> str:
    """Say why a midpoint could be anywhere; empty where it has an interval among the levels."""
    if np.isnan(low):
        few = scores.shape[1] < MIN_SEEDS
        return f"no interval {f'below {MIN_SEEDS} seeds' if few else 'where a level has one seed alone'}"
    # fits that all end at a bound agree about nothing
    return "" if x.min() <= low < high <= x.max() else "its interval leaves the levels"


def midpoint_interval(form: Form, x: Floats, scores: Floats, found: Fit) -> tuple[float, float]:
    """Return the 95 % t interval of a midpoint over seeds, with the jackknife's error.

    In simulated sweeps of five seeds 94 % hold the midpoint; of intervals by resampling seeds 86 % did.

    Parameters
    ----------
    form : Form
        Curve with a midpoint.
    x : ndarray, shape (levels,)
        Levels in per cent.
    scores : ndarray, shape (levels, seeds)
        Correlations; NaN where there is none. A seed is left out at all levels at once.
    found : Fit
        Fit through the means, from which the others begin.

    Returns
    -------
    low, high : float
        NaN below three seeds, and where a level has one seed alone.
    """
    n_seeds = scores.shape[1]
    if n_seeds < MIN_SEEDS:
        return np.nan, np.nan
    inside = tuple(np.clip(found.values, np.array(form.low) + 1e-9, np.array(form.high) - 1e-9))
    place = form.names.index("midpoint")
    midpoints = []
    for seed in range(n_seeds):
        rest = np.delete(scores, seed, axis=1)
        if not np.isfinite(rest).any(axis=1).all():
            return np.nan, np.nan
        midpoints.append(float(fit(form, x, np.nanmean(rest, axis=1), (inside,)).values[place]))
    error = np.sqrt((n_seeds - 1) * np.var(midpoints))
    half_width = float(stats.t.ppf(0.975, n_seeds - 1) * error)
    return float(found.values[place]) - half_width, float(found.values[place]) + half_width

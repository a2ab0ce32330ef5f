"""Curves through what a sweep leaves of r(G, E): is there a threshold, and where (P2 section 4.3, Fig. 3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.curves.overlap_forms import FORMS, LINE, Fit, Form, fit
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import Floats

NAME = "degradation_fits"
SERIES = ["encoder", "arm", "window", "part", "reference"]
STATISTICS = ("pearson", "spearman")
SHARES = ("thinned", "core", "blocks")  # arms whose levels are of 1
MIN_SEEDS = 3
RESAMPLES = 200
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
    low, high = _interval(form, x, scores, found) if "midpoint" in values else (np.nan, np.nan)
    status = f"at bound: {', '.join(bound)}" if bound else "ok"
    if "midpoint" in values and not (x.min() <= low and high <= x.max()):
        why = f"no interval below {MIN_SEEDS} seeds" if np.isnan(low) else "its interval leaves the levels"
        status = f"{UNLOCATED}, {why}" + (f"; {status}" if bound else "")
    fitted = {"r2": found.r2, "aicc": found.aicc, "midpoint_low": low, "midpoint_high": high}
    return counts | values | fitted | {"status": status}


def _interval(form: Form, x: Floats, scores: Floats, found: Fit) -> tuple[float, float]:
    """Resample seeds, the same at every level, and fit again from the first fit's parameters."""
    n_seeds = scores.shape[1]
    if n_seeds < MIN_SEEDS:
        return np.nan, np.nan
    inside = tuple(np.clip(found.values, np.array(form.low) + 1e-9, np.array(form.high) - 1e-9))
    place = form.names.index("midpoint")
    draws = np.sort(np.random.default_rng(0).integers(0, n_seeds, (RESAMPLES, n_seeds)), axis=1)
    # few seeds have few different draws
    distinct, times = np.unique(draws, axis=0, return_counts=True)
    midpoints: list[float] = []
    for drawn, count in zip(distinct, times, strict=True):
        if np.isfinite(scores[:, drawn]).any(axis=1).all():
            mean = np.nanmean(scores[:, drawn], axis=1)
            midpoints += [float(fit(form, x, mean, (inside,)).values[place])] * int(count)
    low, high = np.quantile(midpoints, [0.025, 0.975]) if midpoints else (np.nan, np.nan)
    return float(low), float(high)

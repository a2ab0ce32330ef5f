"""Curves through what a sweep leaves of r(G, E): is there a threshold, and where (P2 section 4.3, Fig. 3).

The published claim is a sigmoid. Theory gives no threshold: similarity shrinks linearly with Ochiai overlap, and
the paper's own derivation gives a hyperbola, which has no inflection. All of them are fitted to the same means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import Floats

NAME = "degradation_fits"
SERIES = ["encoder", "arm", "window", "part", "reference"]
STATISTICS = ("pearson", "spearman")
SHARES = ("thinned", "core", "blocks")  # arms whose levels are of 1
MIN_SEEDS = 3
RESAMPLES = 200
STEEPNESS, MIDPOINTS = (0.02, 0.05, 0.1, 0.2, 0.4), (10.0, 25.0, 40.0, 60.0, 80.0)
LINE = "linear in Ochiai"


@dataclass(frozen=True)
class Form:
    """A curve: its parameters, their bounds (those of P2's code), where to start; of the level in per cent.

    The straight line is of the Ochiai overlap itself.
    """

    curve: Callable[[Floats, Floats], Floats]
    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Fit:
    """A fitted form.

    Attributes
    ----------
    values : ndarray
        Parameters, in the form's order.
    r2, aicc : float
        Share of the variance explained, and Akaike's criterion corrected for few points.
    """

    values: Floats
    r2: float
    aicc: float


def _sigmoid(x: Floats, values: Floats) -> Floats:
    limit, steepness, midpoint, *floor = values
    return np.asarray(limit / (1 + np.exp(-steepness * (x - midpoint))) + sum(floor))


def _hyperbola(x: Floats, values: Floats) -> Floats:
    limit, midpoint = values
    part, half = x / 100, midpoint / 100
    # with h = half / (1 - half); limit where both parts are 0
    shared, other = part * (1 - half), (1 - part) * half
    return np.asarray(limit * shared / np.maximum(shared + other, 1e-12))


def _line(overlap: Floats, values: Floats) -> Floats:
    at_one, at_zero = values
    return np.asarray(at_zero + (at_one - at_zero) * overlap)


_GRID = tuple(product((0.7,), STEEPNESS, MIDPOINTS))
FORMS = {
    "sigmoid": Form(
        _sigmoid,
        ("limit", "steepness", "midpoint", "floor"),
        (0.0, 0.01, 0.0, -1.0),
        (1.5, 0.5, 100.0, 1.0),
        tuple((*start, 0.1) for start in _GRID),
    ),
    "sigmoid to 0": Form(_sigmoid, ("limit", "steepness", "midpoint"), (0.0, 0.01, 0.0), (1.5, 0.5, 100.0), _GRID),
    "hyperbola": Form(
        _hyperbola, ("limit", "midpoint"), (-1.5, 0.0), (1.5, 100.0), tuple((0.7, start) for start in MIDPOINTS)
    ),
    LINE: Form(_line, ("limit", "floor"), (-9, -9), (9, 9), ((0.7, 0.0),)),
}


def fit(form: Form, x: Floats, y: Floats, starts: tuple[tuple[float, ...], ...] | None = None) -> Fit:
    """Fit a form by least squares, from the best of its starts.

    Parameters
    ----------
    form : Form
        Curve.
    x, y : ndarray, shape (levels,)
        Levels in per cent (overlaps, for the straight line) and correlations.
    starts : tuple of tuple of float, optional
        Where to start, in place of the form's own.
    """

    def residuals(values: Floats) -> Floats:
        return form.curve(x, values) - y

    bounds = (form.low, form.high)
    tried = [least_squares(residuals, start, bounds=bounds) for start in starts or form.starts]
    best = min(tried, key=lambda one: one.cost)
    errors = 2 * best.cost
    total = float(((y - y.mean()) ** 2).sum())
    n, k = len(y), len(form.names) + 1  # the variance of the errors is estimated too
    room = n - k - 1
    aicc = n * np.log(max(errors, 1e-300) / n) + 2 * k * n / room if room > 0 else np.nan
    return Fit(np.asarray(best.x), 1 - errors / total if total > 0 else np.nan, float(aicc))


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
    if len(x) < len(form.names):
        return counts | {"status": f"{len(x)} levels; {len(form.names)} are needed"}
    found = fit(form, x, np.nanmean(scores, axis=1))
    values = dict(zip(form.names, map(float, found.values), strict=True))
    ends = dict(zip(form.names, zip(form.low, form.high, strict=True), strict=True))
    bound = [name for name, value in values.items() if np.isclose(value, ends[name], rtol=0, atol=1e-6).any()]
    low, high = _interval(form, x, scores, found) if "midpoint" in values else (np.nan, np.nan)
    status = f"at bound: {', '.join(bound)}" if bound else "ok"
    fitted = {"r2": found.r2, "aicc": found.aicc, "midpoint_low": low, "midpoint_high": high}
    return counts | values | fitted | {"status": status}


def _interval(form: Form, x: Floats, scores: Floats, found: Fit) -> tuple[float, float]:
    """Resample seeds, the same at every level, and fit again from the first fit's parameters."""
    n_seeds = scores.shape[1]
    if n_seeds < MIN_SEEDS:
        return np.nan, np.nan
    inside = tuple(np.clip(found.values, np.array(form.low) + 1e-9, np.array(form.high) - 1e-9))
    place = form.names.index("midpoint")
    draws = np.random.default_rng(0).integers(0, n_seeds, (RESAMPLES, n_seeds))
    means = [
        np.nanmean(scores[:, drawn], axis=1) for drawn in draws if np.isfinite(scores[:, drawn]).any(axis=1).all()
    ]
    midpoints = [fit(form, x, mean, (inside,)).values[place] for mean in means]
    low, high = np.quantile(midpoints, [0.025, 0.975]) if midpoints else (np.nan, np.nan)
    return float(low), float(high)

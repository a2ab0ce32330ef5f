"""The learning curves that are reported: coefficients with standard errors, by lmfit (P1 Fig. 4).

The fast fit finds the optimum within the bounds; lmfit starts there and gives the covariance. A coefficient at its
bound is frozen (or tied to the one that its bound depends on), since a covariance at a bound means nothing;
all others are free of bounds, so that theirs is not distorted by a transformation. Standard errors are scaled
by the reduced chi-square, as residuals carry no weights (see :mod:`mtlcurves.curves.fitting`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import lmfit
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.exponential import lowest_start
from mtlcurves.curves.fitting import Fits, fit
from mtlcurves.curves.forms import FORMS, Array, evaluate
from mtlcurves.curves.identification import NOT_IDENTIFIED, OK, coefficients_at_bound, verdicts
from mtlcurves.curves.projection import SMALLEST_RISE
from mtlcurves.schemas import SCHEMAS

log = logging.getLogger(__name__)

_KEYS = ["recipe", "arm", "subset", "task", "metric"]
_NO_ROTATION = "refused: no rotation has a score at every size"
# for these the bound of the score without data, {start}, is not one of a single coefficient
_TIES = {
    "EXP3": "log(c - {start})",
    "EXP4": "log(c - {start})",
    "WBL4": "c - {start}",
    "JANOSCHEK4": "a - {start}",
}


def fit_curves(mean_scores: pd.DataFrame, form: str) -> pd.DataFrame:
    """Fit one form to every mean curve.

    Parameters
    ----------
    mean_scores : pandas.DataFrame
        Table ``mean_scores``.
    form : str
        Name in :data:`mtlcurves.curves.forms.FORMS`.

    Returns
    -------
    pandas.DataFrame
        Table ``curves``: the form's coefficients, and for EXP3 and EXPD3 `half_size`, one row each.
    """
    if mean_scores.empty:
        return pd.DataFrame(columns=list(SCHEMAS["curves"].columns))
    ordered = mean_scores.sort_values("size", kind="stable")
    place = ordered.groupby(_KEYS, sort=False).cumcount()
    wide = ordered.assign(place=place).pivot(index=_KEYS, columns="place")
    wide = wide.loc[pd.MultiIndex.from_frame(mean_scores[_KEYS].drop_duplicates())]  # in the table's order
    x, y, sizes = (wide[name].to_numpy(float) for name in ("n_target", "score", "size"))
    keys = wide.index.to_frame(index=False)
    lowest = np.empty(len(keys))
    for metric in keys["metric"].unique():
        rows = np.flatnonzero(keys["metric"] == metric)
        lowest[rows] = lowest_start(y[rows], metric)
    fits = fit(form, x, y, lowest_start=lowest)
    status = verdicts(fits, x, y, lowest)
    status[~np.isfinite(y).any(axis=1)] = _NO_ROTATION
    values, errors = _reported(fits, x, y, status)
    rotations = wide["n_rotations"].to_numpy(float)[:, 0]
    return _rows(keys.assign(n_rotations=rotations), fits, x, sizes, values, errors, status)


def _reported(fits: Fits, x: Array, y: Array, status: NDArray[np.object_]) -> tuple[Array, Array]:
    """Coefficients and standard errors, shape (curves, p); a missing error makes `not identified`."""
    values, errors = fits.coefficients.copy(), np.full(fits.coefficients.shape, np.nan)
    if fits.form == "LAST1":
        return values, errors
    held = coefficients_at_bound(fits)
    for k in np.flatnonzero(fits.refused == ""):
        present = np.isfinite(x[k]) & np.isfinite(y[k])
        values[k], errors[k] = refine(fits.form, x[k, present], y[k, present], values[k], held[k], fits.sse[k])
    limit = np.array([name == FORMS[fits.form].limit for name in FORMS[fits.form].coefficients])
    # of a limit that is not identified the error still says how wide; any other belongs to a held bound
    errors[(status != OK) & ~(limit & (status == NOT_IDENTIFIED))] = np.nan
    status[(status == OK) & ~np.isfinite(errors)] = NOT_IDENTIFIED
    return values, errors


def refine(
    form: str, x: Array, y: Array, start: Array, held: NDArray[np.bool_], sse: float = np.inf
) -> tuple[Array, Array]:
    """Fit one curve with lmfit, from a start that is (nearly) the optimum.

    Parameters
    ----------
    form : str
        The form.
    x, y : ndarray, shape (n,)
        Labels and scores.
    start : ndarray, shape (p,)
        Coefficients, for x in labels.
    held : ndarray of bool, shape (p,)
        Coefficients at a bound, to be frozen or tied.
    sse : float
        Sum of squares of the start. Where lmfit ends elsewhere, the start is kept, without errors.

    Returns
    -------
    values, errors : ndarray, shape (p,)
        Coefficients and standard errors; NaN for frozen coefficients, and where there is no covariance.
    """
    names, rate = FORMS[form].coefficients, FORMS[form].rate
    # a rate is fitted in units of the largest x, so that the coefficients are of like size
    scale = x.max() if rate is not None else 1.0
    units = np.array([1 / scale if name == rate else 1.0 for name in names])
    free = [name for name, at_bound in zip(names, held, strict=True) if not at_bound]
    if not free:
        return start, np.full(len(names), np.nan)
    parameters = _parameters(form, dict(zip(names, start / units, strict=True)), set(free))

    def residuals(trial: lmfit.Parameters) -> Array:
        predicted = evaluate(form, x / scale, [trial[name].value for name in names])
        return np.asarray(np.nan_to_num(y - predicted, nan=1e3))  # outside a form's domain

    found = lmfit.minimize(residuals, parameters, method="leastsq", scale_covar=True)
    if abs(found.chisqr - sse) > 1e-4 * sse + 1e-12 and np.isfinite(sse):
        log.warning("%s: lmfit left the optimum (%.6g, then %.6g)", form, sse, found.chisqr)
        return start, np.full(len(names), np.nan)
    errors = [np.nan if found.params[name].stderr is None else found.params[name].stderr for name in names]
    values = np.array([found.params[name].value for name in names])
    error = np.where(held, np.nan, np.array(errors, dtype=float))
    return values * units, error * units


def _parameters(form: str, start: Mapping[str, float], free: set[str]) -> lmfit.Parameters:
    parameters = lmfit.Parameters()
    for name, value in start.items():
        parameters.add(name, value=value, vary=name in free)
    limit = FORMS[form].limit
    if form in _TIES and "b" not in free and limit in free:
        amplitude = np.exp(start["b"]) if form in ("EXP3", "EXP4") else start["b"]
        if abs(amplitude) > 2 * SMALLEST_RISE:  # else it is the rise itself that is at its bound
            parameters["b"].set(expr=_TIES[form].format(start=repr(float(start[str(limit)] - amplitude))))
    return parameters


def _rows(
    keys: pd.DataFrame,
    fits: Fits,
    x: Array,
    sizes: Array,
    values: Array,
    errors: Array,
    status: NDArray[np.object_],
) -> pd.DataFrame:
    form = FORMS[fits.form]
    last = np.isfinite(sizes).sum(axis=1) - 1
    every = np.arange(len(x))
    largest = x[every, last]
    per_fold = largest / sizes[every, last]
    shared = keys.assign(
        form=form.name,
        sse=fits.sse,
        n_points=np.isfinite(x).sum(axis=1),
        rate_range=np.nan if form.rate is None else values[:, form.coefficients.index(form.rate)] * largest,
    )
    tables = []
    for k, name in enumerate(form.coefficients):
        is_rate = name == form.rate
        unit = 1000.0 if is_rate else 1.0
        columns = {"value": values[:, k] * unit, "standard_error": errors[:, k] * unit, "status": status[:, k]}
        per_label = values[:, k] if is_rate else np.full(len(x), np.nan)
        tables.append(shared.assign(coefficient=name, per_fold=per_label * per_fold, **columns))
    if form.rate is not None and form.limit is not None:
        k = form.coefficients.index(form.rate)
        half = np.log(2) / values[:, k]
        columns = {"value": half, "standard_error": half * errors[:, k] / values[:, k], "status": status[:, k]}
        tables.append(shared.assign(coefficient="half_size", per_fold=np.nan, **columns))
    table = pd.concat(tables).sort_index(kind="stable").reset_index(drop=True)
    return table[list(SCHEMAS["curves"].columns)]

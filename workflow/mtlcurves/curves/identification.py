"""What the points of a curve say about each coefficient: ok, at bound, or not identified.

The verdicts, in this order:

- A coefficient at its bound is `at bound`. If that is the limit (a score of 1), all others are `not identified`:
  they are only known given that limit. If it is another one, the coefficients that bend the curve with it are.
- `not identified` are all coefficients but the limit of a curve that does not differ from a constant (F test at
  5 %): a flat curve has a limit, and no rate.
- `not identified` is a limit whose 95 % profile-likelihood interval runs from 0.95 or lower up to 1, the highest
  score there is. Its upper end is then set by that bound and not by the points. (An interval that reaches 1 within
  0.05 is a curve that does end near 1.) This is so for most curves whose rate times largest n is below 2.

Forms without a limit have none of the last two; their coefficients may still lack a standard error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mtlcurves.curves.fitting import Fits, fit
from mtlcurves.curves.forms import FORMS, Array
from mtlcurves.curves.shapes import SHAPES

OK, AT_BOUND, NOT_IDENTIFIED = "ok", "at bound", "not identified"
_LEVEL = 0.95
_WIDE = 0.05
# the coefficient that gives way when the score without labels is at its bound
START_COEFFICIENT = {
    "EXP3": "b",
    "EXP4": "b",
    "WBL4": "b",
    "JANOSCHEK4": "b",
    "EXPD3": "a",
    "MMF4": "a",
    "LOGPOW3": "a",
    "VAP3": "a",
}


def verdicts(fits: Fits, x: Array, y: Array, lowest_start: Array) -> NDArray[np.object_]:
    """Judge every coefficient of every fitted curve.

    Parameters
    ----------
    fits : Fits
        What :func:`mtlcurves.curves.fitting.fit` made of the curves.
    x, y : ndarray, shape (curves, n)
        Labels and scores; NaN where missing.
    lowest_start : ndarray, shape (curves,)
        Lower bound of the score without data, as it was fitted with.

    Returns
    -------
    ndarray of str, shape (curves, p)
        ``refused: ...`` where there is no fit.
    """
    form = FORMS[fits.form]
    status = np.full(fits.coefficients.shape, OK, dtype=object)
    bound = coefficients_at_bound(fits)
    bends = np.array([name != form.limit for name in form.coefficients])
    other_bound = (bound & bends).any(axis=1)
    status[np.ix_(other_bound | fits.limit_at_bound, bends)] = NOT_IDENTIFIED
    if form.limit is not None:
        spare = np.isfinite(y).sum(axis=1) - len(form.coefficients)
        status[np.ix_(_flat(fits, y, spare), bends)] = NOT_IDENTIFIED
        status[np.ix_(_open_limit(fits, x, y, lowest_start, spare), ~bends)] = NOT_IDENTIFIED
    status[bound] = AT_BOUND
    for k in np.flatnonzero(fits.refused != ""):
        status[k] = f"refused: {fits.refused[k]}"
    return status


def coefficients_at_bound(fits: Fits) -> NDArray[np.bool_]:
    """Say which coefficients are at a bound, shape (curves, p)."""
    names = FORMS[fits.form].coefficients
    bound = np.zeros(fits.coefficients.shape, dtype=bool)
    limit, start = FORMS[fits.form].limit, START_COEFFICIENT.get(fits.form)
    if limit is not None:
        bound[:, names.index(limit)] |= fits.limit_at_bound
    if start is not None:
        bound[:, names.index(start)] |= fits.start_at_bound
    for k, axis in enumerate(SHAPES[fits.form].axes if fits.form in SHAPES else ()):
        bound[:, names.index(axis.coefficient)] |= fits.axis_at_bound[:, k]
    return bound


def _flat(fits: Fits, y: Array, spare: NDArray[np.int64]) -> NDArray[np.bool_]:
    extra = fits.coefficients.shape[1] - 1
    mean = np.nanmean(np.where(np.isfinite(y).any(axis=1, keepdims=True), y, 0.0), axis=1, keepdims=True)
    constant = np.nansum((y - mean) ** 2, axis=1)
    return _accepted(constant, fits.sse, extra, spare)


def _open_limit(
    fits: Fits, x: Array, y: Array, lowest_start: Array, spare: NDArray[np.int64]
) -> NDArray[np.bool_]:
    accepted = np.ones(len(y), dtype=bool)
    for limit in (1.0, 1.0 - _WIDE):
        held = fit(fits.form, x, y, lowest_start=np.minimum(lowest_start, limit), limit=limit)
        accepted &= _accepted(held.sse, fits.sse, 1, spare)
    return accepted


def _accepted(restricted: Array, free: Array, extra: int, spare: NDArray[np.int64]) -> NDArray[np.bool_]:
    """F test: whether a restricted fit is not significantly worse than the free one."""
    degrees = np.maximum(spare, 1)
    threshold = 1 + extra / degrees * stats.f.ppf(_LEVEL, extra, degrees)
    with np.errstate(invalid="ignore"):
        return np.asarray(restricted <= free * threshold + 1e-15)

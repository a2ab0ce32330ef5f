"""Fit any form to thousands of curves at once: a deterministic search, then a bounded polish; no restarts.

For each form a fixed grid over its one or two nonlinear coefficients is searched, the levels solved in closed
form at every grid point (variable projection), and the best separate minima of the grid are polished. The
loss is the plain sum of squares: weights pooled over sizes, as they should be with few correlated rotations,
are the same at all points of a curve and change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mtlcurves.curves.forms import FORMS, Array, evaluate
from mtlcurves.curves.polish import polish
from mtlcurves.curves.projection import SMALLEST_RISE, Box, project, sum_of_squares
from mtlcurves.curves.shapes import SHAPES, Points, Shape

# numbers held at once in the search: small enough for a processor's cache
_CHUNK = 200_000
_POLISHED_TOGETHER = 8_192
_STARTS = 3


@dataclass(frozen=True)
class Fits:
    """One form fitted to many curves.

    Attributes
    ----------
    form : str
        The form.
    coefficients : ndarray, shape (curves, p)
        For x in labels; NaN where refused.
    sse : ndarray, shape (curves,)
        Sum of squared residuals; NaN where refused.
    refused : ndarray of str, shape (curves,)
        Why there is no fit; empty where there is one.
    limit_at_bound, start_at_bound : ndarray of bool, shape (curves,)
        Whether a level is at its bound (for a form that must rise: also when it does not).
    axis_at_bound : ndarray of bool, shape (curves, axes)
        Whether a nonlinear coefficient is at its bound.
    """

    form: str
    coefficients: Array
    sse: Array
    refused: NDArray[np.str_]
    limit_at_bound: NDArray[np.bool_]
    start_at_bound: NDArray[np.bool_]
    axis_at_bound: NDArray[np.bool_]

    def predict(self, x: ArrayLike) -> Array:
        """Scores at numbers of labels, shape (curves, n); NaN where refused."""
        return evaluate(self.form, x, self.coefficients)


def fit(
    form: str,
    x: ArrayLike,
    y: ArrayLike,
    *,
    lowest_start: ArrayLike = 0.0,
    limit: ArrayLike | None = None,
    spare_points: int = 1,
) -> Fits:
    """Fit a form to many curves.

    Parameters
    ----------
    form : str
        Name in :data:`mtlcurves.curves.forms.FORMS`.
    x, y : array_like, shape (curves, n)
        Numbers of labels and scores; a point whose score (or x) is NaN is left out.
    lowest_start : array_like, shape () or (curves,)
        Lower bound of the score without data, for the forms that have one.
    limit : array_like, shape () or (curves,), optional
        Fix the score with endless data, for a profile; free within [0, 1] when left out.
    spare_points : int
        Points (at distinct x) needed beyond the number of coefficients; 0 interpolates.

    Returns
    -------
    Fits
        In the order of the curves; the result for a curve does not depend on the others.
    """
    x, y = np.atleast_2d(np.asarray(x, dtype=float)), np.atleast_2d(np.asarray(y, dtype=float))
    fits = _empty(form, len(y))
    floor = np.broadcast_to(np.asarray(lowest_start, dtype=float), len(y))
    fixed = None if limit is None else np.broadcast_to(np.asarray(limit, dtype=float), len(y))
    present = np.isfinite(x) & np.isfinite(y)
    fits.refused[:] = refusals(form, np.where(present, x, np.nan), spare_points)
    counts = present.sum(axis=1)
    for count in np.unique(counts[fits.refused == ""]):
        rows = np.flatnonzero((counts == count) & (fits.refused == ""))
        held = present[rows]
        part = x[rows][held].reshape(-1, count), y[rows][held].reshape(-1, count)
        if form == "LAST1":
            _put_last(fits, rows, part[1])
        else:
            _fit_alike(fits, rows, *part, floor[rows], None if fixed is None else fixed[rows])
    return fits


def refusals(form: str, x: Array, spare_points: int = 1) -> NDArray[np.str_]:
    """Say why a form cannot be fitted to curves with these numbers of labels.

    Parameters
    ----------
    form : str
        The form.
    x : ndarray, shape (curves, n)
        Numbers of labels; NaN where a point is missing.
    spare_points : int
        Points (at distinct x) needed beyond the number of coefficients.

    Returns
    -------
    ndarray of str, shape (curves,)
        Empty where nothing is in the way.
    """
    ordered = np.sort(x, axis=1)  # NaN last, so that differences with it are no new points
    distinct = np.isfinite(ordered[:, :1]).sum(axis=1) + (np.diff(ordered, axis=1) > 0).sum(axis=1)
    n = len(FORMS[form].coefficients)
    needed = 1 if form == "LAST1" else n + spare_points
    reasons = np.full(len(x), "", dtype="U80")
    low = (x <= FORMS[form].above).any(axis=1)
    reasons[low] = f"{form} needs more than {FORMS[form].above:g} labels at every size"
    for count in np.unique(distinct[distinct < needed]):
        reasons[distinct == count] = f"{count} points, {form} with {n} coefficients needs {needed}"
    return reasons


def _empty(form: str, n: int) -> Fits:
    axes = len(SHAPES[form].axes) if form in SHAPES else 0
    return Fits(
        form,
        np.full((n, len(FORMS[form].coefficients)), np.nan),
        np.full(n, np.nan),
        np.full(n, "", dtype="U80"),
        np.zeros(n, dtype=bool),
        np.zeros(n, dtype=bool),
        np.zeros((n, axes), dtype=bool),
    )


def _put_last(fits: Fits, rows: NDArray[np.intp], y: Array) -> None:
    fits.coefficients[rows, 0] = y[:, -1]
    fits.sse[rows] = sum_of_squares(y - y[:, -1:])


def _fit_alike(
    fits: Fits, rows: NDArray[np.intp], x: Array, y: Array, lowest_start: Array, fixed_limit: Array | None
) -> None:
    """Fit curves with the same number of points."""
    shape, points = SHAPES[fits.form], Points.of(x)
    box = _box(shape, lowest_start, fixed_limit)
    theta = _best_theta(shape, points, y, box)
    limit, start, residuals = project(shape, points, theta, y, box)
    entries = tuple(theta[:, k] for k in range(theta.shape[1]))
    flat_points = Points(points.u, points.log_u, points.log_scale[:, 0], points.log_first[:, 0])
    columns = shape.coefficients(limit, start, flat_points, *entries)
    fits.coefficients[rows] = np.stack(columns, axis=1)
    fits.sse[rows] = sum_of_squares(residuals)
    near = 1e-9
    level = shape.rising & (start >= limit - SMALLEST_RISE * 1.001)  # no rise, whatever its rate
    if FORMS[fits.form].limit is not None:
        fits.limit_at_bound[rows] = (limit <= box.limit_low + near) | (limit >= box.limit_high - near)
    fits.start_at_bound[rows] = (start <= box.start_low + near) | (start >= box.start_high - near) | level
    for k, axis in enumerate(shape.axes):
        fits.axis_at_bound[rows, k] = (
            (theta[:, k] <= axis.low + near) | (theta[:, k] >= axis.high - near)
        ) & ~level


def _box(shape: Shape, lowest_start: Array, fixed_limit: Array | None) -> Box:
    ones = np.ones(len(lowest_start))
    start_low = lowest_start if shape.start_is_score else shape.start[0] * ones
    if fixed_limit is not None:
        return Box(fixed_limit, fixed_limit, start_low, shape.start[1] * ones)
    return Box(shape.limit[0] * ones, shape.limit[1] * ones, start_low, shape.start[1] * ones)


def _best_theta(shape: Shape, points: Points, y: Array, box: Box) -> Array:
    """Search, then polish a few starts of every curve and keep the best, shape (curves, axes)."""
    curve, theta = _search(shape, points, y, box)
    sse = np.empty(len(curve))
    for first in range(0, len(curve), _POLISHED_TOGETHER):
        part = slice(first, first + _POLISHED_TOGETHER)
        of = curve[part]
        theta[part], sse[part] = polish(shape, points[of], theta[part], y[of], box[of])
    order = np.lexsort((sse, curve))
    return theta[order][np.unique(curve[order], return_index=True)[1]]


def _search(shape: Shape, points: Points, y: Array, box: Box) -> tuple[NDArray[np.intp], Array]:
    """Best separate minima over the grid of theta: the curve of each, and theta, shape (starts, axes)."""
    grid = shape.grid()
    sizes = tuple(len(axis.grid) for axis in shape.axes)
    step = max(1, _CHUNK // (len(grid) * y.shape[1]))
    curves, thetas = [], []
    for first in range(0, len(y), step):
        part = slice(first, first + step)
        sse = sum_of_squares(project(shape, points[part, None], grid[None], y[part, None], box[part, None])[2])
        if shape.axes:
            sse = _only_minima(sse.reshape(-1, *sizes)).reshape(len(sse), -1)
        best = np.argsort(sse, axis=1, kind="stable")[:, :_STARTS]
        curve, start = np.nonzero(np.isfinite(np.take_along_axis(sse, best, axis=1)))
        curves.append(first + curve)
        thetas.append(grid[best[curve, start]])
    return np.concatenate(curves), np.concatenate(thetas)


def _only_minima(sse: Array) -> Array:
    # starts that lie in the same valley as a better one are not worth a polish
    kept = np.ones(sse.shape, dtype=bool)
    for axis in range(1, sse.ndim):
        rise = np.diff(sse, axis=axis)
        ahead = np.concatenate([rise, np.full_like(rise.take([0], axis), np.inf)], axis=axis)
        behind = np.concatenate([np.full_like(rise.take([0], axis), -np.inf), rise], axis=axis)
        kept &= (ahead >= 0) & (behind <= 0)
    return np.where(kept, sse, np.inf)

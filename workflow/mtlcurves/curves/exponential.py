"""Many fits of P1's exponential learning curve at once, with standard errors and a verdict on each coefficient.

The curve of P1 (Millinghoffer, Bolgar and Antal, arXiv 2512.24866) is

    score = c - exp(b - offset - a x)

with x the labels whose weight `a` is sought and `offset` what earlier stages have frozen: 0 for EXP3,
a_i n_i for EXP3.2, a_i n_i + a_iS n_S for EXP3.3 (Eq. 16).

Bounds: c <= 1; c - e^b, the score without labels, at least :func:`lowest_start`; an own weight is
positive, all other weights are free in sign. A lower bound on c is not needed: e^b > 0 keeps the curve below c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mtlcurves.curves.profile import HIGHEST, STEEPEST, CurvePoints, Floats, search

MIN_POINTS = 4
"""Points a fit needs: one more than its coefficients."""
FLATTEST = 1e-3
"""Own weight times the largest x below which the weight counts as at its bound 0."""

_CLOSE = 1e-9  # a bound nearer than this is met; a fitted curve that spans less than this has no shape
_RANK = 1e-7  # ratio of singular values below which coefficients cannot be told apart
_CHUNK = 2048  # curves worked on together: bounds the memory and changes no result


@dataclass(frozen=True)
class Fits:
    """Fitted curves, one entry per curve.

    Attributes
    ----------
    a, b, c : ndarray, shape (curves,)
        Coefficients; NaN where refused, or where the points do not determine them at all. One that is not
        identified but has a value is known only given another's bound. `a` is in units of 1 / x.
    error : ndarray, shape (curves, 3)
        Standard errors of a, b and c; NaN where undefined.
    status : ndarray of str, shape (curves, 3)
        Of a, b and c: ``ok``, ``at bound``, ``not identified`` or ``refused: ...``.
    sse : ndarray, shape (curves,)
        Weighted sum of squared residuals.
    n_points : ndarray of int, shape (curves,)
        Points fitted.
    """

    a: Floats
    b: Floats
    c: Floats
    error: Floats
    status: NDArray[np.object_]
    sse: Floats
    n_points: NDArray[np.int64]


def lowest_start(score: ArrayLike, metric: str) -> Floats:
    """Return the lower bound of a curve's score without labels, c - e^b.

    0.3 for AUROC, well below the 0.5 of a guess, or the lowest observed score where that is lower still; 0 for
    AUPR and average precision, whose guess is the prevalence.

    Parameters
    ----------
    score : array_like, shape (curves, points)
        Scores, NaN where missing.
    metric : str
        auroc, aupr or average_precision.
    """
    scores = np.asarray(score, float)
    if metric != "auroc":
        return np.zeros(len(scores))
    return np.asarray(np.where(np.isnan(scores), 0.3, np.minimum(scores, 0.3)).min(axis=1))


def fit(points: CurvePoints, *, positive: bool, lowest: ArrayLike = 0.0, row_variance: ArrayLike = np.nan) -> Fits:
    """Fit c - exp(b - offset - a x) to every curve.

    Parameters
    ----------
    points : CurvePoints
        The curves.
    positive : bool
        Whether `a` is an own weight, which is positive.
    lowest : array_like, shape (curves,)
        Lower bound of c - e^b.
    row_variance : array_like, shape (curves, points)
        Variances of points that are known from elsewhere; NaN where the reduced chi-square serves.

    Returns
    -------
    Fits
        Refused with fewer than :data:`MIN_POINTS` points, or where no point has an x other than 0.
    """
    n_curves = len(points.score)
    low = np.broadcast_to(np.asarray(lowest, float), (n_curves,))
    variance = np.broadcast_to(np.asarray(row_variance, float), points.score.shape)
    coefficients, error = np.full((n_curves, 3), np.nan), np.full((n_curves, 3), np.nan)
    status, sse = np.full((n_curves, 3), "", dtype=object), np.full(n_curves, np.nan)
    n_points = (points.weight > 0).sum(axis=1)
    status[points.largest_x == 0] = "refused: no labels of this kind"
    for count in np.unique(n_points[n_points < MIN_POINTS]):
        status[n_points == count] = f"refused: {count} points, at least {MIN_POINTS} are needed"
    fitted = np.flatnonzero(status[:, 0] == "")
    for start in range(0, len(fitted), _CHUNK):
        rows = fitted[start : start + _CHUNK]
        chunk = points[rows]
        a, c, amplitude, sse[rows] = search(chunk, low[rows], positive)
        with np.errstate(divide="ignore"):
            coefficients[rows] = np.stack([a, np.log(amplitude), c], axis=1)
        error[rows] = _standard_errors(chunk, a, amplitude, sse[rows], variance[rows])
        status[rows], traceless = _verdicts(chunk, coefficients[rows], error[rows], low[rows], positive)
        coefficients[rows] = np.where(traceless, np.nan, coefficients[rows])
    error[status != "ok"] = np.nan
    a, b, c = coefficients.T
    return Fits(a, b, c, error, status, sse, n_points)


def _verdicts(
    points: CurvePoints, coefficients: Floats, error: Floats, low: Floats, positive: bool
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Judge the coefficients, and mark those that have no trace in the points: they have no value.

    The rule on bounds is that of :mod:`mtlcurves.curves.identification`: with the limit c at its bound, a and b
    are known only given that limit; with b at its bound, a is known only given that start.
    """
    a, b, c = coefficients.T
    amplitude, steepness = np.exp(b), a * points.largest_x
    status = np.full((len(a), 3), "ok", dtype=object)
    deficient = np.isnan(error).any(axis=1)
    status[deficient] = "not identified"
    at_end = np.abs(steepness) >= STEEPEST * (1 - 1e-6)
    bound = np.stack(
        [
            at_end | (positive & (steepness < FLATTEST)),
            c - amplitude <= low + _CLOSE,
            c >= HIGHEST - _CLOSE,
        ],
        axis=1,
    )
    status[bound.any(axis=1), :2] = "not identified"
    status[bound] = "at bound"
    gap = np.where(points.weight > 0, amplitude[:, None] * points.decay(a[:, None])[:, 0], np.nan)
    flat = np.nanmax(gap, axis=1) - np.nanmin(gap, axis=1) < _CLOSE
    status[flat] = "not identified", "not identified", "ok"
    traceless = np.stack([deficient | flat, deficient | flat, deficient & ~flat], axis=1)
    return status, traceless & (status == "not identified")


def _standard_errors(points: CurvePoints, a: Floats, amplitude: Floats, sse: Floats, variance: Floats) -> Floats:
    """Return standard errors from the Jacobian in a, b and c; NaN for all three where its rank is deficient.

    All three coefficients count as free, so a coefficient at its bound makes the others' errors cautious.
    """
    present = points.weight > 0
    decay = points.decay(a[:, None])[:, 0]
    full_decay = np.exp(-points.offset - a[:, None] * points.x)
    by_a = amplitude[:, None] * points.x * full_decay
    by_b = -amplitude[:, None] * decay
    root = np.sqrt(points.weight)[:, :, None]
    jacobian = root * np.stack([by_a, by_b, (~points.differenced).astype(float)], axis=2)
    norm = np.linalg.norm(jacobian, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        left, singular, right = np.linalg.svd(np.nan_to_num(jacobian / norm[:, None, :]), full_matrices=False)
        # the linear map from weighted residuals to coefficients: what each point's error does to each coefficient
        response = np.einsum("csk,cs,cps->ckp", right, 1 / singular, left) / norm[:, :, None]
        reduced = sse / (present.sum(axis=1) - 3)
    known = np.where(np.isnan(variance), reduced[:, None], variance * points.weight)
    with np.errstate(invalid="ignore"):
        error = np.sqrt((response**2 * np.where(present, known, 0.0)[:, None, :]).sum(axis=2))
    error[singular[:, -1] <= _RANK * singular[:, 0]] = np.nan
    return np.asarray(error)

"""Stages 1 and 2 of P1's transfer estimation (Millinghoffer, Bolgar and Antal, section 4; Eq. 14 to 16).

1. single-task scores:    c_i  - exp(b_i  - a_i n_i)                          frees a_i
2. multi-task scores:     c_iS - exp(b_iS - a_i n_i - a_iS n_S)               frees a_iS, a_i frozen
3. one auxiliary raised:  c_ij - exp(b_ij - a_i n_i - a_iS n_S - a_ij n_j)    frees a_ij, a_i and a_iS frozen

b and c are fitted anew at each stage. n_i are the target's labels, n_S those of all other tasks at the reference
size (Eq. 15), n_j the auxiliary's labels beyond it, 0 at a reference point: a_ij weighs the added labels alone,
and 0 says that they change nothing. The printed Eq. 16 has its indices swapped; this reading follows from the
text, which calls the earlier stages EXP3.3 with these arguments 0. All counts are in thousands of labels.

On the grid of equal sizes n_i and n_S are proportional; stage 2 can tell their weights apart only because
stage 1 has settled a_i, whose error it inherits in full.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mtlcurves.curves import fitting
from mtlcurves.curves.exponential import Fits, fit, lowest_start
from mtlcurves.curves.frozen import LabelCounts, refit
from mtlcurves.curves.identification import verdicts
from mtlcurves.curves.profile import CurvePoints
from mtlcurves.curves.score_arrays import (
    ArmScores,
    Floats,
    Mask,
    count_rotations,
    mean_over,
    valid_everywhere,
)

LABELS = 1000.0
"""Labels in the unit of all counts here."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MeanCurves:
    """Mean learning curves of one arm, one row a task; counts in thousands of labels."""

    score: Floats
    own: Floats
    complement: Floats
    n_rotations: NDArray[np.int64]

    @classmethod
    def of(cls, arm: ArmScores, metric: str, valid: Mask | None = None) -> MeanCurves:
        """Average over the rotations that are valid at every size, or over given ones."""
        valid = valid_everywhere(arm.score[metric]) if valid is None else valid
        parts = (mean_over(part, valid) for part in (arm.score[metric], arm.own, arm.complement))
        score, own, complement = parts
        return cls(score, own / LABELS, complement / LABELS, count_rotations(valid))


def single_task_stage(curves: MeanCurves, metric: str) -> Fits:
    """Fit a_i, b_i and c_i to single-task curves (stage 1)."""
    low = lowest_start(curves.score, metric)
    fits = fit(CurvePoints.of(curves.score, curves.own), positive=True, lowest=low)
    fits = refuse(fits, curves.n_rotations == 0, "no rotation has a score at every size")
    nothing = np.zeros_like(curves.own)
    frozen = np.zeros((len(low), 2))
    fits = _confirmed(fits, "a_i", curves.score, (curves.own, nothing, nothing), frozen, low)
    # the same curves under the same form as in the table of curves: one verdict
    alike = fitting.fit("EXP3", curves.own, curves.score, lowest_start=low)
    status = np.where(np.isnan(fits.a)[:, None], fits.status, verdicts(alike, curves.own, curves.score, low))
    return replace(fits, status=status, error=np.where(status == "ok", fits.error, np.nan))


def multi_task_stage(curves: MeanCurves, metric: str, first: Fits) -> Fits:
    """Fit a_iS, b_iS and c_iS to multi-task curves (stage 2), with the own weights of stage 1."""
    low, a_i = lowest_start(curves.score, metric), first.a
    points = CurvePoints.of(curves.score, curves.complement, a_i[:, None] * curves.own)
    fits = fit(points, positive=False, lowest=low)
    fits = refuse(fits, np.isnan(a_i), "stage 1 gives no a_i")
    fits = refuse(fits, curves.n_rotations == 0, "no rotation has a score at every size")
    frozen = np.stack([a_i, np.zeros_like(a_i)], axis=1)
    counts = (curves.own, curves.complement, np.zeros_like(curves.own))
    return given(_confirmed(fits, "a_iS", curves.score, counts, frozen, low), first.status[:, 0])


def given(fits: Fits, *frozen: NDArray[np.object_]) -> Fits:
    """Call a weight not identified where one frozen in its fit is not: it is known only given that one."""
    lost = np.any([weight != "ok" for weight in frozen], axis=0) & (fits.status[:, 0] == "ok")
    status, error = fits.status.copy(), fits.error.copy()
    status[lost, 0], error[lost, 0] = "not identified", np.nan
    return replace(fits, status=status, error=error)


def refuse(fits: Fits, rows: NDArray[np.bool_], reason: str) -> Fits:
    """Take back the fits of some curves, and say why."""
    a, b, c, sse = (np.where(rows, np.nan, part) for part in (fits.a, fits.b, fits.c, fits.sse))
    error = np.where(rows[:, None], np.nan, fits.error)
    status = np.where(rows[:, None], f"refused: {reason}", fits.status)
    return replace(fits, a=a, b=b, c=c, error=error, status=status, sse=sse)


def _confirmed(
    fits: Fits, freed: str, score: Floats, counts: tuple[Floats, Floats, Floats], frozen: Floats, low: Floats
) -> Fits:
    """Replace the fits inside their bounds by lmfit's; at a bound lmfit's covariance means nothing."""
    a, b, c, error = (part.copy() for part in (fits.a, fits.b, fits.c, fits.error))
    for row in np.flatnonzero((fits.status == "ok").all(axis=1)):
        start = {"a_i": frozen[row, 0], "a_iS": frozen[row, 1], "a_ij": 0.0, "b": b[row], "c": c[row]}
        start[freed] = a[row]
        present = np.isfinite(score[row])
        labels = LabelCounts(*(count[row, present] for count in counts))
        value, spread, sse = refit(score[row, present], labels, start, freed, float(low[row]))
        if sse > fits.sse[row] * (1 + 1e-6) + 1e-12:
            log.warning("lmfit ends at a sum of squares of %g, above %g; kept the latter", sse, fits.sse[row])
            continue
        a[row], b[row], c[row] = value[freed], value["b"], value["c"]
        error[row] = spread[freed], spread["b"], spread["c"]
    return replace(fits, a=a, b=b, c=c, error=error)

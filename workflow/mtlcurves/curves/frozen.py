"""EXP3.3 of P1 (Eq. 16) fitted by lmfit, coefficients of earlier stages frozen: the reporting fitter.

    score = c - exp(b - a_i n_i - a_iS n_S - a_ij n_j)

Stage 1 frees a_i, b and c (n_S = n_j = 0), stage 2 frees a_iS, b and c, stage 3 frees a_ij, b and c.
lmfit starts from the fast fit (:mod:`mtlcurves.curves.exponential`), which it must confirm; a curve takes it about
ten milliseconds, so it reports stages 1 and 2, and the fast fit reports the map of stage 3, where a large
study has a hundred thousand pairs (the tests hold the two together).
"""

from __future__ import annotations

from dataclasses import dataclass

import lmfit
import numpy as np

from mtlcurves.curves.profile import HIGHEST, Floats

_TOLERANCE = 1e-14


@dataclass(frozen=True)
class LabelCounts:
    """Labels behind each point of one curve: own, of all other tasks, and extra ones of the auxiliary."""

    own: Floats
    complement: Floats
    auxiliary: Floats


def exp33(labels: LabelCounts, a_i: float, a_iS: float, a_ij: float, b: float, c: float) -> Floats:
    """Score of EXP3.3 (P1 Eq. 16); weights are per label, in the unit of the counts."""
    exponent = b - a_i * labels.own - a_iS * labels.complement - a_ij * labels.auxiliary
    return np.asarray(c - np.exp(exponent))


def refit(
    score: Floats, labels: LabelCounts, start: dict[str, float], freed: str, lowest: float
) -> tuple[dict[str, float], dict[str, float], float]:
    """Fit one curve with lmfit from a start inside the bounds.

    Parameters
    ----------
    score : ndarray, shape (points,)
        Mean scores.
    labels : LabelCounts
        Labels of each point.
    start : dict of str to float
        a_i, a_iS, a_ij, b and c.
    freed : str
        The weight that is fitted with b and c; the others stay as they start.
    lowest : float
        Lower bound of c - e^b.

    Returns
    -------
    value, error : dict of str to float
        Of the freed weight, b and c; an error is NaN where lmfit gives none.
    sse : float
        Sum of squared residuals.
    """
    names = ("a_i", "a_iS", "a_ij", "b", "c")
    result = lmfit.minimize(
        lambda p: exp33(labels, *(p[name].value for name in names)) - score,
        _parameters(start, freed, lowest),
        method="least_squares",
        ftol=_TOLERANCE,
        xtol=_TOLERANCE,
        gtol=_TOLERANCE,
    )
    fitted = {name: result.params[name] for name in (freed, "b", "c")}
    value = {name: float(parameter.value) for name, parameter in fitted.items()}
    error = {name: float(p.stderr) if p.stderr is not None else np.nan for name, p in fitted.items()}
    return value, error, float(result.chisqr)


def _parameters(start: dict[str, float], freed: str, lowest: float) -> lmfit.Parameters:
    parameters = lmfit.Parameters()
    for name in ("a_i", "a_iS", "a_ij"):
        low = 0.0 if name == "a_i" else -np.inf
        parameters.add(name, value=start[name], vary=name == freed, min=low)
    parameters.add("c", value=start["c"], min=lowest, max=HIGHEST)
    # the share of the room below c that the gap without labels takes: a box holds both bounds of c - e^b
    share = np.exp(start["b"]) / (start["c"] - lowest)
    parameters.add("share", value=share, min=0.0, max=1.0)
    parameters.add("b", expr=f"log(share * (c - {lowest!r}))")
    return parameters

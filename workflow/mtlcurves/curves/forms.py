"""The 17 parametric forms of a learning curve (Viering & Loog's Table 1 as LCDB encodes it).

x is a number of training labels. Coefficients carry LCDB's names, but for EXP3, which is written as P1
(Millinghoffer et al. 2025) writes its EXP3(n): ``c - exp(b - a n)``, so that the curve always rises to c.
P1's Table 1 compares ILOG2, EXP3 and EXP4; :mod:`mtlcurves.curves.selection` ranks all forms.

EXP3 and EXPD3 are one family, and so are EXP4, WBL4 and JANOSCHEK4 (EXP4's amplitude has a fixed sign);
EXP4 with exponent 1 is EXP3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# exp() of more overflows; a clipped exponent gives a large finite number, which a fit can step back from
_LARGEST_EXPONENT = 700.0


@dataclass(frozen=True)
class Form:
    """A parametric form of a learning curve.

    Attributes
    ----------
    name : str
        Name, its last digit the number of coefficients.
    coefficients : tuple of str
        Names, in the order in which `curve` takes them.
    curve : callable
        ``curve(x, *coefficients)``, vectorised.
    limit : str or None
        The coefficient that is the score with endless data.
    rate : str or None
        The coefficient in units of 1 / label (or of score / label).
    above : float
        x must be larger than this.
    """

    name: str
    coefficients: tuple[str, ...]
    curve: Callable[..., Array]
    limit: str | None = None
    rate: str | None = None
    above: float = 0.0


def clipped_exp(exponent: Array) -> Array:
    """Exponential that neither overflows nor underflows to an error."""
    return np.exp(np.clip(exponent, -_LARGEST_EXPONENT, _LARGEST_EXPONENT))


def _power(x: Array, exponent: Array) -> Array:
    # x < 0 gives NaN, x = 0 a tiny or a huge finite number
    return clipped_exp(exponent * np.log(x))


def _ilog2(x: Array, a: Array, b: Array) -> Array:
    return np.where(x > 1, b - a / np.log(x), np.nan)


def _expp3(x: Array, a: Array, b: Array, c: Array) -> Array:
    return np.where(x > b, c - clipped_exp(_power(x - b, a)), np.nan)


def _mmf4(x: Array, a: Array, b: Array, c: Array, d: Array) -> Array:
    start_share = 1 / (1 + _power(x, d) / b)
    return c + (a - c) * start_share


def _pow4(x: Array, a: Array, b: Array, c: Array, d: Array) -> Array:
    return np.where(x + d > 0, a - b * _power(x + d, -c), np.nan)


_ALL = (
    Form("LAST1", ("a",), lambda x, a: a + 0 * x, above=-np.inf),
    Form("POW2", ("a", "b"), lambda x, a, b: -a * _power(x, -b)),
    Form("LOG2", ("a", "b"), lambda x, a, b: -a * np.log(x) + b),
    Form("EXP2", ("a", "b"), lambda x, a, b: a * clipped_exp(-b * x), rate="b"),
    Form("LIN2", ("a", "b"), lambda x, a, b: a * x + b, rate="a"),
    Form("ILOG2", ("a", "b"), _ilog2, above=1.0),
    Form("POW3", ("a", "b", "c"), lambda x, a, b, c: a - b * _power(x, -c), limit="a"),
    Form("EXP3", ("a", "b", "c"), lambda x, a, b, c: c - clipped_exp(b - a * x), limit="c", rate="a"),
    Form("VAP3", ("a", "b", "c"), lambda x, a, b, c: clipped_exp(a + b / x + c * np.log(x))),
    Form("EXPP3", ("a", "b", "c"), _expp3),
    Form("EXPD3", ("a", "b", "c"), lambda x, a, b, c: c - (c - a) * clipped_exp(-b * x), limit="c", rate="b"),
    Form("LOGPOW3", ("a", "b", "c"), lambda x, a, b, c: a / (1 + clipped_exp(c * (np.log(x) - b)))),
    Form("MMF4", ("a", "b", "c", "d"), _mmf4, limit="c"),
    Form("WBL4", ("a", "b", "c", "d"), lambda x, a, b, c, d: c - b * clipped_exp(-a * _power(x, d)), limit="c"),
    Form("EXP4", ("a", "b", "c", "d"), lambda x, a, b, c, d: c - clipped_exp(b - a * _power(x, d)), limit="c"),
    Form("POW4", ("a", "b", "c", "d"), _pow4, limit="a"),
    Form(
        "JANOSCHEK4",
        ("a", "b", "c", "d"),
        lambda x, a, b, c, d: a - b * clipped_exp(-c * _power(x, d)),
        limit="a",
    ),
)

FORMS: dict[str, Form] = {form.name: form for form in _ALL}


def evaluate(form: str, x: ArrayLike, coefficients: ArrayLike) -> Array:
    """Score that a form gives at some numbers of labels.

    Parameters
    ----------
    form : str
        Name in :data:`FORMS`.
    x : array_like, shape (..., n)
        Numbers of labels.
    coefficients : array_like, shape (..., p)
        In the order of ``FORMS[form].coefficients``; x in labels (not thousands of labels).

    Returns
    -------
    ndarray, shape (..., n)
        NaN where the form is undefined: x <= 1 (ILOG2), x <= b (EXPP3), x + d <= 0 (POW4). Exponents are
        clipped, so that nothing overflows to infinity.
    """
    values = np.asarray(coefficients, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        columns = (values[..., k, None] for k in range(values.shape[-1]))
        return FORMS[form].curve(np.asarray(x, dtype=float), *columns)

"""Counts and numbers as sentences write them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import pandas as pd

from mtlcurves.reporting.style import signed

_STRONG = 0.9  # an interval that leaves such a correlation open tells nothing of its absence


def are(count: int) -> str:
    """Return is or are, as a count asks."""
    return "is" if count == 1 else "are"


def have(count: int) -> str:
    """Return has or have, as a count asks."""
    return "has" if count == 1 else "have"


def per_cent(share: float) -> str:
    """Write a share of the gap in per cent, with two digits."""
    return f"{number(100 * share)} %"


def points(change: float) -> str:
    """Write a change of a score; a very small one as a bound."""
    return number(change) if change >= 1e-4 else "less than 0.0001"


def number(value: float) -> str:
    """Write a number with two digits and a true minus."""
    return f"{float(f'{value:.2g}'):,.10g}".replace("-", "\N{MINUS SIGN}")


def p_value(p: float) -> str:
    """Write a P-value with three decimals; a very small one as a bound."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def interval_text(low: float, high: float, digits: int = 2) -> str:
    """Write a 95 % interval of a number that has a sign; empty without one."""
    if not (isfinite(low) and isfinite(high)):
        return ""
    return f"95 % interval {signed(low, digits)} to {signed(high, digits)}"


def correlation_text(row: pd.Series) -> str:
    """Write a correlation of pairs of tasks with its interval and P-value; `row` has CORRELATIONS of a schema."""
    parts = [interval_text(row["pearson_low"], row["pearson_high"]), f"P {p_value(row['pearson_p'])}"]
    return f"r {signed(row['pearson'], 2)} ({', '.join(filter(None, parts))})"


def left_open(low: float, high: float) -> str:
    """Say which correlations an interval leaves open."""
    most = low if abs(low) > abs(high) else high
    if not isfinite(most):
        return "There is no interval: this is a lack of tasks, not a finding."
    lack = ": this is a lack of tasks, not a finding" if abs(most) >= _STRONG else ""
    return f"The interval leaves open correlations as strong as {signed(most, 2)}{lack}."


def listed(items: Sequence[str], last: str = "and") -> str:
    """Join items: ``a``, ``a and b``, ``a, b and c``."""
    return f" {last} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def among_these(low: float, high: float) -> str:
    """Say that what is told of these tasks is not told of others, where an interval holds 0 or is missing."""
    if low > 0 or high < 0:
        return ""
    why = "holds 0 too" if isfinite(low) and isfinite(high) else "is not known"
    return f", among these tasks; the interval, which speaks of others, {why}"

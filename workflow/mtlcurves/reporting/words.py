"""Counts and numbers as sentences write them."""

from __future__ import annotations


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

"""What the papers claim beside what the study found, number by number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.published import Claim, claims

NAME = "claims"
REPRODUCED, NOT_REPRODUCED, UNDECIDED = "reproduced", "not reproduced", "undecided"
NOT_COMPARABLE, NOT_MEASURED = "not comparable", "not measured"
TOLERANCE = 0.05
"""Difference at which a number without an interval counts as reproduced."""


def check_claims(tables: Mapping[str, pd.DataFrame], study: str, series: Mapping[str, str]) -> pd.DataFrame:
    """Set every published number beside the study's own.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables that the study has.
    study : str
        Its name; a number that was measured on other data is not comparable.
    series : mapping of str to str
        Encoder, window, part, version, and rows of the correlation of labels, where a table has several.

    Returns
    -------
    pandas.DataFrame
        Schema ``claims``.
    """
    rows = []
    for claim in claims():
        named = {name: getattr(claim, name) for name in ("paper", "claim", "data", "published", "table")}
        rows.append(named | _compared(claim, tables, study, series))
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _compared(
    claim: Claim, tables: Mapping[str, pd.DataFrame], study: str, series: Mapping[str, str]
) -> dict[str, object]:
    if claim.table not in tables:
        return {"verdict": NOT_MEASURED, "reason": f"the study has no table {claim.table}"}
    row = _row(tables[claim.table], claim, series)
    if row is None:
        return {"verdict": NOT_MEASURED, "reason": f"no such row in table {claim.table}"}
    found = float(row[claim.column])
    if not np.isfinite(found):
        return {"verdict": NOT_MEASURED, "reason": str(row.get("status", "undefined"))}
    low, high = (float(row.get(f"{claim.column}_{end}", row.get(end, np.nan))) for end in ("low", "high"))
    numbers = {"found": found, "low": low, "high": high, "n": row.get(claim.n)}
    if study != claim.data:
        return numbers | {"verdict": NOT_COMPARABLE, "reason": f"the claim is about {claim.data}"}
    return numbers | {"verdict": verdict(claim, found, low, high)}


def _row(table: pd.DataFrame, claim: Claim, series: Mapping[str, str]) -> pd.Series | None:
    """Return the row of a claim's number; None where there is none, or several."""
    if "encoder_a" in table:
        pairs = [" ".join(sorted(pair)) for pair in zip(table["encoder_a"], table["encoder_b"], strict=True)]
        table = table.assign(pair=pairs)
    cells = {name: cell for name, cell in series.items() if name in table} | dict(claim.where)
    kept = np.ones(len(table), bool)
    for name, cell in cells.items():
        kept &= (table[name].isna() if cell is None else table[name] == cell).to_numpy(bool, na_value=False)
    return table[kept].iloc[0] if kept.sum() == 1 else None


def verdict(claim: Claim, found: float, low: float, high: float) -> str:
    """Judge a number by the rule that the table's schema states.

    Parameters
    ----------
    claim : Claim
        The published number.
    found, low, high : float
        The study's, and the ends of its interval; NaN without one.
    """
    if claim.margin is not None:
        inside = claim.published - claim.margin < low and high < claim.published + claim.margin
        outside = low > claim.published + claim.margin or high < claim.published - claim.margin
        return REPRODUCED if inside else NOT_REPRODUCED if outside else UNDECIDED
    if not (np.isfinite(low) and np.isfinite(high)):
        return REPRODUCED if abs(found - claim.published) <= TOLERANCE else NOT_REPRODUCED
    if not low <= claim.published <= high:
        return NOT_REPRODUCED
    # an interval that holds both the published number and none at all tells nothing
    return UNDECIDED if claim.nothing is not None and low <= claim.nothing <= high else REPRODUCED

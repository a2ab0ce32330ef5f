"""What the papers claim about a study's data beside what the study found, number by number.

A verdict is of the study's interval, never of its number alone: an interval that holds nearly everything holds the
published number too, and tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity import thresholds
from mtlcurves.similarity.published import Claim, claims_of
from mtlcurves.similarity_columns import FEWEST_TASKS

NAME = "claims"
REPRODUCED, NOT_REPRODUCED, UNDECIDED = "reproduced", "not reproduced", "undecided"
WEAKER, STRONGER = "there, but weaker", "there, but stronger"
NOT_MEASURED = "not measured"
NO_INTERVAL = "the number has no interval here"
OF_HALVES = "a range over random halves of the pairs is no interval"
HOLDS_NOTHING = "the interval holds the published number, and that of no effect"
PARTLY = "the interval lies partly within the margin"


def check_claims(
    tables: Mapping[str, pd.DataFrame], study: str, n_tasks: int, series: Mapping[str, str]
) -> pd.DataFrame:
    """Set every number that is published of a study's data beside the study's own.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables that the study has.
    study : str
        Its name.
    n_tasks : int
        Its tasks.
    series : mapping of str to str
        Encoder, window, part, version, and rows of the correlation of labels, where a table has several.

    Returns
    -------
    pandas.DataFrame
        Schema ``claims``; without a row where nothing is published of these data.
    """
    rows = []
    for claim in claims_of(study, n_tasks):
        named = {name: getattr(claim, name) for name in ("paper", "claim", "data", "published", "table")}
        rows.append(named | _compared(claim, tables, series))
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _compared(claim: Claim, tables: Mapping[str, pd.DataFrame], series: Mapping[str, str]) -> dict[str, object]:
    if claim.table not in tables:
        return {"verdict": NOT_MEASURED, "reason": f"the study has no table {claim.table}"}
    row = _row(tables[claim.table], claim, series)
    if row is None:
        encoder = claim.where.get("encoder")
        whose = f" of encoder {encoder}" if encoder else ""
        return {"verdict": NOT_MEASURED, "reason": f"no such row{whose} in table {claim.table}"}
    found = float(row[claim.column])
    if not np.isfinite(found):
        return {"verdict": NOT_MEASURED, "reason": str(row.get("status", "undefined"))}
    low, high = (float(row.get(f"{claim.column}_{end}", row.get(end, np.nan))) for end in ("low", "high"))
    n_tasks = row.get("n_tasks", FEWEST_TASKS)
    judged, reason = verdict(claim, low, high)
    if claim.table == thresholds.NAME:
        judged, reason = UNDECIDED, OF_HALVES
    if n_tasks < FEWEST_TASKS:
        judged, reason = UNDECIDED, f"{n_tasks} tasks are too few for an interval to be trusted"
    numbers = {"found": found, "low": low, "high": high, "n": row.get(claim.n)}
    return numbers | {"verdict": judged, "reason": reason}


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


def verdict(claim: Claim, low: float, high: float) -> tuple[str, str | None]:
    """Judge an interval by the rule that the table's schema states.

    Parameters
    ----------
    claim : Claim
        The published number.
    low, high : float
        Ends of the study's interval; NaN without one.

    Returns
    -------
    verdict : str
        What is told.
    reason : str or None
        Why it is undecided.
    """
    if not (np.isfinite(low) and np.isfinite(high)):
        return UNDECIDED, NO_INTERVAL
    if claim.margin is not None:
        return _within(low - claim.published, high - claim.published, claim.margin)
    # seen from no effect, towards the published number
    direction = 1 if claim.published > claim.nothing else -1
    near, far = sorted(direction * (end - claim.nothing) for end in (low, high))
    size = direction * (claim.published - claim.nothing)
    if near <= size <= far:
        return (REPRODUCED, None) if near > 0 else (UNDECIDED, HOLDS_NOTHING)
    if near > 0:
        return (STRONGER if near > size else WEAKER), None
    return NOT_REPRODUCED, None


def _within(low: float, high: float, margin: float) -> tuple[str, str | None]:
    if -margin < low and high < margin:
        return REPRODUCED, None
    return (NOT_REPRODUCED, None) if low > margin or high < -margin else (UNDECIDED, PARTLY)

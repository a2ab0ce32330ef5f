"""Two tables of one kind: the same bits, within a tolerance, or different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from mtlcurves.archive import RUN_COLUMNS, Archive, content_digest
from mtlcurves.tables import read_table

# a score's difference weighs ten times that of what is computed from many: coefficients, standard errors
SCORES = {"auroc", "aupr", "average_precision", "score"}

Verdict = Literal["identical", "within", "different"]


@dataclass(frozen=True)
class Finding:
    """What became of one table.

    Attributes
    ----------
    table : str
        Its file, below the study's results.
    verdict : "identical", "within" or "different"
        Identical to the last bit, within the tolerance, or neither.
    largest : float
        Largest difference of a number, by what is allowed, over its size where that is above 1; NaN where no
        numbers were compared.
    why : str
        Where the largest difference is, or what else differs.
    """

    table: str
    verdict: Verdict
    largest: float
    why: str


def compare_study(archive: Archive, results: Path, tolerance: float) -> Iterator[Finding]:
    """Compare every table of an archive with that of the same name in a study's results.

    Parameters
    ----------
    archive : Archive
        What was handed over.
    results : Path
        Folder ``results/<study>`` of the run to check.
    tolerance : float
        Largest difference allowed (see :class:`Finding`); of a score a tenth of it.
    """
    for group in ("withheld", "shared"):
        for name, described in archive.manifest[group].items():
            if not name.endswith(".parquet"):
                continue
            if not (results / name).is_file():
                yield Finding(name, "different", np.nan, "is not there")
                continue
            ours = read_table(results / name)
            if content_digest(ours) == described["content"]:
                yield Finding(name, "identical", 0.0, "")
            elif group == "withheld":
                yield Finding(name, "different", np.nan, "its digest; the archive does not hold the table")
            else:
                verdict, largest, why = compare_tables(archive.table(name), ours, tolerance)
                yield Finding(name, verdict, largest, why)


def compare_tables(theirs: pd.DataFrame, ours: pd.DataFrame, tolerance: float) -> tuple[Verdict, float, str]:
    """Compare two tables that are not the same to the last bit, row by row.

    Returns
    -------
    verdict : "within" or "different"
    largest : float
        Largest difference of a number.
    why : str
        Where it is, or what makes them incomparable.
    """
    theirs, ours = (table.drop(columns=RUN_COLUMNS, errors="ignore") for table in (theirs, ours))
    if list(theirs) != list(ours):
        return (
            "different",
            np.nan,
            f"columns {', '.join(sorted(map(str, set(theirs) ^ set(ours)))) or 'in another order'}",
        )
    if len(theirs) != len(ours):
        return "different", np.nan, f"{len(theirs)} rows there, {len(ours)} here"
    problems, largest, where, beyond = [], 0.0, "", 0.0
    for name in theirs:
        if pd.api.types.is_float_dtype(theirs[name]):
            found, n_null = _largest_difference(theirs[name], ours[name])
            if n_null:
                problems.append(f"{name} is null on one side in {n_null} rows")
            weighed = found * (10 if name in SCORES else 1)
            if weighed > beyond:
                largest, where, beyond = found, str(name), weighed
        elif n_unequal := int((_plain(theirs[name]) != _plain(ours[name])).sum()):
            problems.append(f"{name} in {n_unequal} rows")
    if beyond > tolerance:
        problems.insert(0, where)
    return ("different", largest, "; ".join(problems)) if problems else ("within", largest, where)


def _largest_difference(theirs: pd.Series[Any], ours: pd.Series[Any]) -> tuple[float, int]:
    there, here = (column.to_numpy(dtype=np.float64, na_value=np.nan) for column in (theirs, ours))
    null = np.isnan(there) | np.isnan(here)
    left, right = there[~null & (there != here)], here[~null & (there != here)]
    with np.errstate(invalid="ignore"):  # where both are infinite
        apart = np.abs(left - right) / np.maximum(1, np.abs(left))
    apart[np.isinf(left) | np.isinf(right)] = np.inf
    return float(apart.max(initial=0.0)), int((np.isnan(there) != np.isnan(here)).sum())


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype("object").where(column.notna(), None).map(repr)

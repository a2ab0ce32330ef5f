"""Activity records as ChEMBL gives them, with the structures of their molecules in a second table."""

from __future__ import annotations

import math
from pathlib import Path

from mtlcurves.data.headers import RECORD, STRUCTURE
from mtlcurves.data.measured import NO_STRUCTURE, NO_TASK, Collector, parse_number, text_of
from mtlcurves.data.tablefiles import header_of, read_columns
from mtlcurves.errors import DataError
from mtlcurves.messages import did_you_mean
from mtlcurves.source_sections import ChemblSource

DOUBT = "data_validity_comment"
MOLAR = {"M": 1.0, "mM": 1e-3, "uM": 1e-6, "µM": 1e-6, "nM": 1e-9, "pM": 1e-12}


def read_chembl(source: ChemblSource, activities: Path | str, compounds: Path | str) -> Collector:
    """Read records of one type as -log10 of molar concentrations.

    Parameters
    ----------
    source : ChemblSource
        Column of the task, type of the records, and what to do with doubtful ones.
    activities, compounds : Path or str
        Tables of records and of structures.

    Returns
    -------
    Collector
        Values of every task, and every record of the type that gives none, with the reason. A record without a
        value is a missing cell.

    Raises
    ------
    DataError
        When a column is missing or a file is not a well-formed table.
    """
    doubt = [DOUBT] * (DOUBT in header_of(activities))
    columns = [*RECORD, source.task, *doubt]
    records = _columns(activities, columns)
    found = _columns(compounds, [*STRUCTURE])
    structures = dict(zip(*(map(text_of, found[name]) for name in STRUCTURE), strict=True))
    collected = Collector()
    for row, cells in enumerate(zip(*(records[name] for name in columns), strict=True), start=1):
        molecule, kind, relation, value, unit, task, *comment = map(text_of, cells)
        number = parse_number(value)
        if kind != source.type or number is None:
            continue
        smiles = structures.get(molecule, "")
        problem = _why_not(number, relation, unit, comment if source.doubtful == "reject" else [])
        if problem or not smiles or not task:
            reason = problem or (NO_STRUCTURE if task else NO_TASK)
            written = f"{relation} {value} {unit}".strip()
            collected.reject(reason, row=row, compound=molecule, smiles=smiles, task=task or None, found=written)
        else:
            assert isinstance(number, float)
            collected.value(row, molecule, smiles, task, -math.log10(number * MOLAR[unit]))
    return collected


def _why_not(number: float | str, relation: str, unit: str, comment: list[str]) -> str | None:
    """Say why a record is no measured concentration; None where it is."""
    if isinstance(number, str):
        return number
    if relation != "=":
        return "a bound or without relation, not a measured number"
    if unit not in MOLAR:
        return f"unit is none of {', '.join(MOLAR)}"
    if number <= 0:
        return "not above 0"
    return f"doubtful: {comment[0]}" if comment and comment[0] else None


def _columns(path: Path | str, names: list[str]) -> dict[str, list[str]]:
    header = header_of(path)
    for name in names:
        if name not in header:
            raise DataError(f"{path}: no column {name!r}; {did_you_mean(name, header)}")
    return read_columns(path, names)

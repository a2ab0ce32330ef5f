"""The ChEMBL Ki and EC50 tables of MoleculeACE, read out of its wheel.

D. van Tilborg, A. Alenicheva, F. Grisoni, J. Chem. Inf. Model. 2022, 62, 5938, doi 10.1021/acs.jcim.2c01073.
The wheel is read as the zip archive it is: the package is neither installed nor imported.
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path, PurePosixPath

from mtlcurves.data.locations import WHEEL_TABLES
from mtlcurves.data.measured import NO_STRUCTURE, Collector, parse_number
from mtlcurves.errors import DataError

SMILES, VALUE = "smiles", "y"


def read_wheel(path: Path | str) -> Collector:
    """Read every table of the wheel.

    Parameters
    ----------
    path : Path or str
        The wheel.

    Returns
    -------
    Collector
        Values are the column ``y``, -log10 of the Ki or EC50 in nM. A task is named as its table, such as
        ``CHEMBL234_Ki``: one target has a table of either kind. The tables' own train/test split is not used.
        ``row`` counts within a task's table.

    Raises
    ------
    DataError
        When the file is not a whole archive or does not hold such tables.
    """
    collected = Collector()
    try:
        with zipfile.ZipFile(path) as wheel:
            members = [PurePosixPath(name) for name in sorted(wheel.namelist())]
            tables = [name for name in members if name.parent == WHEEL_TABLES and name.suffix == ".csv"]
            for name in tables:
                _read_table(collected, f"{path}: {name}", name.stem, wheel.read(str(name)).decode())
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not a whole wheel ({error})") from error
    if not tables:
        raise DataError(f"{path}: no tables {WHEEL_TABLES}/*.csv in this wheel; is it MoleculeACE 3.0.0?")
    return collected


def _read_table(collected: Collector, where: str, task: str, text: str) -> None:
    rows = csv.DictReader(io.StringIO(text))
    missing = [column for column in (SMILES, VALUE) if column not in (rows.fieldnames or [])]
    if missing:
        raise DataError(f"{where}: no column {missing[0]!r}; found {', '.join(rows.fieldnames or [])}")
    for index, cells in enumerate(rows, start=1):
        smiles, number = cells[SMILES], parse_number(cells[VALUE])
        if isinstance(number, float) and smiles:
            collected.value(index, smiles, smiles, task, number)
        elif number is not None:
            reason = number if isinstance(number, str) else NO_STRUCTURE
            collected.reject(reason, row=index, compound=smiles, smiles=smiles, task=task, found=cells[VALUE])

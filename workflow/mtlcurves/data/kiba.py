"""The KIBA tables: scores by compound and target, structures by compound.

J. Tang et al., J. Chem. Inf. Model. 2014, 54, 735, doi 10.1021/ci400709d. A score is lower where binding is
stronger; the authors call 3.0 and below active. Tasks are UniProt accessions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mtlcurves.data.measured import NO_STRUCTURE, Collector, count_of, parse_number, text_of
from mtlcurves.data.tablefiles import header_of, read_columns
from mtlcurves.errors import DataError
from mtlcurves.messages import did_you_mean

UNKNOWN_COMPOUND = "compound not in the table of compounds"


def read_kiba(values_file: Path | str, compounds_file: Path | str) -> Collector:
    """Read the KIBA tables.

    Parameters
    ----------
    values_file : Path or str
        Table ``chembl_id, uniprot, kiba``, one row per cell of the score matrix.
    compounds_file : Path or str
        Table ``chembl_id, smiles``; the structure may be empty.

    Returns
    -------
    Collector
        Values of compounds that have a structure. Listed as rejected: cells that hold no number, and, one row
        each, compounds without a structure with the number of their values.

    Raises
    ------
    DataError
        When a column is missing, a compound occurs twice or a file is not a well-formed table.
    """
    values = _columns(values_file, ["chembl_id", "uniprot", "kiba"])
    compounds = _columns(compounds_file, ["chembl_id", "smiles"])
    twice = [name for name, count in Counter(compounds["chembl_id"]).items() if count > 1]
    if twice:
        raise DataError(f"{compounds_file}: compounds occur twice: {', '.join(twice[:5])}")
    structures = dict(zip(compounds["chembl_id"], compounds["smiles"], strict=True))
    collected, lost = Collector(), Counter[str]()
    for row, (compound, task, cell) in enumerate(zip(*values.values(), strict=True), start=1):
        number, smiles = parse_number(cell), structures.get(compound)
        if number is None:
            continue
        if isinstance(number, str) or smiles is None:
            reason = number if isinstance(number, str) else UNKNOWN_COMPOUND
            collected.reject(reason, row=row, compound=compound, smiles=smiles, task=task, found=text_of(cell))
        elif smiles:
            collected.value(row, compound, smiles, task, number)
        else:
            lost[compound] += 1
    for compound, smiles in structures.items():
        if not smiles:
            collected.reject(NO_STRUCTURE, compound=compound, found=count_of(lost[compound], "value"))
    return collected


def _columns(path: Path | str, names: Sequence[str]) -> dict[str, list[str]]:
    header = header_of(path)
    for name in names:
        if name not in header:
            raise DataError(f"{path}: no column {name!r}; {did_you_mean(name, header)}")
    return read_columns(path, names)

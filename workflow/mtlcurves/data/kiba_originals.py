"""The KIBA tables from the public originals: the score matrix of the paper, the structures of ChEMBL.

J. Tang et al., J. Chem. Inf. Model. 2014, 54, 735, doi 10.1021/ci400709d: an Excel workbook in the supplement, its
sheet ``KIBA`` with the compounds' ChEMBL ids in the first column and one column per target (UniProt accession).
ChEMBL's ``chembl_<release>_chemreps.txt.gz``: tab-separated, columns ``chembl_id`` and ``canonical_smiles``.

The conversion is tested on small files of that layout. It has not been exercised against the live servers, whose
files' digests nobody has pinned yet; the tables it builds lack the targets' names, which neither original has.
"""

from __future__ import annotations

import csv
import gzip
import io
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mtlcurves.data.fetch import fetch_pinned
from mtlcurves.data.locations import KIBA_FILES, name_in
from mtlcurves.data.measured import text_of
from mtlcurves.data.tablefiles import DELIMITERS, open_binary, reading
from mtlcurves.errors import DataError
from mtlcurves.messages import did_you_mean
from mtlcurves.source_sections import KibaSource
from mtlcurves.tables import atomic

log = logging.getLogger(__name__)

SHEET = "KIBA"
COMPOUND = re.compile(r"CHEMBL\d+")
# https://www.uniprot.org/help/accession_numbers; an isoform's number may follow
ACCESSION = re.compile(r"([OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2})(-\d+)?")


def fetch_kiba(source: Mapping[str, Any], originals: Path | str, folder: Path | str) -> None:
    """Fetch the originals and build the KIBA tables from them.

    Parameters
    ----------
    source : mapping
        Configuration section ``source`` of kind kiba: ``scores`` and ``structures``, each a URL or local path
        with its digest.
    originals : Path or str
        Folder in whose subfolders scores and structures files from a URL are kept.
    folder : Path or str
        Folder of the tables.

    Raises
    ------
    DataError
        When a file cannot be brought, its digest differs or is not pinned yet (the message is what to write into
        the configuration), or its content is not as described above.
    """
    model = KibaSource.model_validate(dict(source))
    scores, unpinned_scores = fetch_pinned(model.scores, "source.scores", Path(originals, "scores"))
    structures, unpinned_structures = fetch_pinned(
        model.structures, "source.structures", Path(originals, "structures")
    )
    requests = [request for request in (unpinned_scores, unpinned_structures) if request]
    if requests:
        lines = "\n".join(f"  {request}" for request in requests)
        raise DataError(
            "fetched and kept, but not used before the digest is pinned. If this is the file you mean, write into "
            f"the configuration and run again:\n{lines}"
        )
    build_kiba(scores, structures, Path(folder))


def build_kiba(scores: Path, structures: Path, folder: Path) -> None:
    """Convert the originals to the tables that :func:`mtlcurves.data.kiba.read_kiba` reads.

    Parameters
    ----------
    scores : Path
        Score matrix: ``.xlsx``, or ``.csv`` or ``.tsv``, the latter two gzipped or not.
    structures : Path
        Tab-separated text (``.txt`` or ``.tsv``), gzipped or not.
    folder : Path
        Where the three tables go; their bytes depend on the originals' content alone.

    Raises
    ------
    DataError
        When a file's content is not as described above.
    """
    values_file, compounds_file, targets_file = (folder / name for name in KIBA_FILES)
    rows = _matrix_rows(scores)
    targets = _targets(scores, next(rows, []))
    compounds: list[str] = []
    _write(values_file, ["chembl_id", "uniprot", "kiba"], _cells(scores, rows, targets, compounds))
    smiles = _structures(structures, set(compounds))
    origin = name_in(str(structures)).split("_chemreps")[0].split(".")[0]
    found = ((c, smiles.get(c, ""), origin if c in smiles else "") for c in compounds)
    _write(compounds_file, ["chembl_id", "smiles", "smiles_source"], found)
    _write(
        targets_file, ["uniprot", "entry_name", "gene_names", "protein_names"], ((t, "", "", "") for t in targets)
    )
    log.info("%d compounds (%d with a structure), %d targets", len(compounds), len(smiles), len(targets))


def _matrix_rows(path: Path) -> Iterator[Sequence[object]]:
    if path.suffix.lower() != ".xlsx":
        with open_binary(path) as handle, reading(path):
            text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
            delimiter = DELIMITERS.get(Path(str(path).removesuffix(".gz")).suffix.lower(), ",")
            yield from csv.reader(text, delimiter=delimiter, strict=True)
        return
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets zip, XML and key errors of a broken workbook through
        raise DataError(f"{path}: not a whole Excel workbook ({error})") from error
    names = book.sheetnames
    chosen = [name for name in names if name.strip().upper() == SHEET] or (names if len(names) == 1 else [])
    if not chosen:
        raise DataError(f"{path}: no sheet {SHEET!r}; found {', '.join(names)}")
    yield from book[chosen[0]].iter_rows(values_only=True)


def _targets(path: Path, header: Sequence[object]) -> list[str]:
    """Return the accessions that the header names, blank columns at its end left out."""
    names = [text_of(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    targets = names[1:]
    wrong = [name for name in targets if not ACCESSION.fullmatch(name)]
    if wrong or not targets:
        raise DataError(
            f"{path}: the first row must name UniProt accessions; found {wrong[0] if wrong else 'none'!r}"
        )
    if len(set(targets)) < len(targets):
        twice = sorted({name for name in targets if targets.count(name) > 1})
        raise DataError(f"{path}: targets occur twice: {', '.join(twice)}")
    return targets


def _cells(
    path: Path, rows: Iterable[Sequence[object]], targets: list[str], compounds: list[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the non-missing cells, text as the source has it, and collect the compounds on the way."""
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        cells = [text_of(cell) for cell in row]
        if not any(cells):
            continue
        compound = cells[0]
        if not COMPOUND.fullmatch(compound) or compound in seen:
            fault = "occurs twice" if compound in seen else "is not a ChEMBL id"
            raise DataError(f"{path}: row {number}: {compound!r} in the first column {fault}")
        if any(cells[len(targets) + 1 :]):
            raise DataError(f"{path}: row {number} has more cells than the header")
        seen.add(compound)
        compounds.append(compound)
        # R and many spreadsheets write NA into an empty cell of a matrix
        yield from (
            (compound, t, cell) for t, cell in zip(targets, cells[1:], strict=False) if cell not in ("", "NA")
        )


def _structures(path: Path, wanted: set[str]) -> dict[str, str]:
    smiles: dict[str, str] = {}
    with reading(path), gzip.open(path) if path.suffix == ".gz" else path.open("rb") as handle:
        text = io.TextIOWrapper(handle, encoding="utf-8", newline="")
        # structures hold backslashes and may hold quotes: no cell is quoted here
        rows = csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(rows, [])
        for name in ("chembl_id", "canonical_smiles"):
            if name not in header:
                raise DataError(f"{path}: no column {name!r}; {did_you_mean(name, header)}")
        key, structure = header.index("chembl_id"), header.index("canonical_smiles")
        for cells in rows:
            if cells and cells[key] in wanted:
                smiles[cells[key]] = cells[structure]
    return smiles


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    # no name and no time in the gzip header: the same rows give the same bytes
    with atomic(path) as handle, gzip.GzipFile("", "wb", fileobj=handle, mtime=0) as zipped:
        text = io.TextIOWrapper(zipped, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
        text.flush()
        text.detach()

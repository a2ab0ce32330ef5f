"""Table files as they come: csv, tsv or parquet, gzipped or not, read strictly and without guessing.

Light on purpose (no pandas): the configuration's checks read a table's header with it before any job runs.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from mtlcurves.errors import DataError

DELIMITERS = {".csv": ",", ".tsv": "\t"}
ENDINGS = ".csv, .tsv or .parquet, each with or without .gz"
# What a file really is, told by its first bytes; a table of text starts with none of these.
MAGIC = {
    b"PAR1": "a parquet file",
    b"\x1f\x8b": "gzip-compressed",
    b"PK\x03\x04": "a zip archive or Excel workbook",
}
PANDAS_INDEX = "__index_level_"


def table_format(path: Path | str) -> str:
    """Tell a table file's format from its name.

    Returns
    -------
    str
        ``.csv``, ``.tsv`` or ``.parquet``.

    Raises
    ------
    DataError
        When the name ends otherwise.
    """
    suffix = Path(str(path).lower().removesuffix(".gz")).suffix
    if suffix not in (*DELIMITERS, ".parquet"):
        raise DataError(f"{path}: the name's ending tells the format; allowed: {ENDINGS}")
    return suffix


@contextmanager
def reading(path: Path | str, position: Callable[[], str] = str) -> Iterator[None]:
    """Turn whatever goes wrong while a file is read into one message that names the file."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: the gzip data are truncated or corrupted{position()} ({error})") from error
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise DataError(
            f"{path}: not UTF-8 text{position()} (found the byte 0x{byte:02x}); save it as UTF-8"
        ) from error
    except csv.Error as error:
        raise DataError(f"{path}: not a well-formed table{position()} ({error})") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error


@contextmanager
def open_binary(path: Path | str) -> Iterator[IO[bytes]]:
    """Open a table file's bytes, decompressed, after checking that the file is what its name says.

    Raises
    ------
    DataError
        When the file is missing, empty, truncated, or not what its name says.
    """
    zipped, expected = str(path).lower().endswith(".gz"), table_format(path)
    with reading(path):
        with Path(path).open("rb") as plain:
            start = plain.read(4)
        if not start:
            raise DataError(f"{path}: the file is empty")
        if zipped and not start.startswith(b"\x1f\x8b"):
            raise DataError(f"{path}: named .gz, but not gzip-compressed")
        with gzip.open(path) if zipped else Path(path).open("rb") as handle:
            found = _content(handle.peek(4)[:4])
            if expected == ".parquet" and found != MAGIC[b"PAR1"]:
                raise DataError(f"{path}: named .parquet, but it holds {found or 'something else (text?)'}")
            if expected in DELIMITERS and found:
                raise DataError(f"{path}: named {expected}, but it is {found}; name it or save it accordingly")
            yield cast("IO[bytes]", handle)


def _content(start: bytes) -> str | None:
    return next((what for magic, what in MAGIC.items() if start.startswith(magic)), None)


def header_of(path: Path | str) -> list[str]:
    """Read a table file's column names; parquet's stored pandas index is left out.

    Raises
    ------
    DataError
        When the file cannot be read as a table, has no header, or has two columns of one name.
    """
    with open_binary(path) as handle:
        if table_format(path) == ".parquet":
            names = [n for n in _parquet_file(path, handle).schema_arrow.names if not n.startswith(PANDAS_INDEX)]
        else:
            names = next(_csv_rows(path, handle), [])
    if not any(names):
        raise DataError(f"{path}: no header; the first line must name the columns")
    twice = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise DataError(f"{path}: column names occur twice: {', '.join(map(repr, twice))}")
    return names


def has_rows(path: Path | str) -> bool:
    """Tell whether a table file has a row below its header."""
    with open_binary(path) as handle:
        if table_format(path) == ".parquet":
            return bool(_parquet_file(path, handle).metadata.num_rows)
        rows = _csv_rows(path, handle)
        next(rows, None)
        return next(rows, None) is not None


def distinct_cells(path: Path | str, column: str, wanted: Collection[str], most_rows: int) -> list[str]:
    """List the different texts in a column, reading no further once all wanted ones were met.

    Parameters
    ----------
    path : Path or str
        Table file.
    column : str
        Name of the column.
    wanted : collection of str
        Texts that are looked for.
    most_rows : int
        Rows after which the search is given up.

    Returns
    -------
    list of str
        Texts without surrounding blanks, in the order of rows; empty when there are more rows than `most_rows`.

    Raises
    ------
    DataError
        When the file is not a well-formed table, as far as it is read.
    """
    found: dict[str, None] = {}
    missing = set(wanted)
    with open_binary(path) as handle:
        if table_format(path) == ".parquet":
            cells = _parquet_file(path, handle).read(columns=[column]).column(column).unique().to_pylist()
            return [str(cell).strip() for cell in cells if cell is not None]
        rows = _csv_rows(path, handle)
        index = next(rows).index(column)
        for number, cells in enumerate(rows):
            if number == most_rows:
                return []
            if (cell := cells[index]) not in found:
                found[cell] = None
                missing.discard(cell.strip())
                if not missing:
                    break
    return list(dict.fromkeys(cell.strip() for cell in found))


def read_columns(path: Path | str, wanted: Sequence[str] | None = None) -> dict[str, list[Any]]:
    """Read columns of a table file, every cell as the file has it.

    Parameters
    ----------
    path : Path or str
        csv, tsv (cells are text) or parquet (cells are Python values, None where missing), gzipped or not.
    wanted : sequence of str, optional
        Columns to read; all named columns when left out. They must exist (see :func:`header_of`).

    Returns
    -------
    dict of str to list
        Cells by column, in the order of rows; blank lines are no rows.

    Raises
    ------
    DataError
        When the file is not a well-formed table (truncated, not UTF-8, rows of unequal length ...) or has no rows.
    """
    header = header_of(path)
    names = [name for name in header if name] if wanted is None else list(wanted)
    with open_binary(path) as handle:
        if table_format(path) == ".parquet":
            table = _parquet_file(path, handle).read(columns=names)
            columns = {name: table.column(name).to_pylist() for name in names}
        else:
            columns = {name: [] for name in names}
            targets = [(header.index(name), columns[name].append) for name in names]
            rows = _csv_rows(path, handle)
            next(rows)
            for cells in rows:
                for index, append in targets:
                    append(cells[index])
    if not columns or not next(iter(columns.values())):
        raise DataError(f"{path}: no rows below the header")
    return columns


def _csv_rows(path: Path | str, handle: IO[bytes]) -> Iterator[list[str]]:
    """Yield the header and then every row, all of the header's length."""
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, delimiter=DELIMITERS[table_format(path)], strict=True)
    length, row = 0, -1
    with reading(path, lambda: f" after row {max(row, 0)}"):
        for cells in rows:
            if not cells:
                continue
            row += 1
            length = length or len(cells)
            if len(cells) != length:
                raise DataError(
                    f"{path}: row {row} has {len(cells)} cells where the header has {length}; "
                    + ("the file is separated otherwise" if length == 1 else "the file is truncated")
                    + ", or a cell with a delimiter in it is not quoted"
                )
            yield cells


def _parquet_file(path: Path | str, handle: IO[bytes]) -> Any:
    import pyarrow
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(io.BytesIO(handle.read()) if str(path).endswith(".gz") else handle)
    except pyarrow.ArrowException as error:
        raise DataError(f"{path}: not a whole parquet file ({error})") from error

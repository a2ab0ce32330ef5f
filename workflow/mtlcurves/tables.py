"""Tables on disk: whole or not at all, their columns as in :mod:`mtlcurves.schemas`, and where they come from."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mtlcurves.jobs import origin
from mtlcurves.schemas import SCHEMAS

ORIGIN = b"mtlcurves"  # key of a parquet file's metadata


@contextmanager
def atomic(path: Path | str, mode: str = "wb") -> Iterator[IO[Any]]:
    """Open a file that appears under its name only when the block ends without an error.

    Parameters
    ----------
    path : Path or str
        Final name; its folder is made when missing.
    mode : str
        ``"wb"`` or ``"w"``.

    Raises
    ------
    OSError
        When the file cannot be written (a full disk, say); nothing is left under `path`.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    encoding = None if "b" in mode else "utf-8"
    handle = tempfile.NamedTemporaryFile(  # noqa: SIM115 (closed below, before the rename)
        mode, dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False, encoding=encoding
    )
    try:
        with handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(handle.name).chmod(0o666 & ~umask)
        Path(handle.name).replace(path)
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise


def write_table(table: pd.DataFrame, path: Path | str, schema: str) -> None:
    """Write a table as parquet (or csv, by the ending of `path`), its columns as the schema says.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns may stand in any order; they are written in the schema's.
    path : Path or str
        ``*.parquet`` or ``*.csv``.
    schema : str
        Name in :data:`mtlcurves.schemas.SCHEMAS`.

    Raises
    ------
    ValueError
        When a column is missing or not in the schema.
    """
    columns = SCHEMAS[schema].columns
    missing, unknown = columns.keys() - set(table.columns), set(table.columns) - columns.keys()
    if missing or unknown:
        raise ValueError(
            f"{path}: table {schema!r} lacks the columns {sorted(missing)} and has unknown ones {sorted(unknown)}"
        )
    typed = table[list(columns)].astype({name: column.dtype for name, column in columns.items()})
    with atomic(path) as handle:
        if Path(path).suffix == ".csv":
            typed.to_csv(handle, index=False)
        else:
            content = pa.Table.from_pandas(typed, preserve_index=False)
            pq.write_table(content.cast(stamped(content.schema)), handle, compression="zstd")


def stamped(schema: pa.Schema) -> pa.Schema:
    """Add to a table's schema where the table comes from (see :func:`mtlcurves.jobs.origin`)."""
    return schema.with_metadata({**(schema.metadata or {}), ORIGIN: json.dumps(origin())})


def read_origin(path: Path | str) -> dict[str, str]:
    """Read where a parquet table comes from; empty when it does not say."""
    stamp = (pq.read_schema(path).metadata or {}).get(ORIGIN)
    return dict(json.loads(stamp)) if stamp else {}


def read_table(path: Path | str) -> pd.DataFrame:
    """Read a table written by :func:`write_table`."""
    return pd.read_csv(path) if Path(path).suffix == ".csv" else pd.read_parquet(path)


def write_json(value: object, path: Path | str) -> None:
    """Write a JSON file, indented, whole or not at all."""
    with atomic(path, "w") as handle:
        json.dump(value, handle, indent=2, ensure_ascii=False)
        handle.write("\n")

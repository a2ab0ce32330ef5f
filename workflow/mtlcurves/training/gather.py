"""The tables of all bundles, one after the other, as one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import atomic, stamped

ROWS = 200_000  # rows held in memory, and per row group


def gather(shards: Sequence[Path | str], path: Path | str) -> int:
    """Join the tables of bundles in the order given.

    The memory needed does not grow with their number.

    Parameters
    ----------
    shards : sequence of Path or str
        Tables of grid points.
    path : Path or str
        Table to write.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    mtlcurves.errors.DataError
        When there is no shard, or one cannot be read or has other columns; the message names it.
    """
    if not shards:
        raise DataError("the study has no trainings: its grid names no arm")
    schema = stamped(_read(shards[0]).schema)
    total, waiting = 0, []
    with atomic(path) as handle, pq.ParquetWriter(handle, schema, compression="zstd") as writer:
        for shard in shards:
            waiting.append(_read(shard).cast(schema))
            if sum(table.num_rows for table in waiting) >= ROWS or shard is shards[-1]:
                joined = pa.concat_tables(waiting)
                writer.write_table(joined, row_group_size=ROWS)
                total += joined.num_rows
                waiting = []
    return total


def _read(shard: Path | str) -> pa.Table:
    try:
        table = pq.read_table(shard)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{shard}: cannot be read ({error}); delete it and run again") from error
    expected = list(SCHEMAS["grid_points"].columns)
    if table.column_names != expected:
        raise DataError(
            f"{shard}: has the columns {', '.join(table.column_names)}, not {', '.join(expected)}; "
            "delete it and run again"
        )
    return table

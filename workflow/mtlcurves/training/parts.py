"""Finished trainings on disk, beside the table that their job will write.

A workflow deletes the outputs of a job that failed or is planned again. So each training is written at once into
the folder ``<bundle>.parts``, which the workflow does not know; when all are there they are packed into the job's
table, and that is kept in the folder under a second name. A job that is planned again finds what it had.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import atomic, read_table, write_table

log = logging.getLogger(__name__)

ABANDONED = 3600.0  # seconds after which a half-written file belongs to a job that was killed


class Parts:
    """The finished trainings of one bundle.

    Parameters
    ----------
    shard : Path
        The job's table, ``<bundle>.parquet``.
    schema : str
        Its schema, with a column training_id.
    """

    def __init__(self, shard: Path, schema: str) -> None:
        self._shard, self._schema = shard, schema
        self._folder = shard.with_suffix(".parts")
        self._kept = self._folder / "kept.parquet"

    def read(self) -> dict[str, pd.DataFrame]:
        """Read every training that is there; a damaged file is logged and passed over.

        Returns
        -------
        dict of str to pandas.DataFrame
            Training id to its rows.
        """
        found: dict[str, pd.DataFrame] = {}
        # the kept file first: single parts are newer
        for path in sorted(self._folder.glob("*.parquet"), key=lambda path: (path != self._kept, path)):
            table = self._read(path)
            if table is not None:
                found |= {str(identity): rows for identity, rows in table.groupby("training_id", sort=False)}
        return found

    def write(self, identity: str, rows: pd.DataFrame) -> None:
        """Write one training; two jobs may write the same one.

        Raises
        ------
        mtlcurves.errors.DataError
            When it cannot be written, on a full disk say. Nothing is left under its name.
        """
        path = self._folder / f"{identity}.parquet"
        with _writing(path):
            write_table(rows, path, self._schema)

    def pack(self, rows: pd.DataFrame) -> None:
        """Write the job's table, keep it under a second name, and remove the parts.

        Raises
        ------
        mtlcurves.errors.DataError
            When it cannot be written; the parts stay.
        """
        with _writing(self._shard):
            write_table(rows, self._shard, self._schema)
        with _writing(self._kept):
            self._keep()
        for path in self._folder.glob("*.parquet"):
            if path != self._kept:
                path.unlink(missing_ok=True)
        for path in self._folder.glob(".*.tmp"):
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink(missing_ok=True)

    def _read(self, path: Path) -> pd.DataFrame | None:
        try:
            table = read_table(path)
        except Exception as error:  # whatever a damaged file makes its reader raise
            log.warning("%s cannot be read (%s); its trainings run again", path, error)
            return None
        if list(table.columns) != list(SCHEMAS[self._schema].columns):
            log.warning("%s has other columns than today's; its trainings run again", path)
            return None
        return table

    def _keep(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        second = self._folder / f".kept.{os.getpid()}.tmp"
        second.unlink(missing_ok=True)
        try:
            second.hardlink_to(self._shard)
        except OSError:  # a file system without hard links
            with self._shard.open("rb") as source, atomic(self._kept) as copy:
                shutil.copyfileobj(source, copy)
        else:
            second.replace(self._kept)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{path}: cannot be written ({error.strerror or error}); the trainings finished before are kept, "
            "run again when this is mended"
        ) from error

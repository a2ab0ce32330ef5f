"""Fingerprints on disk, for trainings to map into memory.

Apart from :mod:`mtlcurves.data.fingerprints`, because nodes that train have no RDKit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse

from mtlcurves.errors import DataError
from mtlcurves.tables import atomic

BITS, COLUMNS = "bits", b"columns"  # the file's column, and the key of its metadata that counts columns


def save_fingerprints(matrix: Any, path: Path | str) -> None:
    """Write fingerprints as an Arrow file, whole or not at all: one row per compound, the list of its bits.

    It is not compressed, so that the trainings of a node share one copy of it in the system's page cache.
    """
    bits = pa.ListArray.from_arrays(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32))
    schema = pa.schema([pa.field(BITS, bits.type)], metadata={COLUMNS: str(matrix.shape[1])})
    with atomic(path) as handle, pa.ipc.new_file(handle, schema) as writer:
        writer.write_batch(pa.record_batch([bits], schema=schema))


def load_fingerprints(path: Path | str) -> Any:
    """Map fingerprints into memory.

    Parameters
    ----------
    path : Path or str
        ``fingerprints.arrow``, written by :func:`save_fingerprints`.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, columns)
        uint8 ones; column indices int32, sorted within each row. Indices and row starts lie in the file: they are
        read only, and in memory once for all processes of a machine.

    Raises
    ------
    mtlcurves.errors.DataError
        When the file is not what :func:`save_fingerprints` writes.
    """
    try:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        columns = int(file.schema.metadata[COLUMNS])
        bits = file.get_batch(0).column(BITS)
    except (OSError, pa.ArrowException, KeyError, TypeError) as error:
        raise DataError(f"{path}: not a table of fingerprints ({error}); delete it and run again") from error
    indices, starts = bits.values.to_numpy(), bits.offsets.to_numpy()
    ones = np.ones(len(indices), np.uint8)
    return scipy.sparse.csr_array((ones, indices, starts), shape=(len(bits), columns), copy=False)

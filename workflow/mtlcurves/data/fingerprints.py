"""Fingerprints: which circular substructures a compound has, folded to a fixed number of columns."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator

from mtlcurves.data.molecules import captured_errors
from mtlcurves.data.parallel import map_chunks

log = logging.getLogger(__name__)


def compute_fingerprints(smiles: Sequence[str], radius: int, columns: int, workers: int) -> Any:
    """Binary Morgan fingerprints (ECFP), their 32-bit identifiers folded modulo the number of columns.

    Parameters
    ----------
    smiles : sequence of str, length n
        Canonical SMILES.
    radius : int
        Bonds around each atom; 3 gives ECFP6.
    columns : int
        Columns after folding.
    workers : int
        Processes; the result does not depend on them.

    Returns
    -------
    scipy.sparse.csr_array, shape (n, columns)
        uint8 ones; column indices int32, sorted within each row.
    """
    work = partial(_bits_of_all, radius=radius, columns=columns)
    bits = map_chunks(work, list(smiles), workers, "fingerprints")
    ends = np.concatenate([[0], np.cumsum([len(row) for row in bits])]).astype(np.int32)
    indices = np.concatenate(bits) if bits else np.empty(0, np.int32)
    matrix = scipy.sparse.csr_array((np.ones(len(indices), np.uint8), indices, ends), shape=(len(bits), columns))
    log.info(
        "%d fingerprints of %d columns, %d of them used, mean %.1f bits",
        *(len(bits), columns, len(np.unique(indices)), len(indices) / max(len(bits), 1)),
    )
    return matrix


def _bits_of_all(smiles: Sequence[str], radius: int, columns: int) -> list[npt.NDArray[np.int32]]:
    generator = _generator(radius)
    with captured_errors():
        fingerprints = [generator.GetSparseFingerprint(Chem.MolFromSmiles(text)) for text in smiles]
    # RDKit hands the unsigned identifiers out as signed numbers
    identifiers = [np.array(f.GetOnBits(), dtype=np.int64) & 0xFFFFFFFF for f in fingerprints]
    return [np.unique(ids % columns).astype(np.int32) for ids in identifiers]


@cache
def _generator(radius: int) -> Any:
    return rdFingerprintGenerator.GetMorganGenerator(radius=radius)

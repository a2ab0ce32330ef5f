"""Fingerprints: RDKit's own folding is the oracle."""

import numpy as np
import pytest
import scipy.sparse
from mtlcurves.data.fingerprintfile import load_fingerprints, save_fingerprints
from mtlcurves.data.fingerprints import compute_fingerprints
from mtlcurves.errors import DataError
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator

SMILES = [
    "C",
    "CCO",
    "Cc1ccc(cc1Nc2nccc(n2)c3cccnc3)NC(=O)c4ccc(cc4)CN5CCN(CC5)C",
    "CC(C)Cc1ccc(cc1)[C@@H](C)C(=O)O",
    "O=C(O)c1ccccc1OC(C)=O",
]


@pytest.mark.parametrize("radius", [0, 2, 3])
@pytest.mark.parametrize("columns", [64, 1000, 32_000])
def test_bits_are_those_of_the_folded_fingerprint(radius: int, columns: int) -> None:
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=radius, fpSize=columns)
    expected = np.array([generator.GetFingerprintAsNumPy(Chem.MolFromSmiles(s)) for s in SMILES])
    matrix = compute_fingerprints(SMILES, radius, columns, 1)
    np.testing.assert_array_equal(matrix.toarray(), expected)


def test_matrix_is_binary_compact_and_sorted() -> None:
    matrix = compute_fingerprints(SMILES, 3, 128, 1)
    assert isinstance(matrix, scipy.sparse.csr_array)
    assert matrix.shape == (len(SMILES), 128)
    assert (matrix.dtype, matrix.indices.dtype) == (np.uint8, np.int32)
    assert (matrix.data == 1).all()
    for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        assert (np.diff(matrix.indices[start:end]) > 0).all()


def test_files_are_the_same_bytes_whatever_the_workers(tmp_path) -> None:
    smiles = ["C" * n + end for n in range(1, 200) for end in ("O", "N", "c1ccccc1", "Cl")]
    for workers in (1, 3):
        save_fingerprints(compute_fingerprints(smiles, 3, 500, workers), tmp_path / f"{workers}.arrow")
    assert (tmp_path / "1.arrow").read_bytes() == (tmp_path / "3.arrow").read_bytes()
    again = load_fingerprints(tmp_path / "1.arrow")
    assert (again != compute_fingerprints(smiles, 3, 500, 1)).nnz == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.arrow", "3.arrow"]


def test_loaded_fingerprints_lie_in_the_file_and_not_in_memory(tmp_path) -> None:
    matrix = compute_fingerprints(SMILES, 3, 128, 1)
    save_fingerprints(matrix, tmp_path / "fingerprints.arrow")
    mapped = load_fingerprints(tmp_path / "fingerprints.arrow")
    assert mapped.shape == matrix.shape
    assert (mapped.dtype, mapped.indices.dtype, mapped.indptr.dtype) == (np.uint8, np.int32, np.int32)
    for part in (mapped.indices, mapped.indptr):
        assert not part.flags.owndata and not part.flags.writeable
    np.testing.assert_array_equal(mapped[[3, 1]].toarray(), matrix.toarray()[[3, 1]])


def test_a_file_of_something_else_is_named(tmp_path) -> None:
    path = tmp_path / "fingerprints.arrow"
    with pytest.raises(DataError, match="fingerprints.arrow: not a table of fingerprints"):
        load_fingerprints(path)
    path.write_bytes(b"something else")
    with pytest.raises(DataError, match="fingerprints.arrow: not a table of fingerprints"):
        load_fingerprints(path)

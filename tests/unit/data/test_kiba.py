"""Reading the KIBA tables."""

import gzip

import pytest
from mtlcurves.data.kiba import read_kiba
from mtlcurves.data.locations import KIBA_FILES
from mtlcurves.data.sources import read_source
from mtlcurves.errors import DataError

VALUES = "chembl_id,uniprot,kiba\nCHEMBL1,P1,2.5\nCHEMBL1,P2,#NAME?\nCHEMBL2,P1,-3.1\nCHEMBL2,P2,4\nCHEMBL9,P1,1\n"
COMPOUNDS = "chembl_id,smiles,smiles_source\nCHEMBL1,CCO,x\nCHEMBL2,,\nCHEMBL3,,\n"


def read(folder, values=VALUES, compounds=COMPOUNDS):
    for name, text in zip(KIBA_FILES, (values, compounds), strict=False):
        (folder / name).write_bytes(gzip.compress(text.encode()))
    return read_kiba(folder / KIBA_FILES[0], folder / KIBA_FILES[1]).frames()


def test_values_and_what_is_left_out(tmp_path):
    values, rejected = read(tmp_path)
    assert values.values.tolist() == [[1, "CHEMBL1", "CCO", "P1", 2.5]]
    listed = rejected.astype(object).where(rejected.notna(), None)
    assert listed[["row", "compound", "task", "value", "reason"]].values.tolist() == [
        [2, "CHEMBL1", "P2", "#NAME?", "not a number"],
        [5, "CHEMBL9", "P1", "1", "compound not in the table of compounds"],
        [None, "CHEMBL2", None, "2 values", "no structure"],
        [None, "CHEMBL3", None, "0 values", "no structure"],
    ]


def test_broken_tables_are_refused(tmp_path):
    with pytest.raises(DataError, match=f"{KIBA_FILES[0]}: no column 'kiba'; did you mean 'KIBA'"):
        read(tmp_path, values=VALUES.replace("kiba", "KIBA"))
    with pytest.raises(DataError, match=f"{KIBA_FILES[1]}: compounds occur twice: CHEMBL1"):
        read(tmp_path, compounds=COMPOUNDS + "CHEMBL1,CCC,x\n")
    read(tmp_path)
    (tmp_path / KIBA_FILES[0]).write_bytes((tmp_path / KIBA_FILES[0]).read_bytes()[:60])
    with pytest.raises(DataError, match="truncated or corrupted"):
        read_kiba(tmp_path / KIBA_FILES[0], tmp_path / KIBA_FILES[1])


def test_counts_of_the_published_tables(shared_data):
    values, rejected = read_source({"kind": "kiba"}, [str(shared_data / name) for name in KIBA_FILES])
    assert len(values) == 228_744
    assert values["task"].nunique() == 466
    without = rejected[rejected["reason"] == "no structure"]
    assert len(without) == 8_223
    assert without["value"].str.split().str[0].astype(int).sum() == 14_507
    wrong = rejected[rejected["reason"] == "not a number"]
    assert wrong[["compound", "task", "value"]].values.tolist() == [["CHEMBL7724", "P16234", "#NAME?"]]
    assert len(rejected) == 8_224

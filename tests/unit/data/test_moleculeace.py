"""The ChEMBL tables in the MoleculeACE wheel."""

import csv
import math
import re
import sys
import zipfile
from pathlib import Path

import pytest
from mtlcurves.data.moleculeace import read_wheel
from mtlcurves.data.sources import read_source
from mtlcurves.errors import DataError
from mtlcurves.task_info import read_tasks

TASKS = Path(__file__).parents[3] / "config" / "tasks"
HEADER = "smiles,exp_mean [nM],y,cliff_mol,split\n"
FOLDER = "MoleculeACE/Data/benchmark_data/"


def wheel_of(path, tables):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return path


@pytest.fixture(scope="module")
def tables(moleculeace_wheel):
    return read_source({"kind": "moleculeace"}, [str(moleculeace_wheel)])


def test_counts_of_the_wheel(tables):
    values, rejected = tables
    assert len(values) == 48_714
    assert values["smiles"].nunique() == 35_633
    assert values["task"].nunique() == 30
    assert (values.groupby("smiles")["task"].nunique() > 1).sum() == 9_507
    assert rejected.empty


def test_values_are_minus_log10_of_nanomolar(tables, moleculeace_wheel):
    values, _ = tables
    with zipfile.ZipFile(moleculeace_wheel) as archive:
        text = archive.read(FOLDER + "CHEMBL234_Ki.csv").decode().splitlines()
    molar = [float(row["exp_mean [nM]"]) for row in csv.DictReader(text)]
    found = values.loc[values["task"] == "CHEMBL234_Ki", "value"]
    assert found.to_numpy() == pytest.approx([-math.log10(nm) for nm in molar])
    # 100 nM and stronger
    assert (found >= -2).sum() == sum(nm <= 100 for nm in molar) == 2394


def test_task_tables_name_the_tables_of_the_wheel(tables):
    thirty = read_tasks(str(TASKS / "chembl30.csv"))
    assert {info.task for info in thirty} == set(tables[0]["task"])
    assert len({info.name for info in thirty}) == 30
    ten = read_tasks(str(TASKS / "receptors10.csv"))
    assert [info for info in thirty if info in ten] == ten
    assert [info.name for info in ten[:5]] == ["D3", "D4", "5-HT1A", "SERT", "DAT"]
    for name in ("chembl30", "receptors10"):
        with (TASKS / f"{name}.csv").open() as handle:
            assert all(row["task"].endswith(f"_{row['measure']}") for row in csv.DictReader(handle))


def test_the_package_is_not_imported(tables):
    assert not any(re.match("moleculeace", name, re.IGNORECASE) for name in sys.modules)


def test_small_wheel(tmp_path):
    rows = "CCO,100.0,-2.0,0,train\nCCO,1,0,0,test\nCC,x,?,0,test\n,1,0,0,test\n"
    path = wheel_of(
        tmp_path / "w.whl",
        {
            FOLDER + "B_Ki.csv": HEADER + rows,
            FOLDER + "A_EC50.csv": HEADER + "C,1,0,0,train\n",
            "x/other.csv": "a",
        },
    )
    values, rejected = read_wheel(path).frames()
    assert values[["task", "row", "smiles", "value"]].values.tolist() == [
        ["A_EC50", 1, "C", 0.0],
        ["B_Ki", 1, "CCO", -2.0],
        ["B_Ki", 2, "CCO", 0.0],
    ]
    assert rejected[["task", "row", "value", "reason"]].values.tolist() == [
        ["B_Ki", 3, "?", "not a number"],
        ["B_Ki", 4, "0", "no structure"],
    ]


def test_what_is_no_such_wheel_is_refused(tmp_path):
    path = tmp_path / "w.whl"
    wheel_of(path, {"MoleculeACE/__init__.py": ""})
    with pytest.raises(DataError, match=f"{path}: no tables MoleculeACE/Data/benchmark_data"):
        read_wheel(path)
    wheel_of(path, {FOLDER + "A_Ki.csv": "SMILES,pKi\nC,1\n"})
    with pytest.raises(DataError, match=r"A_Ki.csv: no column 'smiles'; found SMILES, pKi"):
        read_wheel(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(DataError, match=f"{path}: not a whole wheel"):
        read_wheel(path)

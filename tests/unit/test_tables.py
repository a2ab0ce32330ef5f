"""Tables are written whole or not at all, with the columns of their schema."""

import errno
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from mtlcurves import tables
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import atomic, read_table, write_json, write_table


@pytest.fixture
def scaffolds() -> pd.DataFrame:
    return pd.DataFrame(
        {"scaffold": ["CCO", "c1ccccc1"], "smiles": ["CCO", "Cc1ccccc1"], "murcko": ["", "c1ccccc1"]}
    )


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_table_comes_back_in_its_schemas_order(scaffolds: pd.DataFrame, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"deep/down/scaffolds.{ending}"
    write_table(scaffolds, path, "scaffolds")
    table = read_table(path)
    assert list(table) == ["smiles", "murcko", "scaffold"]
    assert table["smiles"].tolist() == ["CCO", "Cc1ccccc1"]
    assert table["scaffold"].tolist() == ["CCO", "c1ccccc1"]


def test_columns_get_the_types_of_the_schema(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"split": ["scaffold"], "rotation": [1], "folds": [2], "task": ["a"], "n": [3], "n_active": [1]}
    )
    write_table(table, tmp_path / "t.parquet", "label_counts")
    dtypes = read_table(tmp_path / "t.parquet").dtypes
    columns = SCHEMAS["label_counts"].columns
    assert {name: str(dtype) for name, dtype in dtypes.items() if columns[name].dtype != "string"} == {
        name: column.dtype for name, column in columns.items() if column.dtype != "string"
    }


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    write_table(pd.DataFrame(columns=list(SCHEMAS["labels"].columns)), tmp_path / "t.parquet", "labels")
    table = read_table(tmp_path / "t.parquet")
    assert list(table) == list(SCHEMAS["labels"].columns)
    assert table.empty


def test_a_wrong_column_is_refused_and_nothing_written(scaffolds: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"lacks the columns \['murcko'\] and has unknown ones \['murko'\]"):
        write_table(scaffolds.rename(columns={"murcko": "murko"}), tmp_path / "t.parquet", "scaffolds")
    assert list(tmp_path.iterdir()) == []


def test_a_value_of_the_wrong_type_is_refused_and_nothing_written(tmp_path: Path) -> None:
    table = pd.DataFrame(dict.fromkeys(SCHEMAS["label_counts"].columns, ["many"]))
    with pytest.raises(ValueError, match="many"):
        write_table(table, tmp_path / "t.parquet", "label_counts")
    assert list(tmp_path.iterdir()) == []


def test_an_error_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write_and_fail() -> None:
        with atomic(path) as handle:
            handle.write(b"new, but only half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing(
    scaffolds: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tables.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_table(scaffolds, tmp_path / "t.parquet", "scaffolds")
    assert list(tmp_path.iterdir()) == []


def test_files_get_the_permissions_of_the_users_umask(tmp_path: Path) -> None:
    write_json({}, tmp_path / "t.json")
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "t.json").stat().st_mode == plain.stat().st_mode


def test_json_is_written_readable(tmp_path: Path) -> None:
    write_json({"name": "Bolgár", "n": [1, 2]}, tmp_path / "t.json")
    assert "Bolgár" in (tmp_path / "t.json").read_text()
    assert json.loads((tmp_path / "t.json").read_text()) == {"name": "Bolgár", "n": [1, 2]}


def test_equal_tables_are_equal_files(scaffolds: pd.DataFrame, tmp_path: Path) -> None:
    write_table(scaffolds, tmp_path / "a.parquet", "scaffolds")
    write_table(scaffolds.copy(), tmp_path / "b.parquet", "scaffolds")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_table_says_what_a_row_and_a_column_is(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema.row
    assert all(column.meaning for column in schema.columns.values())
    pd.DataFrame({name: pd.Series(dtype=column.dtype) for name, column in schema.columns.items()})

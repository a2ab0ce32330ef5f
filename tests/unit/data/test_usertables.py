"""User tables: what becomes a value, what is listed, what stops the job."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.data.fetch import sha256_of
from mtlcurves.data.measured import CENSORED_VALUE, INFINITE_VALUE, NO_STRUCTURE, NO_TASK, NOT_A_NUMBER
from mtlcurves.data.sources import read_source
from mtlcurves.errors import DataError

SIDER = "Neoplasms benign, malignant (incl cysts)"
QUOTED = 'the "other" task'


def read(path, layout="wide", **keys):
    return read_source({"kind": "table", "path": str(path), "layout": layout, **keys}, [str(path)])


def cells(values):
    columns = ["row", "compound", "smiles", "task", "value"]
    return sorted(values[columns].itertuples(index=False, name=None))


@pytest.fixture
def wide(tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["a", "b", "c", "d"],
            "smiles": ["CCO", "CCC", "", "CCN"],
            SIDER: ["1", "0", "1", ""],
            QUOTED: ["", "x", "2.5", ">10"],
            "comment": ["fine", "", "old", "new"],
            "nothing": ["", "", "", ""],
        }
    )
    path = tmp_path / "wide.csv"
    frame.to_csv(path, index=False)
    return path


def test_wide_values(wide):
    values, _ = read(wide, compound="id")
    assert cells(values) == [(1, "a", "CCO", SIDER, 1.0), (2, "b", "CCC", SIDER, 0.0)]


def test_wide_everything_else_is_listed(wide):
    _, rejected = read(wide, compound="id")
    listed = {
        (row.row, row.compound, row.task, row.value): row.reason
        for row in rejected.astype(object).where(rejected.notna(), None).itertuples()
    }
    assert listed == {
        (2, "b", QUOTED, "x"): NOT_A_NUMBER,
        (4, "d", QUOTED, ">10"): CENSORED_VALUE,
        (3, "c", None, "2 values"): NO_STRUCTURE,
        (None, None, "comment", "fine"): "column skipped: 0 of its 3 cells hold a number",
        (None, None, "nothing", None): "column skipped: it is empty",
    }
    assert set(rejected["step"]) == {"read_source"}


def test_without_a_compound_column_the_structure_names_the_compound(wide):
    values, rejected = read(wide)
    assert list(values["compound"]) == list(values["smiles"])
    assert "column skipped: 0 of its 4 cells hold a number" in set(rejected["reason"])  # the column id


def test_a_task_is_kept_however_many_of_its_cells_are_censored(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("smiles,x\nC,1\n" + "".join(f"{'C' * i},>5\n" for i in range(2, 30)))
    values, rejected = read(path)
    assert len(values) == 1
    assert len(rejected) == 28 and set(rejected["reason"]) == {CENSORED_VALUE}


@pytest.mark.parametrize("found", ["inf", "-inf", "1e400"])
def test_infinite_values_are_listed(tmp_path, found):
    path = tmp_path / "t.csv"
    path.write_text(f"smiles,x\nC,1\nCC,{found}\n")
    _, rejected = read(path)
    assert rejected[["row", "task", "value", "reason"]].values.tolist() == [[2, "x", found, INFINITE_VALUE]]


def test_tidy(tmp_path):
    path = tmp_path / "tidy.tsv"
    rows = ["structure\tassay\tpIC50\tid", "CCO\tA, 1\t5.5\tm1", "CCO\tB\t6\tm1", "\tB\t6\tm2", "CC\t\t6\tm3"]
    rows += ["CC\tB\t<4\tm3", "CC\tB\t\tm3", "CCO\tB\t6.5\tm1"]
    path.write_text("\n".join(rows) + "\n")
    values, rejected = read(path, "tidy", smiles="structure", task="assay", value="pIC50", compound="id")
    assert cells(values) == [
        (1, "m1", "CCO", "A, 1", 5.5),
        (2, "m1", "CCO", "B", 6.0),
        (7, "m1", "CCO", "B", 6.5),
    ]
    assert rejected[["row", "value", "reason"]].values.tolist() == [
        [3, "6", NO_STRUCTURE],
        [4, "6", NO_TASK],
        [5, "<4", CENSORED_VALUE],
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 5), st.sampled_from(["A", "B"]), st.sampled_from(["1", "2.5", "", ">3", "x", "nan"])
        ),
        min_size=1,
        unique_by=lambda cell: cell[:2],
    )
)
def test_wide_and_tidy_agree_and_no_cell_is_lost(tmp_path_factory, given_cells):
    folder = tmp_path_factory.mktemp("layouts")
    given_cells = [(5, "A", "7"), (5, "B", "7"), *[c for c in given_cells if c[0] != 5]]
    tidy = pd.DataFrame([("C" * n, t, v) for n, t, v in given_cells], columns=["smiles", "task", "value"])
    tidy.to_csv(folder / "tidy.csv", index=False)
    tidy.pivot(index="smiles", columns="task", values="value").to_csv(folder / "wide.csv")
    (tidy_values, tidy_rejected), (wide_values, wide_rejected) = (
        read(folder / f"{layout}.csv", layout) for layout in ("tidy", "wide")
    )
    key = ["smiles", "task", "value"]
    assert sorted(map(tuple, tidy_values[key].values)) == sorted(map(tuple, wide_values[key].values))
    assert sorted(map(tuple, tidy_rejected[key].values)) == sorted(map(tuple, wide_rejected[key].values))
    missing = sum(value in ("", "nan") for _, _, value in given_cells)
    assert len(tidy_values) + len(tidy_rejected) + missing == len(given_cells)


def test_parquet_with_typed_columns(tmp_path):
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame({"smiles": ["C", "CC", None], "x": [1.5, None, 2.0], "flag": [True, False, True]})
    frame["kind"] = pd.Categorical(["a", "b", "a"])
    frame.to_parquet(path)
    values, rejected = read(path)
    assert cells(values) == [(1, "C", "C", "flag", 1.0), (1, "C", "C", "x", 1.5), (2, "CC", "CC", "flag", 0.0)]
    assert set(rejected["reason"]) == {NO_STRUCTURE, "column skipped: 0 of its 3 cells hold a number"}


def test_a_column_without_a_name_is_skipped(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(",smiles,x\n0,C,1\n1,CC,2\n")
    values, rejected = read(path)
    assert set(values["task"]) == {"x"}
    assert list(rejected["reason"]) == ["column skipped: it has no name"]


def test_a_local_file_keeps_to_its_digest(wide):
    read(wide, sha256=sha256_of(wide))
    with pytest.raises(DataError, match=f"{wide}: sha256 differs: expected {'0' * 64}, found {sha256_of(wide)}"):
        read(wide, sha256="0" * 64)


@pytest.mark.parametrize(
    ("layout", "keys", "message"),
    [
        ("wide", {"smiles": "SMILES"}, "source.smiles: no column 'SMILES' in .*did you mean 'smiles'"),
        ("wide", {"compound": "name"}, "source.compound: no column 'name' in .*found: 'id', 'smiles'"),
        ("tidy", {}, "source.task: no column 'task' in .*; source.value: no column 'value' in"),
    ],
)
def test_a_missing_column_stops(wide, layout, keys, message):
    with pytest.raises(DataError, match=message):
        read(wide, layout, **keys)


def test_a_table_without_any_value_stops(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("smiles,x,y\n,1,\n,2,\n")
    with pytest.raises(DataError, match="no measured value in it; left out: 2 x no structure, 1 x column skipped"):
        read(path)

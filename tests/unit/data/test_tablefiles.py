"""Reading table files: every ending gives the same cells; what is no such table is refused with its reason."""

import csv
import gzip
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.data.tablefiles import header_of, read_columns, table_format
from mtlcurves.errors import DataError

ROWS = [["smiles", "a, b", 'say "x"'], ["CCO", "1", ""], ["c1ccccc1", "", "2.5"]]
ENDINGS = [".csv", ".tsv", ".parquet", ".csv.gz", ".tsv.gz", ".parquet.gz", ".CSV"]


def write(folder, ending, rows=ROWS):
    path = folder / f"table{ending}"
    if ".parquet" in ending:
        frame = pd.DataFrame(rows[1:], columns=rows[0])
        data = frame.to_parquet()
    else:
        text = io.StringIO()
        csv.writer(text, delimiter="\t" if ".tsv" in ending else ",", lineterminator="\n").writerows(rows)
        data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    return path


def refusal(path):
    with pytest.raises(DataError) as error:
        read_columns(path)
    assert str(path) in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_gives_the_same_cells(tmp_path, ending):
    path = write(tmp_path, ending)
    assert header_of(path) == ROWS[0]
    assert read_columns(path) == {"smiles": ["CCO", "c1ccccc1"], "a, b": ["1", ""], 'say "x"': ["", "2.5"]}
    assert list(read_columns(path, ['say "x"'])) == ['say "x"']


cell = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(cell, min_size=2, max_size=2), min_size=1, max_size=5), st.sampled_from([".csv", ".tsv.gz"])
)
def test_text_written_by_csv_reads_back(tmp_path_factory, rows, ending):
    path = write(tmp_path_factory.mktemp("round"), ending, [["x", "y"], *rows])
    assert [list(pair) for pair in zip(*read_columns(path).values(), strict=True)] == rows


def test_parquet_keeps_its_types_and_drops_the_pandas_index(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": [1.5, None], "n": [1, 2]}, index=["r", "s"]).to_parquet(path)
    assert read_columns(path) == {"x": [1.5, None], "n": [1, 2]}


def test_byte_order_mark_and_blank_lines_are_no_data(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbfsmiles,x\r\n\r\nCCO,1\r\n\r\n")
    assert read_columns(path) == {"smiles": ["CCO"], "x": ["1"]}


@pytest.mark.parametrize("name", ["table.txt", "table.xlsx", "table", "table.gz"])
def test_format_comes_from_the_name(name):
    with pytest.raises(DataError, match=r"allowed: \.csv, \.tsv or \.parquet"):
        table_format(name)


BAD_BYTES = {
    "empty file": ("t.csv", b"", "the file is empty"),
    "empty archive": ("t.csv.gz", gzip.compress(b""), "no header"),
    "blank header": ("t.csv", b",,\n1,2,3\n", "no header"),
    "no rows": ("t.csv", b"smiles,x\n", "no rows below the header"),
    "twice": ("t.csv", b"smiles,x,x\nC,1,2\n", "column names occur twice: 'x'"),
    "short row": ("t.csv", b"smiles,x\nC,1\nC\n", "row 2 has 1 cells where the header has 2"),
    "semicolons": ("t.csv", b"smiles;x\nC;1,5\n", "the header has 1; the file is separated otherwise, or"),
    "long row": ("t.csv", b"smiles,x\nC,1,5\n", "row 1 has 3 cells"),
    "open quote": ("t.csv", b'smiles,x\nC,1\n"C,2\n', "not a well-formed table after row 1"),
    "latin-1": ("t.csv", "smiles,x\nC,\u00e9\n".encode("latin-1"), "not UTF-8 text"),
    "utf-16": ("t.csv", "smiles,x\nC,1\n".encode("utf-16"), "not UTF-8 text"),
    "not gzip": ("t.csv.gz", b"smiles,x\nC,1\n", "named .gz, but not gzip-compressed"),
    "hidden gzip": ("t.csv", gzip.compress(b"smiles,x\nC,1\n"), "named .csv, but it is gzip-compressed"),
    "csv as parquet": ("t.parquet", b"smiles,x\nC,1\n", "named .parquet, but it holds something else"),
    "parquet as csv": ("t.csv", b"PAR1....", "named .csv, but it is a parquet file"),
    "excel as csv": ("t.csv", b"PK\x03\x04....", "named .csv, but it is a zip archive or Excel workbook"),
    "excel as tsv.gz": ("t.tsv.gz", gzip.compress(b"PK\x03\x04...."), "zip archive or Excel workbook"),
    "broken parquet": ("t.parquet", b"PAR1" + b"x" * 50, "not a whole parquet file"),
}


@pytest.mark.parametrize("case", BAD_BYTES)
def test_what_is_no_table_is_refused(tmp_path, case):
    name, data, message = BAD_BYTES[case]
    (tmp_path / name).write_bytes(data)
    assert message in refusal(tmp_path / name)


def test_missing_file_is_refused(tmp_path):
    assert "cannot be read (No such file" in refusal(tmp_path / "t.csv")


@pytest.mark.parametrize("ending", [".csv.gz", ".parquet", ".tsv.gz"])
def test_truncated_file_is_refused(tmp_path, ending):
    rows = [["smiles", "x"], *([f"C{i}", str(i * 7919 % 1000)] for i in range(20_000))]
    path = write(tmp_path, ending, rows)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    message = refusal(path)
    assert "truncated or corrupted after row" in message or "not a whole parquet file" in message


def test_corrupted_archive_is_refused(tmp_path):
    path = write(tmp_path, ".csv.gz", [["smiles", "x"], *([f"C{i}", "1"] for i in range(5000))])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    refusal(path)

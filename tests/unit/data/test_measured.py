"""Cells of values: a number, missing, or a reason."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtlcurves.data.measured import (
    CENSORED_VALUE,
    DECIMAL_COMMA,
    INFINITE_VALUE,
    NOT_A_NUMBER,
    Collector,
    parse_number,
)
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import read_table, write_table


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_written_as_text_read_back(number):
    assert parse_number(repr(number)) == number
    assert parse_number(f" {number:+.17e} ") == number
    assert parse_number(number) == number


@pytest.mark.parametrize("cell", ["5", "5.", ".5", "-1", "+1e3", 0, True, Decimal("2.50"), "00.5"])
def test_numbers(cell):
    assert parse_number(cell) == float(cell)


@pytest.mark.parametrize("cell", [None, "", "  ", "NA", "n/a", "NaN", "nan", "null", "None", "<NA>", math.nan])
def test_missing(cell):
    assert parse_number(cell) is None


@pytest.mark.parametrize("cell", [">10", "< 0.5", ">=10", "≤3", "~7", "<=-1"])
def test_bounds_are_censored(cell):
    assert parse_number(cell) == CENSORED_VALUE


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999", math.inf, -math.inf])
def test_infinite(cell):
    assert parse_number(cell) == INFINITE_VALUE


@pytest.mark.parametrize("cell", ["1_000", "active", "#NAME?", "0x1A", "5 nM", "1e", "--1", "٣", "> high"])
def test_what_is_not_a_number(cell):
    assert parse_number(cell) == NOT_A_NUMBER


@given(st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.none()))
def test_every_cell_is_a_finite_number_missing_or_a_reason(cell):
    parsed = parse_number(cell)
    assert parsed is None or isinstance(parsed, str) or math.isfinite(parsed)


@pytest.mark.parametrize("filled", [True, False])
def test_collected_tables_fit_their_schemas(tmp_path, filled):
    collected = Collector()
    if filled:
        collected.value(1, "id", "CCO", "task", 2.0)
        collected.reject("not a number", row=2, compound="id", smiles="CCO", task="task", found="x")
        collected.reject("no structure", compound="id", found="3 values")
    for name, frame in zip(["values", "rejected"], collected.frames(), strict=True):
        write_table(frame, tmp_path / f"{name}.parquet", name)
        back = read_table(tmp_path / f"{name}.parquet")
        assert list(back.columns) == list(SCHEMAS[name].columns)
        assert len(back) == (0 if not filled else 1 if name == "values" else 2)


@pytest.mark.parametrize("cell", ["5,79", "-0,5", "1,234,567"])
def test_a_comma_in_a_number_is_named(cell: str) -> None:
    assert parse_number(cell) == DECIMAL_COMMA
    assert parse_number(cell.replace(",", "")) == float(cell.replace(",", ""))

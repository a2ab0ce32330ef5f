"""How a small table is shown in the report: its cells as text, and what they are sorted by."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from mtlcurves.reporting.style import ARM_NAMES, METRIC_NAMES


@dataclass(frozen=True)
class Cell:
    """A cell: what is shown, and what it is sorted by."""

    text: str
    value: float | str


@dataclass(frozen=True)
class Shown:
    """A table as the report shows it.

    Attributes
    ----------
    name : str
        Unique in the report.
    title, note : str
        Heading, and how to read the table.
    category : str
        Section it stands in.
    columns : list of str
        Headings.
    rows : list of list of Cell
        Cells.
    csv : str
        Path of the complete table, seen from the report; empty where it is in no file.
    """

    name: str
    title: str
    note: str
    category: str
    columns: list[str]
    rows: list[list[Cell]]
    csv: str = ""


def cells(
    table: pd.DataFrame, headings: Mapping[str, str], once: Collection[str] = ()
) -> tuple[list[str], list[list[Cell]]]:
    """Turn a table into headings and rows of cells.

    Parameters
    ----------
    table : pandas.DataFrame
        Table.
    headings : mapping of str to str
        Columns to show, in order, with their headings.
    once : collection of str
        Columns that are left out when they say the same in every row.
    """
    shown = [name for name in headings if name not in once or table[name].nunique(dropna=False) > 1]
    columns = [_column(name, table[name]) for name in shown]
    return [headings[name] for name in shown], [list(row) for row in zip(*columns, strict=True)]


def in_given_order(column: pd.Series) -> pd.Series:
    """Sort key that keeps texts in the order in which they first appear."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map({value: place for place, value in enumerate(column.unique())})


def _column(name: str, column: pd.Series) -> list[Cell]:
    """Write a column: its numbers with the same digits, so that they can be compared at a glance."""
    if not pd.api.types.is_numeric_dtype(column):
        texts = column.fillna("").astype(str)
        return [Cell(METRIC_NAMES.get(text, ARM_NAMES.get(text, text)), text) for text in texts]
    numbers = column.astype(float)
    form = ".2g" if name in ("p", "q", "p_corrected", "q_corrected") else _digits(numbers)
    return [_number(number, form) for number in numbers]


def _digits(numbers: pd.Series) -> str:
    largest = numbers.abs().max()
    if (numbers.dropna() % 1 == 0).all() or largest >= 1000:
        return ",.0f"
    for bound, form in ((100, ".1f"), (1, ".2f"), (0.1, ".3f"), (0.005, ".4f")):
        if largest > bound:
            return form
    return ".2e"


def _number(number: float, form: str) -> Cell:
    if math.isnan(number):
        return Cell("", "")
    if form == ".2g" and number < 1e-4:
        return Cell("< 0.0001", number)
    return Cell(f"{number:{form}}".replace("-", "\N{MINUS SIGN}"), number)

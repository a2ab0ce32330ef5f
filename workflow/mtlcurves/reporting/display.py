"""How a small table is shown in the report: its cells as text, and what they are sorted by."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from mtlcurves.reporting.style import ARM_NAMES, METRIC_NAMES

P_VALUES = ("p", "q", "p_corrected", "q_corrected", "q_map", "null_probability", "p_random", "pearson_p")
ERRORS = ("prequential_common", "prequential_mean", "prequential", "l2_mean", "l2")  # many orders of magnitude
# columns to be compared with each other are written with the same digits
TOGETHER = (
    ("difference", "low", "high"),
    ("spearman", "low", "high"),
    ("closed", "closed_low", "closed_high", "closed_shrunken"),
    ("value", "standard_error"),
    ("similarity", "standard_error", "same"),
    ("corrected", "corrected_error"),
    ("error", "against_mean", "against_low", "against_high"),
    ("per_fold", "fold_low", "fold_high"),
    ("observed_change", "predicted_change"),
    ("labels_now", "labels_needed", "more"),
)


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

    def is_number(self, column: int) -> bool:
        """Say whether a column holds numbers, and empty cells."""
        values = [row[column].value for row in self.rows]
        return any(isinstance(value, float | int) for value in values)


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
    columns = [_column(table[name], _form(name, table[shown])) for name in shown]
    return [headings[name] for name in shown], [list(row) for row in zip(*columns, strict=True)]


def in_given_order(column: pd.Series) -> pd.Series:
    """Sort key that keeps texts in the order in which they first appear."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map({value: place for place, value in enumerate(column.unique())})


def _column(column: pd.Series, form: str) -> list[Cell]:
    """Write a column: its numbers with the same digits, so that they can be compared at a glance."""
    if not pd.api.types.is_numeric_dtype(column):
        texts = column.fillna("").astype(str)
        return [Cell(METRIC_NAMES.get(text, ARM_NAMES.get(text, text)), text) for text in texts]
    return [_number(number, form) for number in column.astype(float)]


def _form(name: str, table: pd.DataFrame) -> str:
    """Choose how the numbers of a column are written: a Python format, or P for probabilities."""
    if name in P_VALUES:
        return "P"
    if name in ERRORS:
        return ".2e"
    group = next((names for names in TOGETHER if name in names and names[0] in table), (name,))
    numbers = [table[other] for other in group if other in table and pd.api.types.is_numeric_dtype(table[other])]
    return _digits(pd.concat(numbers).astype(float)) if numbers else ""


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
    if form == "P":
        return Cell("< 0.001" if number < 0.001 else f"{number:.3f}", number)
    text = f"{number:{form}}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")  # what rounds to zero has no sign
    return Cell(re.sub(r"e([+-])0", r"e\1", text).replace("-", "\N{MINUS SIGN}"), number)

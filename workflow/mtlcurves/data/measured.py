"""Measured values and what was left out, collected cell by cell while a source is read."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import pandas as pd

STEP = "read_source"
# What spreadsheets and statistics programs write into a cell that holds nothing.
MISSING = frozenset({"", "na", "n/a", "<na>", "nan", "null", "none"})
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
CENSORED = re.compile(r"[<>≤≥~≈]=?\s*[+-]?[\d.]")
COMMA = re.compile(r"[+-]?\d+(,\d+)+", re.ASCII)
INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)

NOT_A_NUMBER = "not a number"
DECIMAL_COMMA = "not a number: a comma, where numbers have a point"
CENSORED_VALUE = "censored: a bound, not a measured number"
INFINITE_VALUE = "infinite"
NO_STRUCTURE = "no structure"
NO_TASK = "no task named"
COLUMN_SKIPPED = "column skipped: "


def text_of(cell: object) -> str:
    """Return a cell's text without surrounding blanks; empty where the cell is missing."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return str(cell).strip()


def count_of(n: int, unit: str) -> str:
    """Write a count with its unit: ``1 label``, ``2 labels``."""
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"


def parse_number(cell: object) -> float | str | None:
    """Read one cell of values.

    Returns
    -------
    float, str or None
        The finite number; the reason why it is none; None for a missing cell (empty, NA, NaN, null, none).
    """
    if isinstance(cell, bool | int | float | Decimal):
        number = float(cell)
        if math.isnan(number):
            return None
        return number if math.isfinite(number) else INFINITE_VALUE
    text = text_of(cell)
    if text.lower() in MISSING:
        return None
    if NUMBER.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else INFINITE_VALUE
    if CENSORED.match(text):
        return CENSORED_VALUE
    if COMMA.fullmatch(text):
        return DECIMAL_COMMA
    return INFINITE_VALUE if INFINITE.fullmatch(text) else NOT_A_NUMBER


class Collector:
    """Collects rows of the tables ``values`` and ``rejected``."""

    def __init__(self) -> None:
        self._values: list[tuple[Any, ...]] = []
        self._rejected: list[tuple[Any, ...]] = []

    def value(self, row: int, compound: str, smiles: str, task: str, value: float) -> None:
        """Add one measured value."""
        self._values.append((row, compound, smiles, task, value))

    def reject(
        self,
        reason: str,
        *,
        row: int | None = None,
        compound: str | None = None,
        smiles: str | None = None,
        task: str | None = None,
        found: str | None = None,
        step: str = STEP,
    ) -> None:
        """Add one thing left out, with its reason."""
        self._rejected.append((step, row, compound, smiles or None, task, found, reason))

    @property
    def n_values(self) -> int:
        """Values collected."""
        return len(self._values)

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the tables ``values`` and ``rejected``."""
        values = pd.DataFrame(self._values, columns=["row", "compound", "smiles", "task", "value"])
        columns = ["step", "row", "compound", "smiles", "task", "value", "reason"]
        rejected = pd.DataFrame(self._rejected, columns=columns)
        text = dict.fromkeys(["compound", "smiles", "task"], "string")
        values = values.astype({"row": "Int64", "value": "float64"} | text)
        return values, rejected.astype(
            {"row": "Int64"} | dict.fromkeys(["step", "value", "reason"], "string") | text
        )

"""What a table's schema is made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column: its pandas type and its meaning (with the unit, where it has one)."""

    dtype: str
    meaning: str


@dataclass(frozen=True)
class Schema:
    """A table: what one row is, and its columns in order."""

    row: str
    columns: dict[str, Column] = field(default_factory=dict)


def table(row: str, /, **columns: tuple[str, str]) -> Schema:
    """Make a schema from what a row is, and each column's type and meaning."""
    return Schema(row, {name: Column(*column) for name, column in columns.items()})

"""Your own table, wide or tidy, as measured values."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mtlcurves.data.fetch import verify
from mtlcurves.data.headers import header_problems
from mtlcurves.data.measured import (
    CENSORED_VALUE,
    COLUMN_SKIPPED,
    INFINITE_VALUE,
    NO_STRUCTURE,
    NO_TASK,
    Collector,
    count_of,
    parse_number,
    text_of,
)
from mtlcurves.data.tablefiles import header_of, read_columns
from mtlcurves.errors import DataError
from mtlcurves.source_sections import TableSource

log = logging.getLogger(__name__)

# A wide table's column counts as a task when at least this share of its cells holds a number or a bound:
# columns of names, identifiers or remarks are skipped and listed.
TASK_SHARE = 0.1


def read_user_table(source: TableSource, path: Path | str) -> Collector:
    """Read a user's table.

    Parameters
    ----------
    source : TableSource
        Layout, column names and, when pinned, the digest.
    path : Path or str
        The file: the source's own path, or where it was fetched to.

    Returns
    -------
    Collector
        Values of every task, and every cell that is neither a number nor missing.

    Raises
    ------
    DataError
        When the digest differs, a named column is missing, or the file is not a well-formed table.
    """
    header = header_of(path)
    verify(path, source.sha256)
    problems = header_problems(header, source, path, [])
    if problems:
        raise DataError("; ".join(problems))
    return _read_wide(source, path, header) if source.layout == "wide" else _read_tidy(source, path)


def _read_tidy(source: TableSource, path: Path | str) -> Collector:
    named = [source.smiles, source.task, source.value] + ([source.compound] if source.compound else [])
    columns = read_columns(path, named)
    compound_of, collected = _compounds(source, columns), Collector()
    missing = 0
    for index, cell in enumerate(columns[source.value]):
        number = parse_number(cell)
        if number is None:
            missing += 1
            continue
        row, compound, smiles = index + 1, compound_of(index), text_of(columns[source.smiles][index])
        task = text_of(columns[source.task][index])
        if isinstance(number, str) or not task or not smiles:
            reason = number if isinstance(number, str) else NO_STRUCTURE if task else NO_TASK
            collected.reject(
                reason, row=row, compound=compound, smiles=smiles, task=task or None, found=text_of(cell)
            )
        else:
            collected.value(row, compound, smiles, task, number)
    log.info("%s: %d values, %d rows without a value", path, collected.n_values, missing)
    return collected


def _read_wide(source: TableSource, path: Path | str, header: list[str]) -> Collector:
    columns, collected = read_columns(path), Collector()
    compound_of = _compounds(source, columns)
    smiles = [text_of(cell) for cell in columns[source.smiles]]
    compounds = [compound_of(index) for index in range(len(smiles))]
    lost = [0] * len(smiles)
    for name in header:
        if name in (source.smiles, source.compound):
            continue
        if not name:
            collected.reject(f"{COLUMN_SKIPPED}it has no name")
            continue
        cells = columns[name]
        parsed = [parse_number(cell) for cell in cells]
        skip = _why_no_task(parsed)
        if skip:
            example = next((text_of(c) for c, p in zip(cells, parsed, strict=True) if isinstance(p, str)), None)
            collected.reject(COLUMN_SKIPPED + skip, task=name, found=example)
            continue
        for index, number in enumerate(parsed):
            if number is None:
                continue
            at = (index + 1, compounds[index], smiles[index])
            if isinstance(number, str):
                collected.reject(
                    number, row=at[0], compound=at[1], smiles=at[2], task=name, found=text_of(cells[index])
                )
            elif at[2]:
                collected.value(*at, name, number)
            else:
                lost[index] += 1
    for index, text in enumerate(smiles):
        if not text:
            found = count_of(lost[index], "value")
            collected.reject(NO_STRUCTURE, row=index + 1, compound=compounds[index] or None, found=found)
    log.info("%s: %d values of %d compounds", path, collected.n_values, len(smiles))
    return collected


def _compounds(source: TableSource, columns: dict[str, list[Any]]) -> Callable[[int], str]:
    """Return the compound id of a row: the user's, or the structure where there is none."""
    smiles, own = columns[source.smiles], columns[source.compound or source.smiles]
    return lambda index: text_of(own[index]) or text_of(smiles[index])


def _why_no_task(parsed: list[float | str | None]) -> str | None:
    """Say why a wide table's column is no task, if it is none."""
    given = [cell for cell in parsed if cell is not None]
    if not given:
        return "it is empty"
    numeric = sum(isinstance(cell, float) or cell in (CENSORED_VALUE, INFINITE_VALUE) for cell in given)
    if numeric < TASK_SHARE * len(given):
        return f"{numeric} of its {len(given)} cells hold a number"
    return None

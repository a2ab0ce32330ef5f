"""What can be wrong between a configuration and its source, found before any job runs and without pandas."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from mtlcurves.config import KibaSource, MoleculeAceSource, Section, TableSource
from mtlcurves.data.locations import (
    KIBA_BUILT,
    KIBA_FILES,
    SCHEMES,
    WHEEL_TABLES,
    is_remote,
    kiba_folder,
    name_in,
    wheel_file,
)
from mtlcurves.data.tablefiles import header_of, read_columns, table_format
from mtlcurves.errors import DataError
from mtlcurves.messages import nearest


def source_problems(source: Section, data_dir: str | None, tasks: Sequence[str]) -> list[str]:
    """List what is wrong with a study's source, as far as its files are here and can be told in a moment.

    Parameters
    ----------
    source : Section
        Configuration section ``source``.
    data_dir : str or None
        Configuration key ``data_dir``.
    tasks : sequence of str
        Tasks of the study, empty when it names none.
    """
    if isinstance(source, TableSource):
        return _remote_problems(source) if is_remote(source.path) else check_table_header(source, tasks)
    if isinstance(source, KibaSource):
        return _kiba_problems(data_dir, tasks)
    assert isinstance(source, MoleculeAceSource)
    return _unknown(tasks, _wheel_tasks(wheel_file(source)), "the tables of the wheel")


def _remote_problems(source: TableSource) -> list[str]:
    problems = []
    if source.path.split("://")[0].lower() not in SCHEMES:
        problems.append(
            f"source.path: cannot fetch {source.path!r}; allowed: {', '.join(f'{s}://' for s in SCHEMES)}"
        )
    if source.sha256 is None:
        problems.append("source.sha256: is required for a URL; sha256sum prints it")
    try:
        table_format(name_in(source.path))
    except DataError as error:
        problems.append(f"source.path: {error}")
    return problems


def _kiba_problems(data_dir: str | None, tasks: Sequence[str]) -> list[str]:
    folder = kiba_folder(data_dir)
    missing = [name for name in KIBA_FILES if not (folder / name).is_file()]
    if missing:
        if folder == KIBA_BUILT:
            return []  # fetch_kiba builds them there
        key = "data_dir" if data_dir else "MTLCURVES_DATA"
        what = f"no file {missing[0]!r} in {str(folder)!r}" if folder.is_dir() else f"no folder {str(folder)!r}"
        return [
            f"{key}: {what}; name the folder of the KIBA tables, or leave it out: fetch_kiba builds them in "
            f"{KIBA_BUILT}"
        ]
    targets = folder / KIBA_FILES[2]
    try:
        known = read_columns(targets, ["uniprot"])["uniprot"] if "uniprot" in header_of(targets) else []
    except DataError as error:
        return [f"data_dir: {error}"]
    return _unknown(tasks, known, f"the targets of {targets}")


def _unknown(tasks: Sequence[str], known: Sequence[str], where: str) -> list[str]:
    if not known:
        return []
    return [
        f"tasks: no task {task!r} among {where}; {did_you_mean(task, known)}"
        for task in tasks
        if task not in known
    ]


def _wheel_tasks(wheel: Path) -> list[str]:
    """Name the wheel's tables; none before it is fetched, or when it cannot be read (its own job will tell)."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            paths = [PurePosixPath(name) for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        return []
    return [path.stem for path in paths if path.suffix == ".csv" and path.parent == WHEEL_TABLES]


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Hint at the known name nearest to an unknown one, or at some of them when none is near."""
    more = f" and {len(known) - 8} more" if len(known) > 8 else ""
    return nearest(name, known) or f"found: {', '.join(map(repr, known[:8]))}{more}"


def header_problems(
    header: Sequence[str], source: TableSource, path: Path | str, tasks: Sequence[str]
) -> list[str]:
    """List the columns that the configuration names and a table lacks.

    Parameters
    ----------
    header : sequence of str
        The table's column names.
    source : TableSource
        Names of the columns.
    path : Path or str
        The table, for the messages.
    tasks : sequence of str
        Tasks of the study; looked up among the columns of a wide table.
    """
    named = {"smiles": source.smiles, "compound": source.compound}
    if source.layout == "tidy":
        named |= {"task": source.task, "value": source.value}
    problems = [
        f"source.{key}: no column {column!r} in {path}; {_column_hint(column, header)}"
        for key, column in named.items()
        if column is not None and column not in header
    ]
    if source.layout == "wide":
        candidates = [name for name in header if name and name not in named.values()]
        problems += [
            f"tasks: no column {task!r} in {path}; {did_you_mean(task, candidates)}"
            for task in tasks
            if task not in candidates
        ]
    return problems


def _column_hint(column: str, header: Sequence[str]) -> str:
    joined = [mark for mark in (";", "\t", ",") if len(header) == 1 and mark in header[0]]
    if joined:
        return f"the only column is {header[0]!r}: its names seem to be separated by {joined[0]!r}"
    return did_you_mean(column, [name for name in header if name])


def check_table_header(source: TableSource, tasks: Sequence[str]) -> list[str]:
    """List what is wrong with a local table's header, before any job runs.

    Parameters
    ----------
    source : TableSource
        A table with a local path.
    tasks : sequence of str
        Tasks of the study, empty when it names none.

    Returns
    -------
    list of str
        One message per problem: missing columns, tasks that a wide table has no column for, or the one reason
        why the header cannot be read.
    """
    if not Path(source.path).is_file():
        return [f"source.path: no file {source.path!r}; paths start at the working directory, {Path.cwd()}"]
    try:
        header = header_of(source.path)
    except DataError as error:
        return [f"source.path: {error}"]
    return header_problems(header, source, source.path, tasks)

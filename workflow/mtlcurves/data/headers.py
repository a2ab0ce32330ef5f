"""What can be wrong between a configuration and its source, found before any job runs and without pandas."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from mtlcurves.data.designed.problems import design_problems
from mtlcurves.data.locations import (
    DATA_DIR,
    KIBA_BUILT,
    KIBA_FILES,
    SCHEMES,
    WHEEL_TABLES,
    is_remote,
    kiba_folder,
    local_path,
    name_in,
    named_folder,
    wheel_file,
)
from mtlcurves.data.tablefiles import distinct_cells, has_rows, header_of, read_columns, table_format
from mtlcurves.errors import DataError
from mtlcurves.messages import did_you_mean, shown, unknown_names
from mtlcurves.sections import Section
from mtlcurves.source_sections import ChemblSource, DesignedSource, KibaSource, MoleculeAceSource, TableSource

# columns of ChEMBL's records, and of its structures
RECORD = ("molecule_chembl_id", "standard_type", "relation", "standard_value", "standard_units")
STRUCTURE = ("molecule_chembl_id", "canonical_smiles")
TABLES = {"table": ("path",), "chembl": ("activities", "compounds")}  # keys that name them, by kind of source
# of a tidy table that is looked through before any job runs: read in less than two seconds
MOST_BYTES = 50_000_000
MOST_ROWS = 1_000_000


def source_problems(
    source: Section, data_dir: str | None, tasks: Sequence[str], closely: bool = False
) -> list[str]:
    """List what is wrong with a study's source, as far as its files are here and can be told in a moment.

    Parameters
    ----------
    source : Section
        Configuration section ``source``.
    data_dir : str or None
        Configuration key ``data_dir``.
    tasks : sequence of str
        Tasks of the study, empty when it names none.
    closely : bool
        Whether to look for the tasks in a tidy table's rows too, unless it is large.
    """
    if isinstance(source, TableSource):
        if is_remote(source.path):
            return _remote_problems(source)
        if unnamed := _no_folder("source.path", source.path, data_dir):
            return [unnamed]
        source = source.model_copy(update={"path": local_path(source.path, data_dir)})
        problems = check_table_header(source, tasks)
        look = closely and source.layout == "tidy" and tasks and not problems
        return _tidy_task_problems(source, tasks) if look else problems
    if isinstance(source, KibaSource):
        return _kiba_problems(data_dir, tasks)
    if isinstance(source, ChemblSource):
        return list(_chembl_problems(source, data_dir))
    if isinstance(source, DesignedSource):
        return list(design_problems(source, tasks))
    assert isinstance(source, MoleculeAceSource)
    return _unknown(tasks, _wheel_tasks(wheel_file(source)), "the tables of the wheel")


def _remote_problems(source: TableSource) -> list[str]:
    problems = []
    if source.path.split("://")[0].lower() not in SCHEMES:
        problems.append(
            f"source.path: cannot fetch {source.path!r}; allowed: {', '.join(f'{s}://' for s in SCHEMES)}"
        )
    try:
        table_format(name_in(source.path))
    except DataError as error:
        problems.append(f"source.path: {error}")
    return problems


def _no_folder(key: str, path: str, data_dir: str | None) -> str | None:
    """Say that a path begins with a folder that nothing names, if it does."""
    if DATA_DIR not in path or named_folder(data_dir):
        return None
    return f"{key}: {path!r} is in the folder that data_dir or the variable MTLCURVES_DATA names; neither is given"


def missing_tables(given: Any, data_dir: Any) -> Iterator[str]:
    """Look for the tables that a wrong section ``source`` names: no more can be told of it."""
    source = given if isinstance(given, Mapping) else {}
    folder = data_dir if isinstance(data_dir, str) else None
    keys = TABLES.get(str(source.get("kind")), ())
    local = {key: source[key] for key in keys if isinstance(source.get(key), str) and not is_remote(source[key])}
    problems = (_no_table(f"source.{key}", path, folder) for key, path in local.items())
    yield from filter(None, problems)


def _no_table(key: str, path: str, data_dir: str | None) -> str | None:
    """Say why a local table cannot be there, or that it is not, if so."""
    return _no_folder(key, path, data_dir) or _missing_table(key, local_path(path, data_dir))


def _missing_table(key: str, path: str) -> str | None:
    """Say that there is no table at a local path, if there is none."""
    if Path(path).is_dir():
        return f"{key}: {path!r} is a folder; name the table in it"
    if not Path(path).is_file():
        return f"{key}: no file {path!r}; paths start at the working directory, {Path.cwd()}"
    return None


def _chembl_problems(source: ChemblSource, data_dir: str | None) -> Iterator[str]:
    """Look for the columns of both tables; tasks are in the rows, and left to the job."""
    wanted = {
        "activities": (source.activities, [*RECORD, source.task]),
        "compounds": (source.compounds, [*STRUCTURE]),
    }
    for key, (given, columns) in wanted.items():
        path = local_path(given, data_dir)
        if problem := _no_table(f"source.{key}", given, data_dir):
            yield problem
        else:
            header = header_of(path)
            for column in columns:
                if column not in header:
                    yield f"source.{key}: no column {column!r} in {path}; {did_you_mean(column, header)}"


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
    return unknown_names(tasks, known, "tasks: no task", f"among {where}")


def _tidy_task_problems(source: TableSource, tasks: Sequence[str]) -> list[str]:
    """Look for the tasks in a tidy table's column of tasks; only a file of unknown tasks is read to its end."""
    if Path(source.path).stat().st_size > MOST_BYTES:
        return []
    try:
        found = distinct_cells(source.path, source.task, set(tasks), MOST_ROWS)
    except DataError as error:
        return [f"source.path: {error}"]
    return _unknown(tasks, found, f"those of the column {source.task!r} in {source.path}")


def _wheel_tasks(wheel: Path) -> list[str]:
    """Name the wheel's tables; none before it is fetched, or when it cannot be read (its own job will tell)."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            paths = [PurePosixPath(name) for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        return []
    return [path.stem for path in paths if path.suffix == ".csv" and path.parent == WHEEL_TABLES]


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
    if separator := _wrong_separator(header, path):
        return [separator]
    named = {"smiles": source.smiles, "compound": source.compound}
    if source.layout == "tidy":
        named |= {"task": source.task, "value": source.value}
    problems = [
        f"source.{key}: no column {column!r} in {path}; {did_you_mean(column, [name for name in header if name])}"
        for key, column in named.items()
        if column is not None and column not in header
    ]
    if source.layout == "wide":
        candidates = [name for name in header if name and name not in named.values()]
        problems += unknown_names(tasks, candidates, "tasks: no column", f"in {path}")
    return problems


def _wrong_separator(header: Sequence[str], path: Path | str) -> str | None:
    """Say what separates the names of a header that was read as one name, if it looks like that."""
    marks = [mark for mark in (";", "\t", "|", ",") if len(header) == 1 and mark in header[0]]
    if not marks:
        return None
    separator = "a comma" if table_format(path) == ".csv" else "a tab"
    return (
        f"source.path: {path} has the one column {shown(header[0])}: its names seem to be separated by "
        f"{marks[0]!r}; {table_format(path)} takes {separator}"
    )


def _wrong_layout(header: Sequence[str], source: TableSource, tasks: Sequence[str]) -> str | None:
    """Say that a table read as wide has one value a row, if it looks like that: its values would be one task."""
    others = [name for name in header if name and name not in (source.smiles, source.compound)]
    if source.layout != "wide" or "task" not in others or "task" in tasks:
        return None
    if len(others) > 2 and (not tasks or set(tasks) & set(others)):
        return None
    value = next((name for name in others if name != "task"), "value")
    return (
        f"source.layout: found 'wide', and {source.path} has a column 'task', as a table of one value a row; "
        f"for that write layout: tidy and value: {value}"
    )


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
        why there is nothing to look into (no header, no rows, names separated by something else).
    """
    if missing := _missing_table("source.path", source.path):
        return [missing]
    try:
        header = header_of(source.path)
        if not has_rows(source.path):
            return [f"source.path: {source.path}: no rows below the header"]
    except DataError as error:
        return [f"source.path: {error}"]
    # only here, where the tasks are known: a job is not told them, and one of them may be called task
    layout = _wrong_layout(header, source, tasks)
    return [layout] if layout else header_problems(header, source, source.path, tasks)

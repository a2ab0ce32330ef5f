"""The tasks of a study, as its configuration names them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mtlcurves.data.designed.roles import families
from mtlcurves.schemas import SCHEMAS
from mtlcurves.source_sections import DesignedSource

NO_GROUPS = {"name", *SCHEMAS["task_list"].columns}
"""Columns of a tasks' table that group nothing: names, and what table ``task_list`` says of tasks."""


@dataclass(frozen=True)
class TaskInfo:
    """A task of the study.

    Attributes
    ----------
    task, name, family : str
        Its name in the source, the name to show, its family.
    groups : mapping of str to str
        Its cell in every column of the tasks' table that may be a group; ``family`` always.
    """

    task: str
    name: str
    family: str
    groups: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


def where_paths_start() -> str:
    """Say where relative paths of a configuration begin."""
    return f"paths start at the working directory {Path.cwd()}"


def read_tasks(tasks: list[str] | str | None, source: object = None) -> list[TaskInfo]:
    """Read the study's tasks from the configuration's list or table; a designed source knows its own.

    Raises
    ------
    OSError, ValueError
        When the table cannot be read, has no column ``task`` or no row.
    """
    known = families(source) if isinstance(source, DesignedSource) else {}
    if tasks is None or isinstance(tasks, list):
        named = known if tasks is None else tasks
        return [TaskInfo(task, task, known.get(task, ""), {"family": known.get(task, "")}) for task in named]
    path = Path(tasks)
    if not path.is_file():
        raise ValueError(
            f"{tasks!r} is a folder" if path.is_dir() else f"no file {tasks!r}; {where_paths_start()}"
        )
    with path.open(newline="", encoding="utf-8-sig") as handle:
        reader = csv.DictReader(handle)
        if "task" not in (reader.fieldnames or []):
            raise ValueError(f"{tasks}: no column 'task'; found {', '.join(reader.fieldnames or ['nothing'])}")
        rows = [{key: (cell or "").strip() for key, cell in row.items() if isinstance(key, str)} for row in reader]
    infos = [_info(row) for row in rows if row["task"]]
    if not infos:
        raise ValueError(f"{tasks}: names no task")
    return infos


def _info(row: dict[str, str]) -> TaskInfo:
    groups = {"family": ""} | {column: cell for column, cell in row.items() if column not in NO_GROUPS}
    return TaskInfo(row["task"], row.get("name") or row["task"], groups["family"], groups)

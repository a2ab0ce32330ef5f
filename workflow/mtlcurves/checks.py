"""All that can be wrong with a configuration, found at once, before any job runs."""

from __future__ import annotations

import csv
import difflib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from mtlcurves.config import Config, Folds, Grid, KibaSource, Recipe, Section, Source, TableSource


@dataclass(frozen=True)
class TaskInfo:
    """A task of the study: its name in the source, the name to show, its family."""

    task: str
    name: str
    family: str


def read_tasks(tasks: list[str] | str | None) -> list[TaskInfo]:
    """Read the study's tasks from the configuration's list or table.

    Raises
    ------
    OSError, ValueError
        When the table cannot be read or has no column ``task``.
    """
    if tasks is None:
        return []
    if isinstance(tasks, list):
        return [TaskInfo(task, task, "") for task in tasks]
    with Path(tasks).open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        if "task" not in (reader.fieldnames or []):
            raise ValueError(f"{tasks}: no column 'task'; found {', '.join(reader.fieldnames or [])}")
        rows = [row for row in reader if row["task"]]
    return [TaskInfo(r["task"], r.get("name") or r["task"], r.get("family") or "") for r in rows]


def resolve_recipes(config: Mapping[str, Any]) -> dict[str, Recipe]:
    """Fill every recipe's missing keys from ``main``; ``arms`` is never inherited."""
    given = config.get("recipes") or {"main": {}}
    main = given.get("main") or {}
    inherited = {key: value for key, value in main.items() if key != "arms"}
    resolved = {}
    for name, keys in given.items():
        merged = {**inherited, **(keys or {})}
        epochs = {**(main.get("epochs") or {}), **((keys or {}).get("epochs") or {})}
        resolved[name] = Recipe.model_validate(merged | ({"epochs": epochs} if epochs else {}))
    if "main" in given:
        resolved["main"] = Recipe.model_validate(main)
    return resolved


def problems_of(config: Mapping[str, Any]) -> list[str]:
    """List everything wrong with a configuration.

    Returns
    -------
    list of str
        ``key: what was found; what is allowed``, in the configuration's order; empty when all is well.
    """
    problems = list(_key_problems(config))
    sections = {name: _valid_section(name, config) for name in Config.model_fields}
    tasks: list[str] | None = None
    if sections["tasks"] is not None or config.get("tasks") is None:
        try:
            tasks = [info.task for info in read_tasks(sections["tasks"])]
        except (OSError, ValueError) as error:
            problems.append(f"tasks: cannot be read ({error})")
    if tasks:
        problems += [f"tasks: {task!r} is named twice" for task, n in Counter(tasks).items() if n > 1]
        problems += _name_problems(sections, tasks)
    problems += _size_problems(sections)
    problems += _recipe_problems(config)
    problems += _source_problems(sections)
    return problems


def _key_problems(config: Mapping[str, Any]) -> Iterator[str]:
    try:
        Config.model_validate(dict(config))
    except ValidationError as error:
        for item in error.errors():
            yield _explain(item)


def _explain(item: ErrorDetails) -> str:
    # pydantic puts the chosen member of a union into the path; the user did not write it
    skip = {"moleculeace", "table", "kiba"}
    path = [str(p) for i, p in enumerate(item["loc"]) if not (i == 1 and p in skip) and "[" not in str(p)]
    path = [p for p in path if p not in ("str", "int", "constrained-int", "literal", "function-after")]
    key = ".".join(path)
    if item["type"] == "extra_forbidden":
        allowed = _allowed_keys(item["loc"][:-1])
        near = difflib.get_close_matches(path[-1], allowed, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(allowed)}"
        return f"{key}: no such key; {hint}"
    if item["type"] == "missing":
        return f"{key}: is required"
    message = item["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:].replace("Input should", "should")
    message = message.replace("input should", "should")
    return f"{key}: found {item['input']!r}; {message}"


def _allowed_keys(loc: tuple[int | str, ...]) -> list[str]:
    node: Any = Config
    for part in loc:
        if not (isinstance(node, type) and issubclass(node, BaseModel)):
            break
        if part in node.model_fields:
            node = _model_in(node.model_fields[str(part)].annotation, loc)
    return list(node.model_fields) if isinstance(node, type) and issubclass(node, BaseModel) else []


def _model_in(annotation: Any, loc: tuple[int | str, ...]) -> Any:
    """Find the section model inside an annotation such as ``X | None`` or ``dict[str, X]``."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    models = [m for m in map(lambda a: _model_in(a, loc), get_args(annotation)) if m is not None]
    for model in models:  # the member of a union that the kind names
        kind = model.model_fields.get("kind")
        if kind is not None and get_args(kind.annotation)[0] in loc:
            return model
    return models[0] if models else None


def _valid_section(name: str, config: Mapping[str, Any]) -> Any:
    """Return one section as its model, its default when absent, or None when it is wrong."""
    model = Config.model_fields[name]
    if name not in config:
        return None if model.is_required() else model.get_default()
    annotation: Any = Source if name == "source" else model.annotation
    try:
        return TypeAdapter(annotation).validate_python(config[name])
    except ValidationError:
        return None


def _name_problems(sections: dict[str, Any], tasks: list[str]) -> Iterator[str]:
    def unknown(key: str, names: list[str] | str | None, known: list[str]) -> Iterator[str]:
        for name in [] if names is None or isinstance(names, str) else names:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1, 0.5)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known[:8])}"
                yield f"{key}: {name!r} is not among the study's {len(known)}; {hint}"

    subsets: dict[str, list[str]] = sections["subsets"] or {}
    for name, members in subsets.items():
        yield from unknown(f"subsets.{name}", members, tasks)
    if "all" in subsets:
        yield "subsets.all: is predefined (all tasks of the study); choose another name"
    grid: Grid | None = sections["grid"]
    if grid is None:
        return
    yield from unknown("grid.stl.tasks", grid.stl.tasks if grid.stl else None, tasks)
    yield from unknown("grid.mtl.subsets", grid.mtl.subsets if grid.mtl else None, ["all", *subsets])
    yield from unknown("grid.augmented.auxiliaries", grid.augmented.auxiliaries if grid.augmented else None, tasks)
    yield from unknown("grid.offdiagonal.targets", grid.offdiagonal.targets if grid.offdiagonal else None, tasks)


def _size_problems(sections: dict[str, Any]) -> Iterator[str]:
    grid: Grid | None = sections["grid"]
    folds: Folds | None = sections["folds"]
    if grid is None or folds is None:
        return
    most = folds.count - 1
    lists = {"grid.sizes": grid.sizes}
    if grid.stl and grid.stl.sizes:
        lists["grid.stl.sizes"] = grid.stl.sizes
    if grid.mtl and grid.mtl.sizes:
        lists["grid.mtl.sizes"] = grid.mtl.sizes
    if grid.offdiagonal:
        lists["grid.offdiagonal.target_sizes"] = grid.offdiagonal.target_sizes
        lists["grid.offdiagonal.complement_sizes"] = grid.offdiagonal.complement_sizes
    if grid.augmented:
        lists["grid.augmented.sizes"] = grid.augmented.sizes
        raise_by = 1 if grid.augmented.raise_by == "full" else grid.augmented.raise_by
        for size in grid.augmented.sizes:
            if size <= most < size + raise_by:
                yield f"grid.augmented.sizes: {size} cannot be raised by {raise_by}; {most} folds can be trained on"
    for key, sizes in lists.items():
        yield from (f"{key}: found {s}; at most {most} folds can be trained on" for s in sizes if s > most)
        yield from (f"{key}: {s} is named twice" for s, n in Counter(sizes).items() if n > 1)
    if grid.rotations > folds.count:
        yield f"grid.rotations: found {grid.rotations}; {folds.count} folds have {folds.count} rotations"


def _recipe_problems(config: Mapping[str, Any]) -> Iterator[str]:
    given = config.get("recipes")
    if given is None or not isinstance(given, Mapping):
        return
    if "main" not in given:
        yield f"recipes: main is required; found {', '.join(map(str, given)) or 'none'}"
    try:
        resolved = resolve_recipes(config)
    except (ValidationError, AttributeError, TypeError):
        return  # the keys' own problems are listed already
    grid = config.get("grid") if isinstance(config.get("grid"), Mapping) else {}
    for name, recipe in resolved.items():
        arms = recipe.arms or [arm for arm in ("stl", "mtl", "augmented", "offdiagonal") if (grid or {}).get(arm)]
        bad = [arm for arm in arms if arm not in ("stl", "mtl")]
        if recipe.test_on == "complement" and bad:
            yield (
                f"recipes.{name}.test_on: complement cannot serve the arms {', '.join(bad)}, "
                "since compared arms must share a test set; allowed: fold, or arms: [stl, mtl]"
            )


def _source_problems(sections: dict[str, Any]) -> Iterator[str]:
    source = sections["source"]
    if isinstance(source, TableSource):
        remote = "://" in source.path
        if remote and source.sha256 is None:
            yield "source.sha256: is required for a URL; sha256sum prints it"
        if not remote and not Path(source.path).is_file():
            yield f"source.path: no file {source.path!r} (paths start at the working directory {Path.cwd()})"
    if isinstance(source, KibaSource):
        folder = sections["data_dir"] or os.environ.get("MTLCURVES_DATA")
        if folder and not Path(folder).is_dir():
            yield f"data_dir: no folder {folder!r}"

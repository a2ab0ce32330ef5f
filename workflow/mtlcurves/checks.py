"""All that can be wrong with a configuration, found at once, before any job runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter

from mtlcurves.affinity_checks import affinity_problems
from mtlcurves.affinity_sections import Affinity
from mtlcurves.config import Config, Epochs, Folds, Labels, Recipe
from mtlcurves.data.headers import missing_tables, source_problems
from mtlcurves.gradient_checks import gradient_problems
from mtlcurves.grid_sections import Arm, Grid, HadamardDesign
from mtlcurves.grouping_checks import grouping_problems
from mtlcurves.messages import key_problems, repeated, right_part, unknown_names
from mtlcurves.sections import Power
from mtlcurves.source_sections import DesignedSource, Source, TableSource
from mtlcurves.task_info import TaskInfo, read_tasks, where_paths_start

ARMS: tuple[str, ...] = get_args(Arm)


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


def problems_of(config: Mapping[str, Any], closely: bool = False) -> list[str]:
    """List everything wrong with a configuration.

    Parameters
    ----------
    config : mapping
        The configuration as it was read.
    closely : bool
        Whether to read a tidy table's column of tasks too, if the file is not large.

    Returns
    -------
    list of str
        ``key: what was found; what is allowed``, in the configuration's order; empty when all is well.
    """
    wrong = key_problems(config)
    rest = right_part(config)
    sections = {name: _section(name, config, rest) for name in Config.model_fields}
    further = list(_further_problems(rest, sections, wrong, closely))
    if sections["source"] is None:
        further += missing_tables(config.get("source"), config.get("data_dir"))
    problems = [*wrong.values(), *(line for line in further if not _follows(line, wrong))]
    order = {str(key): index for index, key in enumerate(config)}
    return sorted(problems, key=lambda line: order.get(re.split(r"[.\[:]", line)[0], -1))


def _section(name: str, config: Mapping[str, Any], rest: Mapping[str, Any]) -> Any:
    """Return what is right of a section as its model; its default when absent, None when nothing is right."""
    model = Config.model_fields[name]
    if name not in rest:
        return None if name in config or model.is_required() else model.get_default()
    annotation: Any = Source if name == "source" else model.annotation
    return TypeAdapter(annotation).validate_python(rest[name])


def _follows(problem: str, wrong: Iterable[str]) -> bool:
    """Tell whether a problem is of a key in which, or around which, a mistake is reported already."""
    key = f"{problem.split(':')[0]}."
    return any(key.startswith((f"{path}.", f"{path}[")) or f"{path}.".startswith(key) for path in wrong)


def _further_problems(
    config: Mapping[str, Any], sections: dict[str, Any], wrong: Mapping[str, str], closely: bool
) -> Iterator[str]:
    """Check what right keys mean for each other; what a wrong one would have meant is not guessed at."""
    infos, tasks = list[TaskInfo](), list[str]()
    try:
        infos = read_tasks(sections["tasks"], sections["source"])
        tasks = [] if any(path.startswith("tasks[") for path in wrong) else [info.task for info in infos]
        yield from repeated("tasks", tasks)
        yield from _shared_names(infos)
    except (OSError, ValueError) as error:
        yield f"tasks: cannot be read: {error}"
    if tasks:
        yield from _name_problems(sections, list(dict.fromkeys(tasks)), wrong)
    if "folds.count" not in wrong:
        yield from _size_problems(sections)
    yield from _recipe_problems(config, sections)
    if sections["recipes"]:
        recipes = resolve_recipes(config)
        if sections["affinity"] and sections["grid"] and "grid.mtl" not in wrong:
            yield from affinity_problems(sections["affinity"], sections["grid"], recipes)
        yield from grouping_problems(sections, tasks, recipes.get("main"))
    yield from gradient_problems(sections["gradients"], infos, sections["folds"])
    if not any(path.startswith("labels.") for path in wrong):
        yield from _label_problems(sections)
    yield from _file_problems(sections)
    yield from _source_problems(sections, tasks, closely)


def _shared_names(infos: list[TaskInfo]) -> Iterator[str]:
    by_name: dict[str, list[str]] = {}
    for info in infos:
        by_name.setdefault(info.name, []).append(info.task)
    for name, tasks in by_name.items():
        if len(set(tasks)) > 1:
            yield f"tasks: {', '.join(tasks)} share the name {name!r}; figures could not tell them apart"


def _name_problems(sections: dict[str, Any], tasks: list[str], wrong: Iterable[str]) -> Iterator[str]:
    subsets: dict[str, list[str]] = sections["subsets"] or {}
    if "all" in subsets:
        yield "subsets.all: is predefined (all tasks of the study); choose another name"
    lists: dict[str, tuple[list[str] | str | None, list[str], str]] = {
        f"subsets.{name}": (members, tasks, "tasks") for name, members in subsets.items()
    }
    grid: Grid | None = sections["grid"]
    if grid and grid.stl:
        lists["grid.stl.tasks"] = (grid.stl.tasks, tasks, "tasks")
    if grid and grid.mtl and not any(path.startswith("subsets") for path in wrong):
        lists["grid.mtl.subsets"] = (grid.mtl.subsets, ["all", *subsets], "subsets")
    if grid and grid.augmented:
        lists["grid.augmented.auxiliaries"] = (grid.augmented.auxiliaries, tasks, "tasks")
    if grid and grid.shuffled:
        lists["grid.shuffled.auxiliaries"] = (grid.shuffled.auxiliaries, tasks, "tasks")
    if grid and grid.offdiagonal:
        lists["grid.offdiagonal.targets"] = (grid.offdiagonal.targets, tasks, "tasks")
    affinity: Affinity | None = sections["affinity"]
    if affinity:
        lists["affinity.tasks"] = (affinity.tasks, tasks, "tasks")
    for key, (names, known, kind) in lists.items():
        if isinstance(names, list):
            yield from unknown_names(names, known, f"{key}:", f"is not among the study's {kind}", "known")
            yield from repeated(key, names)


def _size_problems(sections: dict[str, Any]) -> Iterator[str]:
    grid: Grid | None = sections["grid"]
    folds: Folds | None = sections["folds"]
    if grid is None or folds is None:
        return
    most = folds.count - 1
    lists = {"grid.sizes": grid.sizes} if grid.sizes else {}
    if grid.stl and grid.stl.sizes:
        lists["grid.stl.sizes"] = grid.stl.sizes
    if grid.mtl and grid.mtl.sizes:
        lists["grid.mtl.sizes"] = grid.mtl.sizes
    if grid.offdiagonal:
        lists["grid.offdiagonal.target_sizes"] = grid.offdiagonal.target_sizes
        lists["grid.offdiagonal.complement_sizes"] = grid.offdiagonal.complement_sizes
    for key, raised in {"grid.augmented": grid.augmented, "grid.shuffled": grid.shuffled}.items():
        if raised:
            lists[f"{key}.sizes"] = raised.sizes
            raise_by = 1 if raised.raise_by == "full" else raised.raise_by
            for size in raised.sizes:
                if size <= most < size + raise_by:
                    yield f"{key}.sizes: {size} cannot be raised by {raise_by}; {most} folds are for training"
    if grid.design:
        yield from _design_problems(grid, grid.design, most)
    affinity: Affinity | None = sections["affinity"]
    if affinity and affinity.sizes:
        lists["affinity.sizes"] = affinity.sizes
    for key, sizes in lists.items():
        if too_large := [str(size) for size in sizes if size > most]:
            yield f"{key}: found {', '.join(too_large)}; {most} folds are for training"
        yield from repeated(key, sizes)
    if grid.model_fields_set and grid.rotations > folds.count:
        yield f"grid.rotations: found {grid.rotations}; {folds.count} folds have {folds.count} rotations"


def _design_problems(grid: Grid, design: HadamardDesign, most: int) -> Iterator[str]:
    high = most if design.high == "full" else design.high
    if high > most:
        yield f"grid.design.high: found {high}; {most} folds are for training"
    if design.low >= min(high, most):
        allowed = f"less than high, which is {high}" if high <= most else f"less than {most}"
        yield f"grid.design.low: found {design.low}; allowed: {allowed}"
    if not (grid.mtl and "all" in grid.mtl.subsets):
        yield "grid.design: needs the trainings of all tasks at its low size; give grid.mtl the subset all"
    elif design.low < min(high, most) and design.low not in (grid.mtl.sizes or grid.sizes or range(1, most + 1)):
        yield f"grid.design.low: found {design.low}, which is none of the sizes of grid.mtl, as it must be"


def _recipe_problems(config: Mapping[str, Any], sections: dict[str, Any]) -> Iterator[str]:
    given = config.get("recipes")
    if isinstance(given, Mapping) and "main" not in given:
        yield f"recipes: main is required; found {', '.join(map(str, given)) or 'none'}"
    if sections["recipes"] is None:
        return
    planned = [arm for arm in ARMS if arm in (config.get("grid") or {})] if sections["grid"] else None
    found = {
        name: [*_arm_problems(recipe, planned), *_epoch_problems(recipe)]
        for name, recipe in resolve_recipes(config).items()
    }
    taken_over = found.pop("main", [])
    yield from (f"recipes.main.{line}" for line in taken_over)
    for name, lines in found.items():
        yield from (f"recipes.{name}.{line}" for line in lines if line not in taken_over)


def _arm_problems(recipe: Recipe, planned: list[str] | None) -> Iterator[str]:
    if planned is None:
        return
    apart = [arm for arm in recipe.arms or planned if arm not in ("stl", "mtl")]
    if recipe.test_on == "complement" and apart:
        yield (
            f"test_on: complement cannot serve the arms {', '.join(apart)}, "
            "since compared arms must share a test set; allowed: fold, or arms: [stl, mtl]"
        )
    if absent := [arm for arm in recipe.arms or [] if arm not in planned]:
        yield f"arms: {', '.join(absent)} not in the grid; it has {', '.join(planned) or 'no arm'}"
    yield from repeated("arms", recipe.arms or [])


def _epoch_problems(recipe: Recipe) -> Iterator[str]:
    epochs: Epochs = recipe.epochs
    longest = max(epochs.single, epochs.group, epochs.complete)
    for name, found in {"milestones": recipe.milestones, "score_epochs": recipe.score_epochs}.items():
        yield from repeated(name, found)
        if beyond := [str(epoch) for epoch in found if epoch > longest]:
            yield f"{name}: found {', '.join(beyond)}; no training has more than {longest} epochs"


def _label_problems(sections: dict[str, Any]) -> Iterator[str]:
    labels: Labels | None = sections["labels"]
    if labels and labels.kind == "value":
        yield from _value_problems(labels, sections)
    elif labels and labels.threshold is None and isinstance(sections["source"], DesignedSource):
        yield "labels.threshold: is required; the values of a designed source are active at 0 and above"
    elif labels and labels.threshold is None and "active" in labels.model_fields_set:
        yield "labels.active: has no meaning without labels.threshold"


def _value_problems(labels: Labels, sections: dict[str, Any]) -> Iterator[str]:
    """Look for what needs classes in a study that has none."""
    for key in sorted({"threshold", "active", "one_class"} & labels.model_fields_set):
        yield f"labels.{key}: has no meaning with labels.kind: value, since there are no classes"
    grid: Grid | None = sections["grid"]
    planned = {f"grid.{arm}": getattr(grid, arm) for arm in ARMS} if grid else {}
    planned |= {name: sections[name] for name in ("affinity", "grouping")}
    for key, found in planned.items():
        if found is not None:
            yield f"{key}: needs classes; with labels.kind: value only the section gradients is trained"


def _file_problems(sections: dict[str, Any]) -> Iterator[str]:
    power: Power | None = sections["power"]
    files = {"power.noise": power.noise if power else None, "rates": sections["rates"]}
    for key, file in files.items():
        if isinstance(file, str) and not Path(file).is_file():
            yield f"{key}: no file {file!r}; {where_paths_start()}"


def _source_problems(sections: dict[str, Any], tasks: list[str], closely: bool) -> Iterator[str]:
    source = sections["source"]
    if isinstance(source, TableSource) and source.layout == "wide":
        given = [key for key in ("task", "value") if key in source.model_fields_set]
        yield from (f"source.{key}: has a meaning with layout: tidy only" for key in given)
    if source is not None:
        yield from source_problems(source, sections["data_dir"], tasks, closely)

"""What can be wrong with a grouping of tasks in a configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mtlcurves.config import Folds, Recipe
from mtlcurves.grid_sections import RAISING_ARMS, Grid
from mtlcurves.grouping_sections import Grouping


def grouping_problems(sections: dict[str, Any], tasks: Sequence[str], main: Recipe | None) -> Iterator[str]:
    """Check a grouping against the tasks, folds and trainings that it needs.

    Parameters
    ----------
    sections : dict
        The configuration's sections as models; None where nothing is right.
    tasks : sequence of str
        Tasks of the study; empty where they are not known.
    main : Recipe or None
        The recipe that groups are trained under.
    """
    grouping: Grouping | None = sections["grouping"]
    grid: Grid | None = sections["grid"]
    folds: Folds | None = sections["folds"]
    if grouping is None or grid is None or folds is None:
        return
    if tasks and grouping.budget >= len(tasks):
        allowed = f"allowed: at most {len(tasks) - 1}, for {len(tasks)} tasks"
        yield f"grouping.budget: found {grouping.budget}; as many networks as tasks are each task alone; {allowed}"
    if grouping.rotations is not None and grouping.rotations > grid.rotations:
        yield f"grouping.rotations: found {grouping.rotations}; the grid has {grid.rotations} rotations"
    most = folds.count - 1
    if grouping.size is not None and grouping.size > most:
        yield f"grouping.size: found {grouping.size}; {most} folds are for training"
    else:
        yield from _reference_problems(grid, grouping.size or most, main, most)
    if repeated := [by for by in dict.fromkeys(grouping.by) if grouping.by.count(by) > 1]:
        yield f"grouping.by: {', '.join(map(repr, repeated))} is named twice"
    if "transfer" in grouping.by and not any(_trained(grid, arm, main) for arm in RAISING_ARMS):
        yield f"grouping.by: transfer needs an arm that raises tasks; allowed: one of {', '.join(RAISING_ARMS)}"
    if "tag" in grouping.by:
        yield from _affinity_problems(sections.get("affinity"), grouping.size or most)


def _reference_problems(grid: Grid, size: int, main: Recipe | None, most: int) -> Iterator[str]:
    """Look for the trainings that groups are compared with."""
    every = grid.sizes or range(1, most + 1)
    stl = _trained(grid, "stl", main) and grid.stl and grid.stl.tasks == "all"
    if not (stl and grid.stl and size in (grid.stl.sizes or every)):
        yield f"grouping: needs every task alone at {size} folds under the recipe main; give grid.stl this size"
    mtl = _trained(grid, "mtl", main) and grid.mtl and "all" in grid.mtl.subsets
    if not (mtl and grid.mtl and size in (grid.mtl.sizes or every)):
        yield f"grouping: needs all tasks together at {size} folds under the recipe main; give grid.mtl this size"


def _affinity_problems(affinity: Any, size: int) -> Iterator[str]:
    if affinity is None:
        yield "grouping.by: tag needs the section affinity, which is left out"
    elif affinity.sizes and size not in affinity.sizes:
        yield f"grouping.by: tag needs affinities at {size} folds; affinity.sizes does not have this size"


def _trained(grid: Grid, arm: str, main: Recipe | None) -> bool:
    return getattr(grid, arm) is not None and (main is None or main.arms is None or arm in main.arms)

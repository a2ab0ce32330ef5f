"""What a configuration's affinity section must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mtlcurves.affinity_sections import Affinity
from mtlcurves.balancing_sections import is_plain
from mtlcurves.config import Recipe
from mtlcurves.grid_sections import Grid


def affinity_problems(affinity: Affinity, grid: Grid, recipes: Mapping[str, Recipe]) -> Iterator[str]:
    """Check that an affinity section belongs to a grid that has its trainings."""
    main = recipes.get("main")
    under_main = main is None or main.arms is None or "mtl" in main.arms
    if not (grid.mtl and "all" in grid.mtl.subsets and under_main):
        yield (
            "affinity: is logged in trainings of all tasks; give grid.mtl the subset all, and the recipe main the "
            "arm mtl"
        )
    if main is not None and not is_plain(main.balancing):
        yield f"affinity: is logged in trainings under main with the plain sum; main has {main.balancing.kind}"
    if affinity.rotations and affinity.rotations > grid.rotations:
        yield f"affinity.rotations: found {affinity.rotations}; the grid has {grid.rotations} (grid.rotations)"
    if affinity.lookahead == "adam" and affinity.form == "first_order":
        yield (
            "affinity.lookahead: adam has no first-order form, its steps are not proportional to gradients; "
            "allowed: preconditioned or sgd, or form: exact"
        )

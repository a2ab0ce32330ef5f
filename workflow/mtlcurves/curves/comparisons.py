"""Which arms of which recipes a study can compare, and under what name.

Named for P1's figures: mtl-stl is Fig. 3 (effect of multi-task learning); a recipe with folds by compound against
the main recipe is Fig. 2; single-task networks under the multi-task protocol are the control that P1 lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MAIN = "main"


@dataclass(frozen=True)
class Contestant:
    """One arm of a recipe; `subset` is the subset of tasks that a multi-task training holds."""

    recipe: str
    arm: str
    subset: str | None

    def name(self, arms_of: Mapping[str, int]) -> str:
        """Short name: the arm (with its subset, unless that is all tasks), the recipe where it is not main.

        A recipe with a single arm goes by its own name: stl_under_mtl_protocol.
        """
        arm = self.arm if self.subset in (None, "all") else f"{self.arm}[{self.subset}]"
        if self.recipe == MAIN:
            return arm
        return self.recipe if arms_of[self.recipe] == 1 else f"{self.recipe}.{arm}"


@dataclass(frozen=True)
class Comparison:
    """`first` minus `second`; `paired` when both are tested on the same folds."""

    name: str
    first: Contestant
    second: Contestant
    paired: bool


def list_comparisons(
    contestants: Iterable[Contestant], recipes: Mapping[str, Mapping[str, Any]]
) -> list[Comparison]:
    """List what can be compared: main recipe first, all tasks before named subsets.

    - Within a recipe: multi-task (of all tasks, of each named subset) against single-task; a subset against all.
    - Across recipes: each arm against the same arm of the main recipe; main's multi-task arm against the
      single-task arm of a recipe that has no other.

    Parameters
    ----------
    contestants : iterable of Contestant
        The single- and multi-task arms of the study.
    recipes : mapping
        Settings ``split`` and ``test_on`` of each recipe; two recipes with both alike are tested on the same
        compounds and are compared in pairs.
    """
    found = sorted(
        set(contestants),
        key=lambda c: (c.recipe != MAIN, c.recipe, c.arm == "stl", c.subset != "all", c.subset or ""),
    )
    arms_of = Counter(contestant.recipe for contestant in found)

    def test_set(recipe: str) -> tuple[Any, Any]:
        return recipes[recipe]["split"], recipes[recipe]["test_on"]

    return [
        Comparison(f"{a.name(arms_of)}-{b.name(arms_of)}", a, b, test_set(a.recipe) == test_set(b.recipe))
        for a in found
        for b in found
        if a != b and _worth_comparing(a, b, arms_of)
    ]


def _worth_comparing(a: Contestant, b: Contestant, arms_of: Mapping[str, int]) -> bool:
    if a.recipe == b.recipe:
        return a.arm == "mtl" and (b.arm == "stl" or (a.subset != "all" and b.subset == "all"))
    if a.arm == b.arm:
        return b.recipe == MAIN and a.subset == b.subset
    control = b.arm == "stl" and arms_of[b.recipe] == 1
    return a.recipe == MAIN and a.arm == "mtl" and a.subset == "all" and control

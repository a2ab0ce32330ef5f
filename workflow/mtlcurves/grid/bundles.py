"""Bundles: the trainings of one job, cut by position so that an entry added at the end touches the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from mtlcurves.config import Bundles
from mtlcurves.grid.allocations import Allocation


@dataclass(frozen=True)
class Bundle:
    """The trainings of one job: some allocations under one recipe, rotation and replicate."""

    recipe: str
    arm: str
    rotation: int
    replicate: int
    name: str
    allocations: Sequence[Allocation]

    @property
    def path(self) -> str:
        """Where its trainings stand below ``trainings/``, without the ending."""
        return f"{self.recipe}/{self.arm}/rotation-{self.rotation}/replicate-{self.replicate}/{self.name}"


def cut(arm: str, allocations: Sequence[Allocation], sizes: Bundles) -> dict[str, list[Allocation]]:
    """Cut an arm's allocations into bundles.

    Allocations of one task (stl), subset (mtl), auxiliary or target stay together, all sizes; a row of a design
    stands alone.

    Returns
    -------
    dict of str to list of Allocation
        Name of the bundle to its members, in the study's order.
    """
    if arm == "mtl":
        return {subset: list(members) for subset, members in groupby(allocations, key=lambda a: a.subset)}
    groups = [list(g) for _, g in groupby(allocations, key=lambda a: (a.subset, a.auxiliary, a.row))]
    per_bundle = {
        "stl": sizes.stl_tasks,
        "augmented": sizes.augmented_auxiliaries,
        "shuffled": sizes.shuffled_auxiliaries,
        "offdiagonal": sizes.offdiagonal_targets,
        "design": sizes.design_rows,
    }[arm]
    iterator = iter(groups)
    pieces = iter(lambda: list(islice(iterator, per_bundle)), [])
    return {f"bundle-{i:03d}": [a for group in piece for a in group] for i, piece in enumerate(pieces)}

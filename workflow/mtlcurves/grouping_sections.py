"""The section of a configuration that says how tasks are grouped, and how groupings are tested."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from mtlcurves.sections import Section

GroupedBy = Literal["tag", "transfer"]


class Grouping(Section):
    """Groups of tasks trained together, against random groups, all tasks in one network, and each task alone.

    The groups are chosen by an affinity between tasks and trained like any other training: all members at the
    same size, recipe main, replicate 0. Left out, no groups are made.
    """

    by: Annotated[list[GroupedBy], Field(min_length=1)] = Field(
        default=["transfer"],
        description="Affinities to group by. tag: TAG affinity of the gradients (section affinity); transfer: "
        "transfer weights a_ij, which need an arm that raises tasks.",
    )
    budget: PositiveInt = Field(
        default=3, description="Groups at most, that is networks, fewer than tasks; a task may be in several."
    )
    random_partitions: Annotated[int, Field(ge=2)] = Field(
        default=50, description="Random partitions of the tasks into that many groups, for comparison."
    )
    size: PositiveInt | None = Field(
        default=None,
        description="Training folds of every member; all training folds when left out. grid.stl and grid.mtl must "
        "have this size too.",
    )
    rotations: PositiveInt | None = Field(
        default=None, description="Rotations: 0 .. rotations - 1; those of the grid when left out."
    )
    seed: int = Field(default=0, description="Seed of the random partitions.")

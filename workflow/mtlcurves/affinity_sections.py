"""The sections of a configuration that say what is measured of the gradients in a training."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveInt

from mtlcurves.sections import Section, Sizes, Tasks

Lookahead = Literal["sgd", "preconditioned", "adam"]
AffinityForm = Literal["first_order", "exact"]


class Affinity(Section):
    """TAG affinity: how much a step for one task lowers the loss of another, while all tasks are trained together.

    Each size and rotation has a training of its own with the engine reference, under the recipe main and as
    replicate 0, in which it is logged. Left out, nothing is logged.
    """

    sizes: Sizes | None = Field(
        default=None, description="Training sizes at which it is logged; those of grid.mtl when left out."
    )
    rotations: PositiveInt | None = Field(
        default=None, description="Rotations logged: 0 .. rotations - 1; those of the grid when left out."
    )
    every: PositiveInt = Field(default=10, description="One optimiser step in so many is logged.")
    lookahead: Lookahead = Field(
        default="sgd",
        description="Step taken for one task: sgd; preconditioned by the second moments of the joint training's "
        "Adam, which turns tasks of the same compounds against each other (docs/affinity.md); or adam, a step of "
        "a copy of Adam as it stands, less its step for no gradient (form: exact only). All at the training's "
        "learning rate.",
    )
    form: AffinityForm = Field(
        default="first_order",
        description="first_order: from the products of the tasks' gradients; exact: each step is taken, the loss "
        "measured anew and the step taken back, which costs a forward pass per task.",
    )
    per_rate: bool = Field(
        default=False,
        description="Divide each step's affinities by its learning rate, that of the first step counting as 1, so "
        "that steps after a milestone of the recipe weigh as much as those before.",
    )
    tasks: Tasks | Literal["all"] = Field(
        default="all",
        description="Tasks whose affinities for one another are logged; the training and the complement are of "
        "all tasks.",
    )
    min_steps: PositiveInt = Field(
        default=5, description="Logged steps with labels of both tasks that the affinity of a pair needs."
    )

"""The sections of a configuration that say which trainings are made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from mtlcurves.sections import Name, Section, Sizes, Tasks

Arm = Literal["stl", "mtl", "augmented", "shuffled", "offdiagonal", "design"]
RAISING_ARMS = ("augmented", "offdiagonal", "design")


class StlArm(Section):
    """Single-task trainings."""

    tasks: Tasks | Literal["all"] = Field(default="all", description="Tasks trained alone.")
    sizes: Sizes | None = Field(default=None, description="Own sizes; grid.sizes when left out.")


class MtlArm(Section):
    """Multi-task trainings, all tasks of a subset at the same size."""

    subsets: Annotated[list[Name], Field(min_length=1)] = Field(
        default=["all"], description="Named subsets (see subsets); all is predefined."
    )
    sizes: Sizes | None = Field(default=None, description="Own sizes; grid.sizes when left out.")


class AugmentedArm(Section):
    """Multi-task trainings of all tasks with one auxiliary task raised (statTAG)."""

    auxiliaries: Tasks | Literal["all"] = Field(default="all", description="Tasks raised, one at a time.")
    sizes: Sizes = Field(description="Sizes of the other tasks.")
    raise_by: PositiveInt | Literal["full"] = Field(
        default=1, description="Folds added to the auxiliary (1 as published), or full: up to all training folds."
    )


class ShuffledArm(AugmentedArm):
    """As augmented, but the classes of the added labels are shuffled among themselves: how no transfer looks."""


class OffdiagonalArm(Section):
    """Multi-task trainings in which the target's size and the complement's size differ."""

    targets: Tasks | Literal["all"] = Field(default="all", description="Tasks given a size of their own.")
    target_sizes: Sizes = Field(description="Sizes of the target.")
    complement_sizes: Sizes = Field(description="Sizes of all other tasks.")


class HadamardDesign(Section):
    """Weighing design: each task is high in exactly half of the trainings, and all are told apart equally well.

    It has as many rows as the tasks need: the next multiple of four above their number, for a few numbers the
    one after. Its first row, all tasks low, is the training of the multi-task arm. Which rows raise a task follows
    from its place in the study's list; one task more may need a larger design.
    """

    kind: Literal["hadamard"] = Field(description="This kind of design.")
    low: PositiveInt = Field(default=1, description="Folds of the tasks that are not raised.")
    high: PositiveInt | Literal["full"] = Field(
        default="full", description="Folds of the tasks that are raised, or full: all training folds."
    )
    fold_over: bool = Field(
        default=False,
        description="Whether each row's opposite is trained, too: its raised tasks low, the others high. Twice "
        "the trainings; what a target's own raise does to the others' weights is then told from third tasks.",
    )


class RandomDesign(HadamardDesign):
    """Weighing design of random halves (or other shares) of the tasks, in as many rows as you can afford.

    With fewer rows than tasks, weights cannot be told apart one by one, and estimators shrink them.
    """

    kind: Literal["random"] = Field(description="This kind of design.")  # type: ignore[assignment]
    rows: Annotated[int, Field(ge=2)] = Field(description="Number of rows.")
    share: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.5,
        description="Share of the tasks that a row raises, each task in as many rows as the others, give or take "
        "one. Fewer than half leave the targets more of their gaps to be closed by what is raised.",
    )
    seed: int = Field(default=0, description="Seed of their draw.")


Design = Annotated[HadamardDesign | RandomDesign, Field(discriminator="kind")]


class Grid(Section):
    """Which trainings are made. An arm that is left out is not trained; the target dataset needs none."""

    sizes: Sizes | None = Field(default=None, description="Training sizes; left out: 1 .. folds.count - 1 folds.")
    rotations: PositiveInt = Field(
        default=10, description="Fold permutations used: 0 .. rotations - 1; at most folds.count."
    )
    replicates: PositiveInt = Field(default=1, description="Seeds per rotation: 0 .. replicates - 1.")
    stl: StlArm | None = Field(default=None, description="Single-task arm.")
    mtl: MtlArm | None = Field(default=None, description="Multi-task arm.")
    augmented: AugmentedArm | None = Field(default=None, description="One auxiliary raised (statTAG).")
    shuffled: ShuffledArm | None = Field(
        default=None, description="One auxiliary raised, its added labels shuffled."
    )
    offdiagonal: OffdiagonalArm | None = Field(default=None, description="Own and complement size varied apart.")
    design: Design | None = Field(
        default=None, description="Half of the tasks raised at a time (weighing design): hadamard or random."
    )

"""The section of a recipe that says how the tasks' losses are balanced.

In every kind a task's loss in a batch is the sum of its cross-entropies over the batch's number of rows, so a
task with more labels has the larger loss and gradient, as in the plain sum. Tasks without labels in a batch take
no part in its step. Adam undoes a constant factor: only the ratio of weights, and how they change, matters.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from mtlcurves.sections import Section


class PlainSum(Section):
    """The sum of the tasks' losses, as published; trained by the engine that the key backend names."""

    kind: Literal["sum"] = Field(default="sum", description="This kind of balancing.")


class GradNorm(Section):
    """Weights of losses that bring gradients to a common size (Chen 2018).

    Tasks that learn more slowly get the larger ones. How far a task has learnt is told by its mean loss a label,
    smoothed over batches, over that of the untrained network. The weights of the tasks that have labels in the
    batch are moved, clipped, and scaled to the sum they had.
    """

    kind: Literal["gradnorm"] = Field(description="This kind of balancing.")
    alpha: NonNegativeFloat = Field(
        default=1.5, description="Pull towards tasks that learn more slowly; 0: gradients of one size."
    )
    learning_rate: PositiveFloat = Field(default=0.025, description="Adam's learning rate for the weights.")
    least: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.1, description="Smallest weight, before weights are scaled; they start at 1."
    )
    most: Annotated[float, Field(ge=1)] = Field(
        default=10.0, description="Largest weight, before weights are scaled."
    )


class PCGrad(Section):
    """What conflicts is projected away: gradient surgery of the shared weights (Yu 2020, algorithm 1)."""

    kind: Literal["pcgrad"] = Field(description="This kind of balancing.")


class CAGrad(Section):
    """The step near the mean gradient that is best for the task which gains least (Liu 2021, algorithm 1)."""

    kind: Literal["cagrad"] = Field(description="This kind of balancing.")
    c: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.4, description="Largest distance from the mean gradient, in its norms; 0: the mean gradient."
    )


class NashMtl(Section):
    """The step that tasks would bargain for (Navon 2022, claim 3.1); its length is always the same."""

    kind: Literal["nash_mtl"] = Field(description="This kind of balancing.")


class Mgda(Section):
    """The shortest average of the tasks' gradients (Désidéri 2012; Sener and Koltun 2018, algorithm 2)."""

    kind: Literal["mgda"] = Field(description="This kind of balancing.")


class Uncertainty(Section):
    """Losses divided by variances that are learnt with the network, at its rate (Kendall 2018)."""

    kind: Literal["uncertainty"] = Field(description="This kind of balancing.")


class Dwa(Section):
    """Dynamic weight average: larger weights for losses that fell less last epoch (Liu 2019, equation 7)."""

    kind: Literal["dwa"] = Field(description="This kind of balancing.")
    temperature: PositiveFloat = Field(default=2.0, description="The larger, the more alike the weights.")


Balancing = Annotated[
    PlainSum | GradNorm | PCGrad | CAGrad | NashMtl | Mgda | Uncertainty | Dwa, Field(discriminator="kind")
]


def is_plain(balancing: Section) -> bool:
    """Whether nothing is balanced."""
    return isinstance(balancing, PlainSum)

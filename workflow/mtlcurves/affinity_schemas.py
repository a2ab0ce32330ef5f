"""Tables of affinities: what a row is, and what each column means."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

_SOURCE = ("string", "task, or complement: all other tasks of the training in one step")
_FROM = ("string", "task that the step is for; null for the complement")
_ONTO = ("string", "task whose loss is measured")

AFFINITY: dict[str, Schema] = {
    "affinity": table(
        "one source and one task, in one training: how much a step for the one lowers the loss of the other (TAG)",
        recipe=("string", "recipe"),
        size=("int8", "folds of all tasks"),
        rotation=("int8", "rotation"),
        replicate=("int16", "replicate"),
        source=_SOURCE,
        **{"from": _FROM},
        onto=_ONTO,
        affinity=("float64", "mean over logged steps of 1 - loss after the step / loss before; null see status"),
        n_steps=("int32", "logged steps in which both had labels"),
        linearity_error=(
            "float64",
            "mean of |exact - first order| over the steps in which both were computed; null where none was",
        ),
        status=("string", "ok, or why there is no affinity"),
    ),
    "tag_affinity": table(
        "one source and one task at one size: their affinity over rotations",
        recipe=("string", "recipe"),
        size=("int8", "folds of all tasks"),
        source=_SOURCE,
        **{"from": _FROM},
        onto=_ONTO,
        mean=("float64", "mean of the rotations' affinities; null see status"),
        standard_error=(
            "float64",
            "standard deviation over rotations / sqrt(n_rotations), of which training folds are shared: rather "
            "too small; null below two",
        ),
        n_rotations=("int16", "rotations with an affinity"),
        centred=(
            "float64",
            "mean minus the mean over all other tasks' steps onto the same task, as it must be before affinities "
            "onto different tasks are compared; null for the complement",
        ),
        linearity_error=("float64", "mean over rotations of linearity_error"),
        status=("string", "ok, or why there is no mean"),
    ),
}

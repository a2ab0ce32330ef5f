"""Tables of what is true of a designed study, as :mod:`mtlcurves.schemas` has the others."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

DESIGNED: dict[str, Schema] = {
    "truth": table(
        "two tasks of a designed study, in either order",
        target=("string", "task"),
        auxiliary=("string", "other task"),
        correlation=("float64", "correlation of their scores without error, over the study's compounds"),
        designed=("float64", "the same as designed: product of the loadings that they share"),
        same_group=("bool", "whether they are of one group"),
        sign=(
            "int8",
            "1, or -1 where one of them turns its group's factor to its opposite and the other does not",
        ),
        n_shared=("int32", "compounds with a label of both"),
    ),
    "truth_tasks": table(
        "one task of a designed study",
        task=("string", "task"),
        group=("string", "group, or independent"),
        sign=("int8", "1, or -1 where it turns its group's factor to its opposite"),
        own=("float64", "share of the score's variance that is the task's own, as designed"),
        ceiling=(
            "float64",
            "AUROC of the scores without error against the labels: none can reach more, in the mean",
        ),
        n=("int32", "labels"),
        n_active=("int32", "active labels"),
        prevalence=("float64", "share of active labels"),
    ),
}

"""The table that sets every way of balancing the tasks against the plain sum."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

BALANCING: dict[str, Schema] = {
    "balancing": table(
        "one way of balancing the tasks against the plain sum, at one size or over all",
        recipe=("string", "recipe that balances"),
        balancing=("string", "its kind: gradnorm, pcgrad, cagrad, nash_mtl, mgda, uncertainty or dwa"),
        reference=("string", "recipe with the plain sum, alike in all else"),
        subset=("string", "subset of tasks trained"),
        metric=("string", "auroc, aupr or average_precision"),
        size=("Int8", "training folds; null: the mean over all sizes"),
        difference=("float64", "mean over rotations of the mean over tasks of the paired score difference"),
        sd=("float64", "standard deviation of a rotation's mean over tasks"),
        standard_error=("float64", "of the difference, Nadeau-Bengio"),
        low=("float64", "lower end of the 90 % interval"),
        high=("float64", "upper end"),
        margin=("float64", "difference below which both count as equivalent"),
        p_equivalence=("float64", "P-value of a difference beyond the margin (two one-sided t tests)"),
        verdict=("string", "equivalent, better, worse or undecided"),
        n_tasks=("int32", "tasks with a difference in any rotation"),
        n_rotations=("int16", "rotations compared; the replicates of one are averaged first"),
        seconds_ratio=("float64", "seconds of a training over its pair's, each by its own engine (median)"),
        undefined=("string", "why there is no verdict; null where there is one"),
    ),
}

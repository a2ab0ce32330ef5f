"""Tables of what a study costs: estimated, and set beside what it did cost."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

_STAGE = ("string", "data, trainings, curves or figures")
_RECIPE, _ARM = ("string", "recipe; null where the rule does not train"), ("string", "arm; null likewise")

ESTIMATE: dict[str, Schema] = {
    "estimate": table(
        "one rule of the study, or one recipe and arm of its trainings, as estimated before they run",
        stage=_STAGE,
        rule=("string", "rule"),
        recipe=_RECIPE,
        arm=_ARM,
        jobs=("int64", "jobs"),
        trainings=("Int64", "trainings; null where the rule does not train"),
        steps=("Int64", "optimiser steps, at most"),
        training_seconds=("float64", "seconds of all trainings, on one core each, without their jobs' start"),
        core_seconds=("float64", "seconds of all jobs, times the cores they use; null where unknown"),
        longest_seconds=("float64", "seconds of the longest job"),
        gpu_seconds=("float64", "seconds of all jobs that hold a GPU"),
        memory_mb=(
            "float64",
            "memory of a job that trains the largest network; null where the rule does not train",
        ),
        disk_mb=("float64", "disk space of what is written"),
        basis=("string", "timed: from timed trainings; typical: from sizes; measured: the rule has run"),
    ),
    "estimate_and_actual": table(
        "one rule of the study, or one recipe and arm of its trainings: what it took, and what was estimated",
        stage=_STAGE,
        rule=("string", "rule"),
        recipe=_RECIPE,
        arm=_ARM,
        jobs=("int64", "jobs that ran, of which there is a benchmark"),
        estimated_jobs=("Int64", "jobs estimated; null, as all estimates, when the study was run without one"),
        trainings=("Int64", "trainings that ran; null where the rule does not train"),
        estimated_trainings=("Int64", "trainings estimated"),
        training_seconds=("float64", "seconds of the trainings, as the table grid_points has them"),
        estimated_training_seconds=("float64", "seconds estimated"),
        training_ratio=("float64", "estimated over actual seconds of the trainings"),
        core_seconds=(
            "float64",
            "seconds of the jobs, times the cores they use; of a job that was killed and went on, all its "
            "trainings and its last attempt",
        ),
        estimated_core_seconds=("float64", "seconds estimated"),
        ratio=("float64", "estimated over actual core-seconds"),
    ),
}

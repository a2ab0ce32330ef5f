"""Tables of what a study costs and shows: estimated, set beside what it did cost, compared with other designs."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

_STAGE = ("string", "data, trainings, curves, affinity, gradients or figures")
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
        training_seconds=("float64", "seconds of the trainings, as their tables of scores have them"),
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
    "power": table(
        "one design of trainings: what it costs, and which effects of one task on another it detects",
        design=("string", "design; this study: its own"),
        trainings_per_rotation=("int64", "trainings of a rotation, the reference points counted"),
        trainings=("int64", "trainings of all the study's rotations and replicates"),
        full_trainings=("float64", "trainings of all tasks at all folds that have as many labels in sum"),
        raise_by=("int64", "folds that a task is raised by at most"),
        standard_error=("float64", "standard error of a pair's weight, per fold (exponent); null: not identified"),
        detectable=("float64", "smallest weight per fold detected with a power of 80 % by a two-sided test"),
        detectable_score_of_fold=("float64", "the same as the change of AUROC by one fold"),
        detectable_score_of_raise=("float64", "the same as the change of AUROC by the whole raise"),
        detectable_of_all=("float64", "smallest weight detected with the level divided by a target's auxiliaries"),
        detectable_of_all_score_of_fold=("float64", "the same as the change of AUROC by one fold"),
        detectable_of_all_score_of_raise=("float64", "the same as the change of AUROC by the whole raise"),
        wanted_rounds=("Int64", "rotations times replicates for the wanted standard error"),
        wanted_trainings=("Int64", "trainings that it takes"),
        wanted_full_trainings=("float64", "the same in trainings of all tasks at all folds"),
        cheapest=("bool", "whether no other that raises every task takes fewer labels for the wanted error"),
        status=("string", "ok, or why there is no standard error"),
    ),
}

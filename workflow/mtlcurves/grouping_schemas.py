"""Tables of groups of tasks: what a row is, and what each column means."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

_METRIC = ("string", "auroc, aupr or average_precision")
_METHOD = ("string", "affinity that chose the groups: tag or transfer; random: a random partition")

GROUPING: dict[str, Schema] = {
    "groups": table(
        "one task of one group of one partition; a task may be in several groups of a chosen partition",
        method=_METHOD,
        partition=("int32", "number of the partition, from 1"),
        group=("string", "id of the group; the same tasks have the same id"),
        bundle=(
            "string",
            "job that trains the group: that of the first random partition with it, or the method's",
        ),
        task=("string", "task"),
        serves=("bool", "whether this group's network serves the task: that of its best score"),
        predicted=(
            "float64",
            "mean affinity of the group's other tasks for the task; 0 where it is alone; null for random ones",
        ),
    ),
    "grouping_results": table(
        "one partition of the tasks against one reference, held-out scores averaged over tasks. Groups are "
        "trained for the recipe's epochs of a group, all tasks together for those of a complete training, a task "
        "alone for those of a single one; where these differ, that is part of the difference. Transfer weights "
        "are measured on the same test folds, and TAG affinities on labels that other rotations test on, so a "
        "choice by either looks rather too good",
        metric=_METRIC,
        size=("int8", "training folds"),
        method=("string", "tag, transfer or random; all_in_one and single_task: the references themselves"),
        partition=("Int64", "number of the partition, from 1; null for a reference"),
        groups=("string", "tasks of each group, groups apart by |; empty for a reference"),
        n_groups=("Int64", "groups, that is networks"),
        serving_size=(
            "float64",
            "mean over tasks of the tasks in the group that serves each; null for a reference. Chosen groups may "
            "overlap, random ones do not, so a rank among these partly tests size where it differs",
        ),
        predicted=("float64", "mean over tasks of the affinity from the rest of the serving group; null without"),
        against=("string", "reference: all_in_one, all tasks in one network; single_task, each task alone"),
        score=("float64", "mean over tasks, and then rotations, of the serving group's score"),
        difference=("float64", "score minus the reference's, paired by task, rotation and replicate"),
        sd=("float64", "standard deviation of a rotation's difference"),
        low=("float64", "lower end of the 95 % interval over rotations, Nadeau-Bengio"),
        high=("float64", "upper end of the 95 % interval over rotations, Nadeau-Bengio"),
        p=("float64", "P-value of the difference being 0, Nadeau-Bengio corrected t"),
        n_tasks=("int32", "tasks scored in any rotation"),
        n_rotations=("int16", "rotations compared"),
        n_random=("int32", "random partitions"),
        n_better=("Int64", "random partitions at least as good; null for random ones"),
        p_random=("float64", "(1 + n_better) / (1 + n_random): P-value of its rank; null for random ones"),
    ),
    "gain_prediction": table(
        "one way to predict what a task gains in a group, learned from so many trained groups and tried on groups "
        "of other partitions",
        metric=_METRIC,
        method=(
            "string",
            "mean: the task's mean gain; linear: sum over tasks; higher_order: mean of pairs; attention: network",
        ),
        n_partitions=("int32", "random partitions learned from"),
        n_trained=("float64", "different groups learned from, mean over the parts of the cross-validation"),
        error=("float64", "mean absolute error of the predicted gain, a partition's tasks averaged first"),
        low=("float64", "lower end of its 95 % interval over held-out partitions"),
        high=("float64", "upper end"),
        against_mean=("float64", "error minus that of mean, paired by partition; below 0: better"),
        against_low=("float64", "lower end of its 95 % interval over held-out partitions"),
        against_high=("float64", "upper end"),
        spearman=(
            "float64",
            "rank correlation of predicted and found gain over held-out groups, mean over tasks; null without any",
        ),
        n_held_out=("int32", "held-out partitions"),
    ),
}

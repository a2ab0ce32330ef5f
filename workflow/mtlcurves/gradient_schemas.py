"""Tables of gradient similarity, label correlation and overlap: what a row is, and what each column means."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table
from mtlcurves.similarity_columns import ENCODER, STATUS

_VIEW = (
    "string",
    "which labels exist: full, shuffled-<k>, or <arm>-<level> of a sweep (thinned, core, size or blocks; masked: "
    "which are compared, after a training with all)",
)
_ROTATION = ("int8", "rotation")
_SEED = ("int16", "seed of the initial weights, of the order of compounds and of the label view")
_TASK_A = ("string", "one task of the pair; pairs are unordered, the task first in the study's order stands here")
_TASK_B = ("string", "the other task of the pair")

GRADIENTS: dict[str, Schema] = {
    "overlap": table(
        "one pair of tasks: the compounds that have labels of both, by every denominator in use",
        task_a=_TASK_A,
        task_b=_TASK_B,
        n_a=("int32", "compounds with a label of task_a"),
        n_b=("int32", "compounds with a label of task_b"),
        n_shared=("int32", "compounds with labels of both"),
        jaccard=("float64", "n_shared / compounds with a label of either"),
        ochiai=(
            "float64",
            "n_shared / sqrt(n_a n_b)",
        ),
        smaller=("float64", "n_shared / min(n_a, n_b)"),
        of_all=("float64", "n_shared / all compounds of the study"),
        shared_per_batch=("float64", "shared compounds in a batch, expected"),
        batch_ochiai=(
            "float64",
            "n_shared / sqrt(n_a n_b) of a batch, expected of batches with labels of both: what is left of a "
            "similarity when not all compounds are shared",
        ),
        batches=(
            "float64",
            "logged batches with labels of both, expected: of the chosen window, in all trainings of an encoder",
        ),
        detectable=(
            "float64",
            "smallest similarity on the same compounds that these batches tell from none (two standard errors, "
            "by an assumed noise); null without shared compounds",
        ),
        advice=(
            "string",
            "usable, close relations only, or not usable: too noisy; not enough logged (fewer batches in a "
            "training than gradients.log.min_batches); too few shared compounds (expected of the rows that are "
            "correlated)",
        ),
        to_measure=(
            "Int32",
            "compounds of the larger task to measure in the smaller one too until the pair is usable; null where "
            "all of them would not do",
        ),
    ),
    "task_correlation": table(
        "one pair of tasks, one choice of compounds: how their labels go together (E)",
        view=_VIEW,
        seed=_SEED,
        rotation=_ROTATION,
        rows=("string", "compounds: all, train (training folds) or heldout (validation and test fold)"),
        task_a=_TASK_A,
        task_b=_TASK_B,
        n_shared=("int32", "of these compounds, those with labels of both"),
        pearson=("float64", "Pearson's correlation of the labels; of classes, phi; null see status"),
        standard_error=(
            "float64",
            "of it, due to the sampling of compounds; large samples, so too small with few active ones",
        ),
        phi_of_most=(
            "float64",
            "of classes, phi / the largest phi, of its sign, of their prevalences; null of values",
        ),
        spearman=("float64", "rank correlation; null see status"),
        status=STATUS,
    ),
    "correlation_reliability": table(
        "one choice of compounds: how well the correlations of all pairs of tasks are known",
        view=_VIEW,
        seed=_SEED,
        rotation=_ROTATION,
        rows=("string", "compounds: all, train (training folds) or heldout (validation and test fold)"),
        n_pairs=("int32", "pairs with a correlation"),
        n_in_halves=("int32", "of these, those with one in both halves of the compounds, in each of ten splits"),
        reliability=(
            "float64",
            "correlation over pairs of what two halves give, mean of ten splits, stepped up to the whole; null: "
            "see status",
        ),
        status=STATUS,
    ),
    "label_views": table(
        "one draw of one label view: the labels there are, over all folds",
        view=_VIEW,
        seed=_SEED,
        n_compounds=("int32", "compounds with a label"),
        n_labels=("int32", "labels"),
        least_labels=("int32", "labels of the task with the fewest"),
        most_labels=("int32", "labels of the task with the most"),
        jaccard=("float64", "overlap (Jaccard), mean over pairs of tasks"),
        jaccard_least=("float64", "of the pair with the least"),
        jaccard_most=("float64", "of the pair with the most"),
        ochiai=("float64", "overlap (Ochiai), mean over pairs of tasks"),
    ),
    "gradient_log": table(
        "one pair of tasks in one training: mean cosine of their losses' gradients by the shared weights (G)",
        encoder=ENCODER,
        view=_VIEW,
        rotation=_ROTATION,
        seed=_SEED,
        window=("string", "logged steps: last_fifth (of the epochs), all, or frozen (after the training)"),
        part=(
            "string",
            "all: gradients of the whole batch; cross: of one half-batch against the other, no compound shared; "
            "same: what half-batches share by their common compounds alone (within less cross)",
        ),
        task_a=_TASK_A,
        task_b=_TASK_B,
        similarity=("float64", "mean over batches with labels of both; null see status"),
        standard_error=("float64", "standard deviation over these batches / sqrt(n_batches)"),
        n_batches=("int32", "logged batches with labels of both"),
        status=STATUS,
    ),
    "gradient_epochs": table(
        "one pair of tasks in one epoch of a training with all labels",
        encoder=ENCODER,
        rotation=_ROTATION,
        seed=_SEED,
        epoch=("int32", "epoch, from 1"),
        half=("string", "of the epoch's logged batches: all, odd or even ones, to tell noise from change"),
        task_a=_TASK_A,
        task_b=_TASK_B,
        similarity=("float64", "mean over these batches; null where none has labels of both"),
        n_batches=("int32", "of these batches, those with labels of both"),
    ),
    "gradient_scores": table(
        "one task in one network",
        encoder=ENCODER,
        view=_VIEW,
        trained=("string", "tasks trained together: all, or their names joined by +"),
        rotation=_ROTATION,
        seed=_SEED,
        task=("string", "task"),
        rows=("string", "validation or test fold"),
        metric=("string", "auroc and average_precision of classes; r2 and rmse (standardised values) of values"),
        score=("float64", "score; null see status"),
        n=("int32", "labels scored"),
        n_active=("Int32", "active ones; null of values"),
        epochs=("int32", "epochs trained"),
        best_epoch=("int32", "epoch with the lowest loss on the validation fold, whose weights are scored"),
        seconds=("float64", "seconds of the training"),
        training_id=("string", "digest of all that affects the training"),
        status=STATUS,
    ),
    "gradient_groups": table(
        "one task of one group of one partition; a task may be in several groups that search chose",
        method=(
            "string",
            "linkage: average linkage of 1 - similarity, cut into so many groups (as published); search: the best "
            "groups, at most so many, by a task's mean similarity to the others of its group; random: a random "
            "partition; together: all tasks in one network; alone: each task by itself",
        ),
        n_groups=("int16", "groups asked for"),
        partition=("int32", "number of the partition, from 1"),
        group=("string", "tasks of the group, joined by +, as in column trained of the scores"),
        bundle=("string", "job that trains the group: that of the first partition with it"),
        task=("string", "task"),
        serves=("bool", "whether this group's network serves the task: that of its best mean similarity"),
        predicted=("float64", "mean similarity of the task to the others of the group; 0 where it is alone"),
    ),
    "gradient_similarity": table(
        "one pair of tasks under one encoder: the similarity of their gradients over rotations and seeds",
        encoder=ENCODER,
        view=_VIEW,
        window=("string", "last_fifth, all or frozen"),
        part=("string", "all, cross or same"),
        task_a=_TASK_A,
        task_b=_TASK_B,
        similarity=("float64", "mean over trainings; null see status"),
        standard_error=(
            "float64",
            "of the mean: standard deviation over trainings / sqrt(n), of one training that over its batches",
        ),
        n_trainings=("int16", "trainings with a similarity"),
        n_batches=("int32", "logged batches of all of them"),
        corrected=(
            "float64",
            "similarity / Ochiai overlap expected in a batch of the view, as batch_ochiai of table overlap (of "
            "part same in half a batch); null without shared compounds, and of part cross, which has none",
        ),
        corrected_error=("float64", "its standard error"),
        z=(
            "float64",
            "(similarity - mean of the shuffled) / sqrt(error^2 + variance of the shuffled over pairs beyond that "
            "of their own errors); errors as standard_error, but none below that of the batches; null where no "
            "training with shuffled labels was made",
        ),
        status=STATUS,
    ),
}

"""Every table of a study: what a row is, and what each column means, with its type and unit."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column: its pandas type and its meaning (with the unit, where it has one)."""

    dtype: str
    meaning: str


@dataclass(frozen=True)
class Schema:
    """A table: what one row is, and its columns in order."""

    row: str
    columns: dict[str, Column] = field(default_factory=dict)


def _table(row: str, /, **columns: tuple[str, str]) -> Schema:
    return Schema(row, {name: Column(*column) for name, column in columns.items()})


_TASK = ("string", "task")
_METRIC = ("string", "auroc, aupr or average_precision")
_RECIPE = ("string", "recipe")

DATA: dict[str, Schema] = {
    "values": _table(
        "one measured value as the source gives it",
        row=("Int64", "row in the source, from 1, the header not counted"),
        compound=("string", "compound id of the source"),
        smiles=("string", "structure as the source gives it"),
        task=_TASK,
        value=("float64", "measured value"),
    ),
    "rejected": _table(
        "one thing left out, with the reason",
        step=("string", "step that rejected it: read_source, standardise_molecules or make_labels"),
        row=("Int64", "row in the source, where it is one row"),
        compound=("string", "compound id of the source, or canonical SMILES after standardisation"),
        smiles=("string", "structure as the source gives it"),
        task=_TASK,
        value=("string", "what was found"),
        reason=("string", "why it was left out"),
    ),
    "molecules": _table(
        "one distinct structure of the source",
        smiles=("string", "structure as the source gives it"),
        canonical_smiles=("string", "standardised canonical SMILES"),
        n_heavy_atoms=("int32", "heavy atoms"),
    ),
    "scaffolds": _table(
        "one compound",
        smiles=("string", "canonical SMILES"),
        murcko=("string", "Murcko scaffold; empty for acyclic compounds"),
        scaffold=("string", "preferred scaffold; for acyclic compounds the compound itself"),
    ),
    "compounds": _table(
        "one compound of the study, sorted by SMILES; the row number is the compound's index",
        smiles=("string", "canonical SMILES"),
        key=("uint64", "hash of the SMILES that seeds everything random about the compound"),
        scaffold=("string", "preferred scaffold"),
        fold_scaffold=("int8", "fold, drawn by scaffold"),
        fold_compound=("int8", "fold, drawn by compound"),
        n_labels=("int32", "labels in the study's tasks"),
    ),
    "labels": _table(
        "one label",
        smiles=("string", "canonical SMILES of the compound"),
        task=_TASK,
        value=("float64", "merged value"),
        n_values=("int32", "values merged"),
        label=("int8", "1 active, 0 inactive"),
    ),
    "tasks": _table(
        "one task of the study, in the study's order",
        task=_TASK,
        name=("string", "name to show"),
        family=("string", "family, to order figures by"),
        n=("int32", "labels"),
        n_active=("int32", "active labels"),
        prevalence=("float64", "share of active labels"),
        digest=("string", "digest of the task's labels: compounds, folds, classes"),
    ),
    "task_list": _table(
        "one task of the source",
        task=_TASK,
        n_values=("int64", "values in the source"),
        n=("int64", "labels after merging"),
        n_active=("int64", "active labels"),
        usable=("bool", "enough labels for a study"),
    ),
    "allocations": _table(
        "one task of one allocation",
        allocation=("string", "id of the allocation"),
        arm=("string", "arm"),
        task=_TASK,
        folds=("int8", "training folds of the task's labels"),
    ),
    "label_counts": _table(
        "one task at one size of one rotation",
        split=("string", "scaffold or compound folds"),
        rotation=("int16", "rotation"),
        folds=("int8", "training folds; 0: the test fold of the rotation"),
        task=_TASK,
        n=("int32", "labels"),
        n_active=("int32", "active labels"),
    ),
}

GRID: dict[str, Schema] = {
    "grid_points": _table(
        "one training's score for one task at one epoch",
        study=("string", "study"),
        recipe=_RECIPE,
        labels=("string", "label view; full: all labels"),
        arm=("string", "stl, mtl, augmented or offdiagonal"),
        subset=("string", "subset of tasks trained; the task itself for stl"),
        allocation=("string", "id of the allocation"),
        auxiliary=("string", "task whose size differs; null where the arm has none"),
        size=("int8", "folds of all tasks but the auxiliary"),
        rotation=("int16", "rotation"),
        replicate=("int16", "replicate"),
        task=_TASK,
        n_target=("int32", "training labels of the task"),
        n_complement=("int32", "training labels of all other tasks at the allocation's size"),
        n_auxiliary=(
            "int32",
            "labels of the auxiliary beyond the allocation's size; 0 in the auxiliary's own row",
        ),
        n_test=("int32", "test labels"),
        n_test_active=("int32", "active test labels"),
        epoch=("int32", "epoch after which it was scored"),
        last_epoch=("bool", "whether this is the training's last epoch"),
        auroc=("float64", "area under the ROC curve"),
        aupr=("float64", "area under (recall, precision), trapezoid"),
        average_precision=("float64", "average precision"),
        undefined=("string", "why the scores are null; null where they are not"),
        n_rows=("int32", "training rows"),
        n_steps=("int64", "optimiser steps of the training"),
        seconds=("float64", "seconds of the training"),
        backend=("string", "training engine"),
        device=("string", "device and CPU features"),
        versions=("string", "versions of the packages that compute"),
        training_id=("string", "digest of all that affects the training"),
    )
}

CURVES: dict[str, Schema] = {
    "mean_scores": _table(
        "one point of a mean learning curve: a task's score over the rotations valid at every size",
        recipe=_RECIPE,
        arm=("string", "stl or mtl"),
        subset=("string", "subset of tasks trained; all for stl"),
        task=_TASK,
        metric=_METRIC,
        size=("int8", "training folds"),
        n_target=("float64", "mean training labels of the task"),
        n_complement=("float64", "mean training labels of all other tasks"),
        score=("float64", "mean score"),
        sd=("float64", "standard deviation over rotations and replicates"),
        n_rotations=("int16", "rotations averaged"),
    ),
    "forms": _table(
        "one form's error on one task's learning curve",
        recipe=_RECIPE,
        arm=("string", "stl or mtl"),
        subset=("string", "subset of tasks trained; all for stl"),
        task=_TASK,
        metric=_METRIC,
        form=("string", "curve form"),
        averaged=("bool", "fitted to the mean over rotations (E[.]), or to each rotation"),
        l2=("float64", "squared residuals, summed over sizes (and rotations, where each is fitted)"),
        l2_beyond_first=("float64", "the same without the smallest size (sizes 2..9, as P1 labels them)"),
        prequential=(
            "float64",
            "squared one-step-ahead errors as published (first fits on m = 3 or 4 points), summed like l2",
        ),
        prequential_common=("float64", "mean squared one-step-ahead error at m = 5..8, for all forms alike"),
        n_fits=("int16", "curves fitted (rotations)"),
        n_points=("int16", "points of a curve"),
        status=("string", "ok, or why a fit was refused (LAST1 stands in for it)"),
    ),
    "curves": _table(
        "one coefficient of one fitted learning curve",
        recipe=_RECIPE,
        arm=("string", "stl or mtl"),
        subset=("string", "subset of tasks trained; all for stl"),
        task=_TASK,
        metric=_METRIC,
        form=("string", "curve form that was fitted"),
        coefficient=("string", "a, b, c, ... as in the form; half_size: labels that halve the gap to c"),
        value=("float64", "estimate; a is per 1,000 labels"),
        per_fold=("float64", "rate coefficients only: estimate per fold"),
        standard_error=("float64", "standard error; null where undefined"),
        status=("string", "ok, at bound, not identified, refused: ..."),
        sse=("float64", "sum of squared residuals"),
        n_points=("int16", "points"),
        n_rotations=("int16", "rotations averaged"),
        rate_range=("float64", "a times the largest n; below 2 the asymptote means little"),
    ),
    "transfer": _table(
        "one coefficient of the three-stage transfer fit",
        recipe=_RECIPE,
        metric=_METRIC,
        target=("string", "task that gains or loses"),
        auxiliary=("string", "task whose labels are added; null in stages 1 and 2"),
        stage=("int8", "1 single-task, 2 multi-task, 3 augmented"),
        coefficient=("string", "a_i, a_iS, a_ij, b or c"),
        value=("float64", "estimate; weights are per 1,000 labels"),
        per_fold=("float64", "weights only: per fold of the labels they weigh"),
        standard_error=("float64", "standard error of value; null where undefined"),
        status=("string", "ok, at bound, not identified, refused: ..."),
        n_points=("int16", "points fitted"),
        n_rotations=("int16", "rotations averaged"),
        score_change=("float64", "rows a_ij only: mean paired score change of the raise; else null"),
        score_change_se=("float64", "its standard error over rotations (Nadeau-Bengio corrected)"),
    ),
    "arm_effects": _table(
        "effect of one arm against a reference arm on one task",
        comparison=("string", "name, such as mtl-stl or mtl-stl_under_mtl_protocol"),
        task=_TASK,
        metric=_METRIC,
        size=("int8", "training folds"),
        difference=(
            "float64",
            "mean score difference; paired by rotation where both are tested on the same folds",
        ),
        sd=("float64", "standard deviation of a rotation's difference"),
        low=("float64", "lower end of the 95 % interval, Nadeau-Bengio"),
        high=("float64", "upper end of the 95 % interval, Nadeau-Bengio"),
        effect_size=("float64", "difference / sd"),
        n_pairs=("int16", "rotations compared; the replicates of one are averaged first"),
        p_corrected=("float64", "Nadeau-Bengio corrected t"),
        p_naive=("float64", "naive paired t, as published"),
        q_corrected=("float64", "Benjamini-Hochberg over tasks, of p_corrected"),
        q_naive=("float64", "Benjamini-Hochberg over tasks, of p_naive"),
        undefined=("string", "why the effect is null; null where it is not"),
    ),
    "effect_counts": _table(
        "tasks that gain and lose in one comparison",
        comparison=("string", "comparison"),
        metric=_METRIC,
        size=("int8", "training folds"),
        n_tasks=("int32", "tasks with an effect"),
        mean_difference=("float64", "mean over tasks"),
        test=("string", "corrected or naive"),
        n_gain=("int32", "significant gains at the nominal level"),
        n_loss=("int32", "significant losses at the nominal level"),
        n_gain_fdr=("int32", "gains after Benjamini-Hochberg"),
        n_loss_fdr=("int32", "losses after Benjamini-Hochberg"),
        expected_by_chance=("float64", "significant gains expected with no effect at all"),
    ),
    "parameter_change": _table(
        "one task's change in a curve parameter and in score, stl to mtl",
        recipe=_RECIPE,
        task=_TASK,
        metric=_METRIC,
        coefficient=("string", "a, b or c"),
        version=("string", "all rotations, or split-half (parameter from even, score from odd rotations)"),
        parameter_change=("float64", "mtl minus stl; a is per 1,000 labels"),
        score_change=("float64", "mtl minus stl at the largest size"),
        status=("string", "ok, at bound (in either arm), or why there is no change"),
    ),
    "parameter_correlation": _table(
        "rank correlation of parameter change with score change over tasks (P1 Table 2)",
        recipe=_RECIPE,
        metric=_METRIC,
        coefficient=("string", "a, b or c"),
        version=("string", "all rotations, or split-half"),
        spearman=("float64", "Spearman correlation"),
        low=("float64", "lower end of the 95 % interval (bootstrap over tasks)"),
        high=("float64", "upper end"),
        p=("float64", "P-value"),
        n_tasks=("int32", "tasks"),
    ),
    "form_ranking": _table(
        "one form's errors over all tasks (P1 Table 1)",
        recipe=_RECIPE,
        arm=("string", "stl or mtl"),
        subset=("string", "subset"),
        metric=_METRIC,
        form=("string", "curve form"),
        l2=("float64", "mean over tasks of the squared residuals summed over sizes and rotations, each fitted"),
        l2_mean=("float64", "the same, the mean over rotations fitted (E[.])"),
        prequential=("float64", "mean over tasks of the summed one-step-ahead squared error, each rotation"),
        prequential_mean=("float64", "the same, the mean over rotations (E[.])"),
        prequential_common=("float64", "mean squared one-step-ahead error at m = 5..8, mean curve"),
        mean_rank=("float64", "mean rank over tasks by prequential_common; 1 is best"),
        n_tasks=("int32", "tasks"),
    ),
}

SCHEMAS: dict[str, Schema] = DATA | GRID | CURVES

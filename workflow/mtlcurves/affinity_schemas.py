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
        affinity=(
            "float64",
            "mean over logged steps of 1 - loss after the step / loss before, over the step's learning rate where "
            "affinity.per_rate is true; null see status",
        ),
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
        centred_error=(
            "float64",
            "standard error of centred: of the rotations' affinities, each less its own rotation's mean, with the "
            "variance of Nadeau and Bengio (one fold over the training folds); null below two rotations",
        ),
        linearity_error=("float64", "mean over rotations of linearity_error"),
        status=("string", "ok, or why there is no mean"),
    ),
    "transfer_comparison": table(
        "one affinity and one weight: do gradients tell what labels are worth (P1 Table 3)",
        recipe=("string", "recipe"),
        scope=("string", "task: a step for one task, and a weight of one task's labels; complement: all others'"),
        metric=("string", "auroc, aupr or average_precision"),
        affinity=(
            "string",
            "largest size, smallest size, mean of sizes (as far as logged); of tasks centred by recipient",
        ),
        sizes=("string", "sizes of the affinity, in folds"),
        lookahead=("string", "step of the affinity: preconditioned, sgd or adam (affinity.lookahead)"),
        arm=("string", "arms that the weight is read off, and how far they raise"),
        estimator=("string", "staged (P1's three stages), joint or paired"),
        coefficient=("string", "a_ij, a_iS, or a difference of P1's b or c"),
        version=(
            "string",
            "per label, per fold, or the difference; less the target's mean: centred by recipient as affinities "
            "are; drawn together: weights shrunken over the map",
        ),
        spearman=("float64", "rank correlation; null see status"),
        low=(
            "float64",
            "lower end of its 95 % interval (tasks resampled, the same on both sides; pairs share tasks)",
        ),
        high=("float64", "upper end"),
        n_tasks=("int32", "tasks known on both sides"),
        n_pairs=("int32", "pairs (scope task) or targets (scope complement) known on both sides"),
        p=("float64", "two-sided P-value by permutation of whole tasks (Mantel)"),
        q=("float64", "Benjamini-Hochberg over the table"),
        reliability_affinity=(
            "float64",
            "rank correlation of halves of the rotations, stepped up (Spearman-Brown); training folds are shared, "
            "so rather too high",
        ),
        reliability_transfer=("float64", "share of the weights' variance that their standard errors leave"),
        ceiling=(
            "float64",
            "root of the product of both: largest correlation that could be seen; null see unknown",
        ),
        disattenuated=("float64", "spearman / ceiling: what it would be without errors; may pass 1 by chance"),
        unknown=("string", "why there is no ceiling"),
        status=("string", "ok, or why there is no correlation"),
    ),
}

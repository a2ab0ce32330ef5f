"""Tables of transfer estimates: what a row is, and what each column means."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

PREFERRED = ("joint", "paired", "staged")
"""Estimators; a study is read by the first that it has."""

DRAWN = "drawn towards 0: fewer trainings than tasks"
"""Status of a weight that is no measurement by itself: it has an interval, and no P-value."""

TRANSFER: dict[str, Schema] = {
    "transfer_estimates": table(
        "one weight by one estimator: what labels of one task, or of all others, are worth to a target",
        recipe=("string", "recipe"),
        metric=("string", "auroc, aupr or average_precision"),
        estimator=("string", "joint, paired or staged (P1's three stages)"),
        target=("string", "task that gains or loses"),
        auxiliary=("string", "task whose labels are added; null for a_i and a_iS"),
        coefficient=("string", "a_i own labels, a_iS labels of all other tasks, a_ij labels of the auxiliary"),
        value=("float64", "weight per 1,000 labels"),
        per_fold=("float64", "weight of the labels of one fold"),
        standard_error=("float64", "standard error of value over rotations; null where undefined"),
        common_error=(
            "float64",
            "a_ij only: the part of it that all of the target share, from trainings that all are compared with",
        ),
        freedom=("float64", "its degrees of freedom"),
        low=("float64", "lower end of the 90 % interval of value"),
        high=("float64", "upper end"),
        profile_low=("float64", "joint a_i and a_iS only: lower end of the 90 % profile-likelihood interval"),
        profile_high=("float64", "its upper end; infinite where the scores do not tell it"),
        p=("float64", "P-value of the weight being 0 (Student's t)"),
        p_calibrated=(
            "float64",
            "p, its t value reduced as shuffled auxiliaries ask; null without such an arm",
        ),
        q=("float64", "a_ij only: Benjamini-Hochberg over the target's auxiliaries, of p_calibrated or p"),
        q_map=("float64", "a_ij only: Benjamini-Hochberg over all pairs of the map"),
        exchange_rate=("float64", "value / a_i: own labels that one such label is worth"),
        exchange_low=("float64", "lower end of its 90 % interval (Fieller); -inf where a_i is not told from 0"),
        exchange_high=("float64", "upper end; inf where a_i is not told from 0"),
        shrunken=("float64", "a_ij only: value, drawn together with those of all pairs"),
        shrunken_error=("float64", "its standard deviation given all pairs"),
        null_probability=(
            "float64",
            "a_ij only: probability that the weight does not matter: that it is below curves.smallest_effect, or "
            "has the other sign",
        ),
        status=(
            "string",
            "ok, at bound, not identified, no interval: ..., refused: ..., or drawn towards 0: ...",
        ),
        n_rotations=("int16", "rotations used"),
    ),
    "labels_needed": table(
        "one task and one score to reach: the own labels that it takes, all other labels as they are at most",
        recipe=("string", "recipe"),
        metric=("string", "auroc, aupr or average_precision"),
        target=("string", "task"),
        score=("float64", "score to reach"),
        labels_now=("float64", "own labels of its largest training, mean over rotations"),
        labels_needed=("float64", "own labels that bring the score to that; null where refused"),
        low=("float64", "lower end of the 90 % interval"),
        high=("float64", "upper end"),
        share_missed=("float64", "share of bootstrap draws whose curve stays below the score"),
        status=("string", "ok, or refused: ... where the curve's limit is not known well enough"),
    ),
    "additivity": table(
        "one target and one larger size: do the weights of single tasks add up when all are raised together",
        recipe=("string", "recipe"),
        metric=("string", "auroc, aupr or average_precision"),
        estimator=("string", "joint or paired"),
        target=("string", "task"),
        from_size=("int8", "folds of all tasks before"),
        to_size=("int8", "folds of all tasks after"),
        observed_change=("float64", "mean change of the score, paired by rotation"),
        predicted_change=("float64", "change that the weights foretell, added up"),
        difference=("float64", "observed minus predicted"),
        standard_error=("float64", "its standard error over rotations"),
        low=("float64", "lower end of its 90 % interval"),
        high=("float64", "upper end"),
        p=("float64", "P-value of the difference being 0 (Student's t)"),
        n_rotations=("int16", "rotations used"),
    ),
    "map_reliability": table(
        "one map of weights: do half of its rotations rank the pairs as the other half does",
        recipe=("string", "recipe"),
        metric=("string", "auroc, aupr or average_precision"),
        estimator=("string", "joint or paired"),
        n_pairs=("int32", "pairs with a weight in either half, in the split with fewest"),
        n_rotations=("int16", "rotations"),
        n_splits=("int16", "ways to halve the rotations that were tried"),
        spearman=(
            "float64",
            "rank correlation of the halves' weights, mean over splits; null see status",
        ),
        low=("float64", "5 % of the splits have less; splits share rotations, so this is no interval"),
        high=("float64", "5 % of the splits have more"),
        within_targets=("float64", "the same of ranks among the auxiliaries of one target, mean over splits"),
        whole=(
            "float64",
            "2 r / (1 + r) of spearman r (Spearman, Brown): what all rotations have; not below 0",
        ),
        status=("string", "ok, or why there is no number"),
    ),
}

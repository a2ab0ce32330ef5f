"""Tables of transfer estimates: what a row is, and what each column means."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

PREFERRED = ("joint", "paired", "staged")
"""Estimators; a study is read by the first that it has."""

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
        freedom=("float64", "its degrees of freedom"),
        low=("float64", "lower end of the 90 % interval of value"),
        high=("float64", "upper end"),
        p=("float64", "P-value of the weight being 0 (Student's t)"),
        q=("float64", "a_ij only: Benjamini-Hochberg over the auxiliaries of the target"),
        q_map=("float64", "a_ij only: Benjamini-Hochberg over all pairs of the map"),
        exchange_rate=("float64", "value / a_i: own labels that one such label is worth"),
        exchange_low=("float64", "lower end of its 90 % interval (Fieller); -inf where a_i is not told from 0"),
        exchange_high=("float64", "upper end; inf where a_i is not told from 0"),
        shrunken=("float64", "a_ij only: value, drawn together with those of all pairs"),
        shrunken_error=("float64", "its standard deviation given all pairs"),
        null_probability=(
            "float64",
            "a_ij only: local false-discovery rate, probability that the weight is 0",
        ),
        status=("string", "ok, at bound, not identified, no interval: ..., refused: ..."),
        n_rotations=("int16", "rotations used"),
    ),
}

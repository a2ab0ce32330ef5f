"""Small tables of the report about the similarity of gradients."""

from __future__ import annotations

import pandas as pd

from mtlcurves.reporting.display import Shown, cells
from mtlcurves.reporting.grouping_names import METHOD_NAMES, RANDOM
from mtlcurves.reporting.names import plural

NOT_MEASURED = "not measured"
MEASURES = {"pearson": "as it is", "size": "size"}
"""Measures of the correlation of labels that are shown."""


def show_overlap(overlap: pd.DataFrame) -> Shown:
    """Show how many pairs of tasks share enough compounds for their gradients to be compared.

    Parameters
    ----------
    overlap : pandas.DataFrame
        Table ``overlap``.
    """
    of_advice = overlap.groupby("advice", sort=False)
    table = of_advice.agg(
        n_pairs=("n_shared", "size"), n_shared=("n_shared", "median"), jaccard=("jaccard", "median"),
        ochiai=("ochiai", "median"), to_measure=("to_measure", "median"),
    ).sort_values("ochiai", ascending=False).reset_index()  # fmt: skip
    headings = {"advice": "gradients", "n_pairs": "pairs", "n_shared": "shared compounds", "jaccard": "Jaccard"}
    headings |= {"ochiai": "Ochiai", "to_measure": "compounds to measure"}
    note = (
        "Before anything is trained: pairs of tasks by whether the similarity of their gradients could be seen, "
        "with medians of what they share. To measure: compounds of the larger task that the smaller one would "
        "need, too, for the pair to be usable, where there are enough."
    )
    content = cells(table, headings)
    return Shown("overlap", "What pairs of tasks share", note, "similarity", *content, "tables/overlap.csv")


def show_claims(claims: pd.DataFrame) -> Shown:
    """Show what the papers claim about the study's data and what it found, as far as it measured it.

    Parameters
    ----------
    claims : pandas.DataFrame
        Table ``claims``.
    """
    headings = {"paper": "paper", "claim": "claim", "data": "measured on", "published": "published"}
    headings |= {"found": "found", "low": "low", "high": "high", "n": "of", "verdict": "verdict"}
    headings |= {"reason": "why undecided"}
    measured = measured_claims(claims)
    note = (
        "Verdicts are of the 95 % interval, not of the number found. Reproduced: it holds the published number, "
        "and not that of no effect (undecided if both). There, but weaker or stronger: the effect has the "
        "published direction and another size. Where none is claimed, or has no number, the interval must lie "
        "near the published one. Intervals are mostly over tasks drawn anew, so a verdict is of tasks like "
        f"these; the settings are this study's. Not measured by it: {len(claims) - len(measured)} of "
        f"{plural(len(claims), 'claim')}, with the reasons in the complete table."
    )
    content = cells(measured, headings, once=["data", *([] if measured["reason"].notna().any() else ["reason"])])
    category = "similarity" if measured["paper"].str.startswith("P2").any() else "transfer"
    return Shown("claims", "What the papers claim, what we found", note, category, *content, "tables/claims.csv")


def measured_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Keep the claims that the study can say something about; rows of table ``claims``."""
    return claims[claims["verdict"] != NOT_MEASURED]


def show_relation(relation: pd.DataFrame) -> Shown:
    """Show how similarity and correlation of labels go together, all windows and parts.

    Parameters
    ----------
    relation : pandas.DataFrame
        Table ``similarity_and_correlation``.
    """
    headings = {"encoder": "encoder", "window": "logged steps", "part": "part", "version": "version"}
    headings |= {
        "rows": "labels of",
        "measure": "correlation",
        "pearson": "r",
        "pearson_low": "low",
        "pearson_high": "high",
        "pearson_p": "P",
        "ceiling": "r at most",
    }
    headings |= {
        "spearman": "rho",
        "spearman_p": "P of rho",
        "n_tasks": "tasks",
        "n_pairs": "pairs",
        "status": "status",
    }
    note = (
        "r(G, E): correlation over pairs of tasks of the similarity of gradients with the correlation of labels. "
        "Corrected: divided by the Ochiai overlap; cross: gradients of different compounds; same: what common "
        "compounds add; size: without the sign, which gradients do not see. 95 % intervals resample "
        "tasks, P-values permute them. r at most: what the noise of labels, and of gradients where it is known, "
        "lets it be."
    )
    own = relation[relation["measure"].isin(MEASURES)]
    own = own.assign(measure=own["measure"].map(MEASURES))
    content = cells(own, headings, once=["encoder", "part", "measure", "ceiling", "status"])
    title, file = "Gradients against labels", "tables/similarity_and_correlation.csv"
    return Shown("similarity_and_correlation", title, note, "similarity", *content, file)


def show_gradient_groupings(results: pd.DataFrame) -> Shown:
    """Show what groups of tasks with similar gradients change, and all tasks together and each alone beside them.

    Parameters
    ----------
    results : pandas.DataFrame
        Table ``gradient_grouping_results``.
    """
    own = results[results["method"] != RANDOM].sort_values(["metric", "n_groups"], kind="stable")
    table = own.assign(
        method=own["method"].map(METHOD_NAMES),
        against=own["against"].map(METHOD_NAMES | {RANDOM: "mean of random groups"}),
    )
    headings = {"metric": "score", "n_groups": "groups", "method": "chosen", "against": "against"}
    headings |= {"score": "mean score", "difference": "difference", "low": "low", "high": "high", "p": "P"}
    headings |= {"n_better": "random ones as good", "n_random": "of", "p_random": "P by rank", "n_seeds": "seeds"}
    headings |= {"serving_size": "tasks in a task's group"}
    note = (
        "Mean score over tasks, on the test fold, of networks for groups of tasks, minus the reference's; 95 % "
        "intervals and P over seeds, all of one split. P by rank: by how many random partitions into as many "
        "groups are at least as good."
    )
    title, file = "Groups with similar gradients", "tables/gradient_grouping_results.csv"
    return Shown("gradient_grouping_results", title, note, "similarity", *cells(table, headings), file)

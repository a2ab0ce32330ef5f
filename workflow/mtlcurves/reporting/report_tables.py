"""Small tables of the report: which rows and columns are shown, under which headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from mtlcurves.reporting.affinity_findings import show_comparison
from mtlcurves.reporting.display import Shown, cells, in_given_order
from mtlcurves.reporting.grouping_tables import show_groupings, show_predictions
from mtlcurves.reporting.names import comparison_name, ordered_tasks
from mtlcurves.reporting.similarity_pairs import show_pairs
from mtlcurves.reporting.similarity_tables import (
    show_claims,
    show_gradient_groupings,
    show_overlap,
    show_relation,
)
from mtlcurves.reporting.transfer_tables import transfer_tables


def shown_tables(
    tables: Mapping[str, pd.DataFrame],
    metric: str,
    form: str,
    significance: float = 0.05,
    gradients: Mapping[str, Any] | None = None,
) -> list[Shown]:
    """Prepare every small table that a study has.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name; those that a study does not have are missing.
    metric : str
        Score for tables that show one score only.
    form : str
        Curve form whose coefficients are reported.
    significance : float
        False-discovery rate at which a pair of tasks is called.
    gradients : mapping, optional
        Section ``gradients`` of the configuration.
    """
    names = ordered_tasks(tables["tasks"]).set_index("task")["label"]
    before: dict[str, Callable[[pd.DataFrame], Shown]] = {
        "tasks": _tasks,
        "grid_points": _trainings,
        "estimate_and_actual": _costs,
        "effect_counts": _counts,
        "arm_effects": partial(_effects, names=names),
        "balancing": _balancing,
        "form_ranking": _forms,
        "curves": partial(_curves, names=names, form=form),
        "parameter_correlation": _correlations,
    }
    after: dict[str, Callable[[pd.DataFrame], Shown]] = {
        "transfer_comparison": show_comparison,
        "grouping_results": partial(show_groupings, names=names),
        "gain_prediction": show_predictions,
        "overlap": show_overlap,
        **({"gradient_similarity": lambda _: show_pairs(tables, names, gradients)} if gradients else {}),
        "similarity_and_correlation": show_relation,
        "gradient_grouping_results": show_gradient_groupings,
        "claims": show_claims,
    }
    transfer = transfer_tables(tables, names, metric, significance)
    return [*_filled(tables, before), *transfer, *_filled(tables, after)]


def _filled(
    tables: Mapping[str, pd.DataFrame], shown: Mapping[str, Callable[[pd.DataFrame], Shown]]
) -> list[Shown]:
    """Prepare those tables that have rows, and of them those that have rows to show."""
    made = [show(tables[name]) for name, show in shown.items() if name in tables and len(tables[name])]
    return [table for table in made if table.rows]


def _tasks(tasks: pd.DataFrame) -> Shown:
    table = ordered_tasks(tasks)
    headings = {"label": "name"} | ({} if (table["label"] == table["task"]).all() else {"task": "task"})
    headings |= {"family": "family", "n": "labels", "n_active": "active", "prevalence": "share active"}
    of_classes = [] if table["n_active"].notna().any() else ["n_active", "prevalence"]
    content = cells(table, headings, once=["family", *of_classes])
    note = "The tasks of the study, in the order of the figures."
    return Shown("tasks", "Tasks", note, "data", *content, "figures/label_counts.csv")


def _trainings(points: pd.DataFrame) -> Shown:
    rows = []
    for (recipe, arm), own in points.groupby(["recipe", "arm"], sort=False, observed=True):
        sizes = sorted(own["size"].unique())
        rows.append(
            {
                "recipe": recipe,
                "arm": arm,
                "trainings": len(own.drop_duplicates(["allocation", "rotation", "replicate"])),
                "folds": f"{sizes[0]} to {sizes[-1]}" if len(sizes) > 1 else str(sizes[0]),
                "rotations": own["rotation"].nunique(),
                "replicates": own["replicate"].nunique(),
                "scored at epochs": ", ".join(map(str, sorted(own["epoch"].unique()))),
                "scores": len(own),
                "scores without a value": int(own["undefined"].notna().sum()),
            }
        )
    content = cells(pd.DataFrame(rows), {name: name for name in rows[0]}, once=["recipe"])
    note = (
        "A score is that of one training for one task at one epoch; it has no value where the test fold lacks "
        "labels or one of the classes."
    )
    return Shown("trainings", "Trainings and scores", note, "data", *content)


def _costs(costs: pd.DataFrame) -> Shown:
    columns = ["jobs", "trainings", "training_seconds", "core_seconds"]
    parts = [name for column in columns for name in (column, f"estimated_{column}")]
    groups = costs.fillna({"recipe": "", "arm": ""}).groupby(["stage", "recipe", "arm"], sort=False)
    table = groups[parts].sum(min_count=1).reset_index()
    whole = table[parts].sum(min_count=1).to_frame().T.assign(stage="all", recipe="", arm="")
    table = pd.concat([table, whole], ignore_index=True)
    numbers = table[parts].astype(float)
    table["training_ratio"] = numbers["estimated_training_seconds"] / numbers["training_seconds"]
    table["ratio"] = numbers["estimated_core_seconds"] / numbers["core_seconds"]
    made = bool(costs["estimated_jobs"].notna().any())
    headings = {"stage": "stage", "recipe": "recipe", "arm": "arm", "jobs": "jobs", "trainings": "trainings"}
    for column, name, ratio in (
        ("training_seconds", "seconds of trainings", "training_ratio"),
        ("core_seconds", "core-seconds of jobs", "ratio"),
    ):
        headings |= {column: name}
        headings |= {f"estimated_{column}": f"{name}, estimated", ratio: "estimate / actual"} if made else {}
    note = "What the study took, as its trainings and its jobs' benchmarks say, up to the report itself. "
    note += (
        "The estimate was made apart from it (target estimate), for cores of the jobs' own: on cores shared with "
        "other work a study takes longer."
        if made
        else "No estimate was made before it was run (target estimate)."
    )
    content = cells(table.assign(**numbers), headings, once=["recipe", "arm"])
    return Shown("costs", "What the study cost", note, "data", *content, "tables/estimate_and_actual.csv")


def _at_largest_size(table: pd.DataFrame) -> pd.DataFrame:
    last = table[table["size"] == table.groupby("comparison")["size"].transform("max")]
    last = last.sort_values(["comparison", "metric"], key=in_given_order, kind="stable")
    return last.assign(comparison=last["comparison"].map(comparison_name))


def _counts(counts: pd.DataFrame) -> Shown:
    headings = {"comparison": "comparison", "metric": "score", "size": "folds", "test": "test", "n_tasks": "tasks"}
    headings |= {"mean_difference": "mean difference", "n_gain": "gains", "n_loss": "losses"}
    headings |= {"expected_by_chance": "of either by chance", "n_gain_fdr": "gains after BH"}
    headings |= {"n_loss_fdr": "losses after BH"}
    content = cells(_at_largest_size(counts), headings, once=["comparison"])
    note = (
        "Tasks that gain and lose at each comparison's largest size. naive: the paired t test as first published, "
        "which takes rotations for independent; corrected: Nadeau and Bengio. BH: Benjamini-Hochberg."
    )
    return Shown("effect_counts", "Gains and losses", note, "performance", *content, "tables/effect_counts.csv")


def _effects(effects: pd.DataFrame, names: pd.Series) -> Shown:
    headings = {"comparison": "comparison", "metric": "score", "task": "task", "size": "folds"}
    headings |= {"difference": "difference", "low": "low", "high": "high", "effect_size": "difference / sd"}
    headings |= {"n_pairs": "rotations", "p_corrected": "P", "q_corrected": "q", "undefined": "why empty"}
    table = _at_largest_size(effects.assign(task=effects["task"].map(names)))
    content = cells(table, headings, once=["comparison", "undefined"])
    note = "Differences of scores at the largest size, 95 % intervals, Nadeau-Bengio P and Benjamini-Hochberg q."
    return Shown("arm_effects", "Effects by task", note, "performance", *content, "tables/arm_effects.csv")


def _balancing(table: pd.DataFrame) -> Shown:
    sizes = table["size"].astype(object).where(table["size"].notna(), "all")
    headings = {"recipe": "recipe", "balancing": "balancing", "metric": "score", "size": "folds"}
    headings |= {"difference": "difference", "low": "low", "high": "high", "p_equivalence": "P"}
    headings |= {"verdict": "verdict", "seconds_ratio": "seconds / plain", "n_tasks": "tasks"}
    headings |= {"n_rotations": "rotations", "undefined": "why empty"}
    content = cells(table.assign(size=sizes), headings, once=["undefined"])
    note = (
        "Each way of balancing minus the plain sum, mean over tasks; 90 % intervals over rotations "
        f"(Nadeau-Bengio). Equivalent: the interval lies within {table['margin'].iloc[0]:g} of 0 on both sides; P "
        "is that of a larger difference (two one-sided tests)."
    )
    return Shown("balancing", "Balancing of tasks", note, "performance", *content, "tables/balancing.csv")


def _forms(ranking: pd.DataFrame) -> Shown:
    headings = {"recipe": "recipe", "metric": "score", "arm": "arm", "subset": "tasks trained", "form": "form"}
    headings |= {"prequential_common": "next size, per point", "mean_rank": "mean rank"}
    headings |= {
        "prequential_mean": "E[prequential]",
        "prequential": "prequential",
        "l2_mean": "E[L2]",
        "l2": "L2",
    }
    keys = ["recipe", "metric", "arm", "subset", "prequential_common"]
    table = ranking.sort_values(keys, key=in_given_order, kind="stable")
    content = cells(table, headings | {"n_tasks": "tasks"}, once=["recipe", "subset"])
    note = (
        "Squared errors, mean over tasks; best predicting form first. The figure of errors explains the columns."
    )
    return Shown("form_ranking", "Curve forms", note, "curves", *content, "tables/form_ranking.csv")


def _curves(curves: pd.DataFrame, names: pd.Series, form: str) -> Shown:
    keys = ["metric", "arm", "subset", "task"]
    own = curves[(curves["recipe"] == "main") & (curves["form"] == form)]
    wide = own.pivot_table(index=keys, columns="coefficient", values="value", sort=False)
    rest = own.groupby(keys, sort=False).agg(n_rotations=("n_rotations", "first"))
    rest.insert(0, "status", own.groupby(keys, sort=False)[["coefficient", "status"]].apply(_statuses))
    table = rest[[]].join(wide).join(rest).reset_index()
    table["task"] = table["task"].map(names)
    headings = {str(name): str(name) for name in table.columns} | {"metric": "score", "subset": "tasks trained"}
    headings |= {"n_rotations": "rotations"}
    if "half_size" in headings:
        headings["half_size"] = "labels that halve the gap"
    content = cells(table, headings, once=["subset"])
    note = (
        f"Coefficients of {form}; rates per 1,000 labels. What is not identified, the points do not determine, "
        "however reasonable the number looks; a limit at its bound is a score of 1 that the points do not reach."
    )
    return Shown("curves", "Fitted curves", note, "curves", *content, "tables/curves.csv")


def _statuses(curve: pd.DataFrame) -> str:
    """Say which coefficients of one curve are not ok, and why: ``a, b not identified; c at bound``."""
    wrong = curve[(curve["status"] != "ok") & (curve["coefficient"] != "half_size")]
    reasons = wrong.groupby("status", sort=False)["coefficient"].agg(", ".join)
    return "; ".join(f"{names} {reason}" for reason, names in reasons.items()) or "ok"


def _correlations(correlations: pd.DataFrame) -> Shown:
    headings = {"recipe": "recipe", "metric": "score", "coefficient": "coefficient", "version": "version"}
    headings |= {"spearman": "Spearman", "low": "low", "high": "high", "p": "P", "n_tasks": "tasks"}
    content = cells(correlations, headings, once=["recipe"])
    note = "Rank correlation over tasks of a coefficient's change with the score's change, single- to multi-task."
    file = "tables/parameter_correlation.csv"
    return Shown("parameter_correlation", "Parameters and score", note, "curves", *content, file)

"""What was found, in plain sentences computed from the tables; also when it is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mtlcurves.reporting.affinity_findings import affinity_findings
from mtlcurves.reporting.balancing_findings import balancing_findings
from mtlcurves.reporting.claim_findings import claims_findings
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.gain_findings import gain_findings
from mtlcurves.reporting.grouping_findings import grouping_findings
from mtlcurves.reporting.names import comparison_name, count_text, ordered_tasks, plural
from mtlcurves.reporting.similarity_findings import similarity_findings
from mtlcurves.reporting.style import ARM_NAMES, metric_name, percent, shared_decimals, signed
from mtlcurves.reporting.transfer_findings import transfer_findings

Tables = Mapping[str, pd.DataFrame]


def findings(
    tables: Tables,
    metric: str,
    significance: float,
    raised: str,
    smallest: float,
    gradients: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """Say what changes and transfers, whether gradients can be trusted, what is reproduced, which form is best.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by name; those that a study does not have are missing.
    metric : str
        Score the sentences are about.
    significance : float
        False-discovery rate.
    raised : str
        How an auxiliary's labels were raised, such as ``from 1 fold to 9``.
    smallest : float
        Share of the gap that a fold of an auxiliary's labels must close, or widen, to matter.
    gradients : mapping, optional
        Section ``gradients`` of the configuration.
    """
    gradient_findings = similarity_findings(tables, gradients, significance)
    published = claims_findings(tables["claims"]) if "claims" in tables else []
    if gradients and "grid_points" not in tables:
        return gradient_findings + published
    tasks = ordered_tasks(tables["tasks"]).set_index("task")
    return [
        effect_finding(tables, tasks["label"], metric, significance),
        *transfer_findings(tables, metric, significance, raised, smallest),
        *balancing_findings(tables, metric),
        *grouping_findings(tables, metric),
        *gain_findings(tables, metric),
        *affinity_findings(tables, metric, significance),
        *gradient_findings,
        *published,
        form_finding(tables, metric),
    ]


def effect_finding(tables: Tables, names: pd.Series, metric: str, significance: float) -> Finding:
    """Say how many tasks gain and lose by multi-task learning, and how well the mean over tasks is known."""
    effects = tables.get("arm_effects", pd.DataFrame(columns=["comparison"]))
    compared = list(effects["comparison"].unique())
    if not compared:
        return Finding(
            "No two arms were trained that can be compared, so nothing is said about multi-task learning."
        )
    # balanced recipes have a sentence of their own
    if "balancing" in tables and not any("-stl" in name for name in compared):
        return Finding("No task was trained alone, so nothing is said about what learning together gives.")
    first = "mtl-stl" if "mtl-stl" in compared else compared[0]
    own = effects[(effects["comparison"] == first) & (effects["metric"] == metric)]
    own = own[(own["size"] == own["size"].max()) & own["low"].notna()]
    score, what = metric_name(metric), "multi-task learning" if first == "mtl-stl" else comparison_name(first)
    if own.empty:
        return Finding(f"No task has enough scores to say what {what} changes in {score}.")
    change, discovered = own["difference"], own["q_corrected"] < significance
    gains, losses = int((discovered & (change > 0)).sum()), int((discovered & (change < 0)).sum())
    of_tasks = f"of {plural(len(own), 'task')}"
    verdict = f"raises {score} significantly in {gains or 'none'} {of_tasks} and lowers it in {losses or 'none'}"
    if not gains + losses:
        verdict = f"changes {score} significantly in none {of_tasks} (in a typical task, only a change above "
        verdict += f"about {_half_width(own):.3f} would be seen)"
    # the mean's standard error is at most the mean of the tasks' own, however the tasks depend on each other
    mean, low, high = (signed(own[column].mean()) for column in ("difference", "low", "high"))
    measured = f"{plural(int(own['size'].iloc[0]), 'training fold')} and {count_text(own['n_pairs'], 'rotation')}"
    sentence = (
        f"With {measured}, {what} {verdict}; the mean difference is {mean} (95 % interval no wider than {low} to "
        f"{high})."
    )
    return Finding(sentence, _effect_detail(own, names, significance))


def _effect_detail(effects: pd.DataFrame, names: pd.Series, significance: float) -> str:
    nominal = int((effects["p_corrected"] < significance).sum())
    by_chance = effects["p_corrected"].notna().sum() * significance
    ordered = effects.sort_values("difference")
    low, high = (f"{signed(row.difference)} ({names.get(row.task, row.task)})" for row in _ends(ordered))
    return (
        f"Nadeau-Bengio test over {count_text(effects['n_pairs'], 'rotation')}, Benjamini-Hochberg at "
        f"{percent(significance)}; {plural(nominal, 'task')} before Benjamini-Hochberg, where chance alone gives "
        f"{by_chance:.2g}. The tasks run from {low} to {high}; half of their intervals are "
        f"wider than \N{PLUS-MINUS SIGN}{_half_width(effects):.3f}. The mean's interval allows for any dependence "
        "between tasks."
    )


def _half_width(effects: pd.DataFrame) -> float:
    return float(((effects["high"] - effects["low"]) / 2).median())


def _ends(table: pd.DataFrame) -> list[pd.Series]:
    return [table.iloc[0], table.iloc[-1]]


def form_finding(tables: Tables, metric: str) -> Finding:
    """Say which curve form predicts the next size best, against the last score carried on."""
    own = tables.get("form_ranking", pd.DataFrame(columns=["recipe", "metric", "subset", "arm"]))
    own = own[(own["recipe"] == "main") & (own["metric"] == metric) & (own["subset"] == "all")]
    error = next(
        (name for name in ("prequential_common", "prequential_mean") if name in own and own[name].any()), ""
    )
    if not error:
        return Finding("The curve forms could not be compared: too few sizes to predict one from those before it.")
    own = own[own[error].notna()]
    root = error == "prequential_common"
    errors = own.assign(error=np.sqrt(own[error].astype(float)) if root else own[error].astype(float))
    of_arms = [(str(arm), own.set_index("form")["error"]) for arm, own in errors.groupby("arm", sort=False)]
    decimals = shared_decimals(number for _, of_arm in of_arms for number in _named_errors(of_arm))
    parts = [_best_form(arm, of_arm, decimals) for arm, of_arm in of_arms]
    sentence = (
        f"In predicting the {metric_name(metric)} at the next size from smaller ones, against carrying the last "
        f"score on (LAST1), {'; '.join(parts)}."
    )
    unit = (
        "root mean square error of a predicted point" if root else "summed squared error of the predicted points"
    )
    detail = (
        f"{plural(own['form'].nunique(), 'form')}, mean over {count_text(own['n_tasks'], 'task')}; numbers are "
        f"the {unit}. Forms that differ by a few per cent cannot be told apart, and the best of many on few "
        "points is less far ahead on new ones."
    )
    return Finding(sentence, detail)


def _named_errors(errors: pd.Series) -> list[float]:
    """List the errors that a sentence may name: of LAST1, and of the best of all others."""
    return [float(error) for error in (errors.get("LAST1"), errors.drop("LAST1", errors="ignore").min()) if error]


def _best_form(arm: str, errors: pd.Series, decimals: int) -> str:
    best, name = str(errors.idxmin()), f"{ARM_NAMES.get(arm, arm)} curves"
    others = errors.drop("LAST1", errors="ignore")
    if "LAST1" not in errors:
        return f"{best} is best for {name} (error {errors[best]:.{decimals}f})"
    if others.empty or others.min() >= errors["LAST1"]:
        second = f"; the next is {others.idxmin()}, {others.min():.{decimals}f}" if len(others) else ""
        return f"no fitted form beats LAST1 for {name} (error {errors['LAST1']:.{decimals}f}{second})"
    below = percent(1 - errors[best] / errors["LAST1"])
    return f"{best} is best for {name} (error {errors[best]:.{decimals}f}, {below} below LAST1)"

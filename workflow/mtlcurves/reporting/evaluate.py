"""Fitted curves as points to draw."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.curves.forms import FORMS, evaluate

KEYS = ["recipe", "arm", "subset", "task", "metric"]


def fitted_lines(curves: pd.DataFrame, scores: pd.DataFrame, points: int = 25) -> pd.DataFrame:
    """Evaluate every fitted curve from its smallest to its largest number of labels.

    Parameters
    ----------
    curves : pandas.DataFrame
        Table ``curves``; curves without a value for every coefficient are left out.
    scores : pandas.DataFrame
        Table ``mean_scores``, which says where the curve's points lie.
    points : int
        Points of each line, evenly spaced.

    Returns
    -------
    pandas.DataFrame
        Columns recipe, arm, subset, task, metric, labels, score.
    """
    fitted = curves[curves["value"].notna() & curves["form"].isin(list(FORMS))]
    wide = fitted.pivot_table(index=[*KEYS, "form"], columns="coefficient", values="value").reset_index()
    spans = scores.groupby(KEYS, observed=True)["n_target"].agg(["min", "max"]).reset_index()
    lines = wide.merge(spans, on=KEYS)
    parts = [_lines_of(str(form), own, points) for form, own in lines.groupby("form")]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEYS, "labels", "score"])


def _lines_of(name: str, lines: pd.DataFrame, points: int) -> pd.DataFrame:
    form = FORMS[name]
    lines = lines.dropna(subset=[c for c in form.coefficients if c in lines])
    if lines.empty or not set(form.coefficients) <= set(lines.columns):
        return pd.DataFrame(columns=[*KEYS, "labels", "score"])
    coefficients = lines[list(form.coefficients)].astype(float)
    if form.rate is not None:
        coefficients[form.rate] /= 1000  # the table holds rates per 1,000 labels
    labels = np.linspace(lines["min"], lines["max"], points, axis=1)
    score = evaluate(name, labels, coefficients.to_numpy())
    repeated = lines[KEYS].loc[lines.index.repeat(points)].reset_index(drop=True)
    return repeated.assign(labels=labels.ravel(), score=score.ravel())

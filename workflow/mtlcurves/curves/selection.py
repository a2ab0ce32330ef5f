"""Which form describes, and which foretells, the learning curves (P1 Table 1).

P1 Table 1's columns, each over all tasks of an arm:

==================  =================================================================================
L2                  `l2`: every rotation's curve fitted; squared residuals summed over sizes and rotations
E[L2]               `l2_mean`: the mean over rotations fitted; squared residuals summed over sizes
prequential         `prequential`: sizes 1..m fitted, size m + 1 predicted; squared errors summed over
                    m = 3..8 (4..8 for forms of four coefficients) and rotations
E[prequential]      `prequential_mean`: the same for the mean over rotations
==================  =================================================================================

As published the forms predict different numbers of points, and the first fits interpolate. Forms are therefore
ranked by `prequential_common`: the mean squared error per predicted point at m = 5..8 for all forms alike.

m counts points, not folds: a study whose sizes are few or far apart is treated alike, up to its last point but
one. With N points, the common m are min(5, N - 1)..N - 1. A fit needs a point more than it has coefficients (as
published: as many points); where there are too few, LAST1 (the last score seen) stands in, and `status` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.fitting import fit, refusals
from mtlcurves.curves.forms import FORMS, Array
from mtlcurves.curves.points import Arm, CurveSet, arms_of, curves_of
from mtlcurves.curves.shapes import SHAPES
from mtlcurves.schemas import SCHEMAS

FIRST_COMMON = 5
_ERRORS = ["l2", "l2_beyond_first", "prequential"]


def compare_forms(
    points: pd.DataFrame, metrics: Sequence[str], forms: Sequence[str], processes: int = 1
) -> pd.DataFrame:
    """Measure the errors of every form on every task's curves.

    Parameters
    ----------
    points : pandas.DataFrame
        Grid points as :func:`~mtlcurves.curves.score_arrays.read_scores` gives them.
    metrics : sequence of str
        Score columns.
    forms : sequence of str
        Forms to compare; LAST1 joins them when it is not among them.
    processes : int
        Forms fitted at a time; the result is the same.

    Returns
    -------
    pandas.DataFrame
        Table ``forms``. Tasks without a rotation that is valid at every size are absent.
    """
    arms = [(arm, curves_of(arm, metrics)) for arm in arms_of(points, metrics)]
    names = list(dict.fromkeys(["LAST1", *forms]))
    # the forms that take longest first
    jobs = sorted(((form, k) for form in names for k in range(len(arms))), key=lambda job: -_cost(job[0]))
    if processes == 1:
        errors = {(form, k): curve_errors(form, arms[k][1]) for form, k in jobs}
    else:
        with ProcessPoolExecutor(processes) as pool:
            running = {(form, k): pool.submit(curve_errors, form, arms[k][1]) for form, k in jobs}
            errors = {job: future.result() for job, future in running.items()}
    tables = [
        _per_task(pd.concat([errors[form, k] for form in names], ignore_index=True), arm, curves, metrics)
        for k, (arm, curves) in enumerate(arms)
        if len(curves.y)
    ]
    columns = list(SCHEMAS["forms"].columns)
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _cost(form: str) -> int:
    return len(SHAPES[form].grid()) if form in SHAPES else 0


def _per_task(per_curve: pd.DataFrame, arm: Arm, curves: CurveSet, metrics: Sequence[str]) -> pd.DataFrame:
    groups = per_curve.groupby(["task", "metric", "form", "averaged"], sort=False)
    # the errors of the rotations' curves are summed, as published; the error per predicted point is a mean
    errors = groups[_ERRORS].sum(min_count=1)
    errors["prequential_common"] = groups["prequential_common"].mean()
    errors["status"] = groups["status"].max()  # a reason, where any of the fits has one
    errors["n_fits"] = groups.size()
    table = errors.reset_index().assign(n_points=curves.y.shape[1], **arm.keys)
    table["status"] = table["status"].where(table["status"] != "", "ok")
    table = table.sort_values(["metric", "task", "averaged"], kind="stable")
    task, metric = np.array(arm.tasks, dtype=object), np.array(metrics, dtype=object)
    return table.assign(task=task[table["task"]], metric=metric[table["metric"]])


def curve_errors(form: str, curves: CurveSet) -> pd.DataFrame:
    """Fit a form to all and to the first points of each curve, and measure its errors.

    Parameters
    ----------
    form : str
        The form.
    curves : CurveSet
        The curves.

    Returns
    -------
    pandas.DataFrame
        One row per curve: `task`, `metric`, `averaged`, `form`, the errors and `status` (empty: all fits made).
    """
    n_points = curves.y.shape[1]
    fits = fit(form, curves.x, curves.y, lowest_start=curves.lowest_start[:, -1])
    fitted = np.where((fits.refused == "")[:, None], fits.predict(curves.x), curves.y[:, -1:])
    squares = (curves.y - fitted) ** 2
    published, common, refused = _one_step_ahead(form, curves)
    return pd.DataFrame(
        {
            "task": curves.task,
            "metric": curves.metric,
            "averaged": curves.averaged,
            "form": form,
            "l2": squares.sum(axis=1),
            "l2_beyond_first": squares[:, 1:].sum(axis=1) if n_points > 1 else np.nan,
            "prequential": published.sum(axis=1) if published.size else np.nan,
            "prequential_common": common.mean(axis=1) if common.size else np.nan,
            "status": np.where(fits.refused != "", fits.refused, refused),
        }
    )


def _one_step_ahead(form: str, curves: CurveSet) -> tuple[Array, Array, NDArray[np.str_]]:
    """Squared errors of predicting point m + 1 from points 1..m.

    Returns
    -------
    published, common : ndarray, shape (curves, m)
        For the m of the published sums, and for those that all forms share.
    refused : ndarray of str, shape (curves,)
        Why LAST1 stands in for a fit that all forms share; empty where none does.
    """
    n_curves, n_points = curves.y.shape
    first_published, first_common = max(3, len(FORMS[form].coefficients)), max(1, min(FIRST_COMMON, n_points - 1))
    published, common = [np.empty((n_curves, 0))], [np.empty((n_curves, 0))]
    refused = np.full(n_curves, "", dtype="U120")
    for m in range(min(first_published, first_common), n_points):
        x, y, last = curves.x[:, :m], curves.y[:, :m], curves.y[:, m - 1]
        fits = fit(form, x, y, lowest_start=curves.lowest_start[:, m - 1], spare_points=0)
        predicted = np.where(fits.refused == "", fits.predict(curves.x[:, m : m + 1])[:, 0], last)
        if m >= first_published:
            published.append((curves.y[:, m, None] - predicted[:, None]) ** 2)
        if m >= first_common:
            reasons = refusals(form, x)
            error = curves.y[:, m] - np.where(reasons == "", predicted, last)
            common.append(error[:, None] ** 2)
            early = (refused == "") & (reasons != "")
            refused[early] = np.char.add(f"from the first {m} points: ", reasons[early])
    return np.hstack(published), np.hstack(common), refused


def rank_forms(errors: pd.DataFrame) -> pd.DataFrame:
    """Average each form's errors over tasks, and rank the forms (P1 Table 1).

    Parameters
    ----------
    errors : pandas.DataFrame
        Table ``forms``.

    Returns
    -------
    pandas.DataFrame
        Table ``form_ranking``, the best mean rank first within each recipe, arm, subset and metric. Ranks are
        made task by task from `prequential_common` of the mean curves; equal errors share their mean rank.
    """
    keys = ["recipe", "arm", "subset", "metric", "form"]
    columns = list(SCHEMAS["form_ranking"].columns)
    if errors.empty:
        return pd.DataFrame(columns=columns)
    single = errors[~errors["averaged"]].groupby(keys, sort=False)[["l2", "prequential"]].mean()
    mean_curves = errors[errors["averaged"]]
    # families that are one curve differ by rounding alone: ten digits make them equal
    rounded = mean_curves["prequential_common"].map(lambda error: float(f"{error:.9e}"))
    per_task = rounded.groupby([mean_curves[key] for key in ["recipe", "arm", "subset", "metric", "task"]])
    groups = mean_curves.assign(rank=per_task.rank()).groupby(keys, sort=False)
    table = single.assign(
        l2_mean=groups["l2"].mean(),
        prequential_mean=groups["prequential"].mean(),
        prequential_common=groups["prequential_common"].mean(),
        mean_rank=groups["rank"].mean(),
        n_tasks=groups.size(),
    ).reset_index()
    order = table.groupby(keys[:-1], sort=False).ngroup()
    table = table.assign(order=order).sort_values(["order", "mean_rank"], kind="stable").drop(columns="order")
    return table[columns].reset_index(drop=True)

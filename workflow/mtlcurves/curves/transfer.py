"""P1's map of transfer weights from a study's grid points: three staged fits, as one table of coefficients.

Stages 1 and 2 are in :mod:`mtlcurves.curves.stages`, stage 3 in :mod:`mtlcurves.curves.raised`. The weights
a_ij are P1's label-exchange map; a_ij > 0 means that labels of the auxiliary, on top of all tasks' equal
share, raise the target's score.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.exponential import Fits
from mtlcurves.curves.raised import Effects, RaisedScores, augmented_stage, raised_scores
from mtlcurves.curves.score_arrays import ArmScores, Axes, Floats, arm_scores
from mtlcurves.curves.stages import LABELS, MeanCurves, multi_task_stage, single_task_stage
from mtlcurves.errors import DataError

_WEIGHTS = {1: "a_i", 2: "a_iS", 3: "a_ij"}


def fit_transfer(points: pd.DataFrame, metrics: Sequence[str], recipe: str = "main") -> pd.DataFrame:
    """Fit all transfer weights of one recipe.

    Parameters
    ----------
    points : pandas.DataFrame
        Grid points as :func:`~mtlcurves.curves.score_arrays.read_scores` gives them.
    metrics : sequence of str
        Scores to fit.
    recipe : str
        Recipe whose trainings are fitted.

    Returns
    -------
    pandas.DataFrame
        Table ``transfer``: three rows for each fit, also where it was refused. Without augmented trainings
        there are stages 1 and 2 alone.

    Raises
    ------
    DataError
        When the recipe has no single-task, or no multi-task trainings of all tasks.
    """
    own = points[points["recipe"] == recipe]
    axes, metrics = Axes.of(own), list(metrics)
    stl = arm_scores(own, axes, metrics, "stl")
    mtl = arm_scores(own, axes, metrics, "mtl", "all")
    raised = raised_scores(own, axes, metrics)
    for arm, found in (("stl", stl), ("mtl", mtl)):
        if found is None:
            raise DataError(
                f"grid points: recipe {recipe} has no {arm} trainings of all tasks, needed for transfer"
            )
    assert stl is not None and mtl is not None
    tables = [_one_metric(stl, mtl, raised, axes.tasks, metric) for metric in metrics]
    return pd.concat(tables, ignore_index=True).assign(recipe=recipe)


def _one_metric(
    stl: ArmScores, mtl: ArmScores, raised: RaisedScores | None, tasks: list[str], metric: str
) -> pd.DataFrame:
    single, multi = MeanCurves.of(stl, metric), MeanCurves.of(mtl, metric)
    own_fold, other_fold = _per_fold(mtl.own, mtl.sizes), _per_fold(mtl.complement, mtl.sizes)
    first = single_task_stage(single, metric)
    second = multi_task_stage(multi, metric, first)
    names = np.array(tasks, dtype=object)
    nobody = np.full(len(names), None, dtype=object)
    tables = [
        _rows(1, first, names, nobody, single.n_rotations, own_fold),
        _rows(2, second, names, nobody, multi.n_rotations, other_fold),
    ]
    if raised is not None:
        effects = augmented_stage(mtl, raised, metric, first, second)
        tables.append(_pair_rows(effects, raised.auxiliaries, names, own_fold))
    return pd.concat(tables, ignore_index=True).assign(metric=metric)


def _per_fold(counts: Floats, sizes: list[int]) -> Floats:
    """Mean labels of a fold, shape (tasks,), in thousands; NaN without trainings."""
    at_largest = counts[:, -1].reshape(len(counts), -1)
    present = np.isfinite(at_largest)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(present, at_largest, 0).sum(axis=1) / present.sum(axis=1) / sizes[-1] / LABELS)


def _pair_rows(effects: Effects, auxiliaries: list[str], names: NDArray[np.object_], fold: Floats) -> pd.DataFrame:
    """Rows of stage 3, target by target; the raised task's own score is no transfer and is left out."""
    index = {task: k for k, task in enumerate(names)}
    auxiliary = np.repeat(np.array(auxiliaries, dtype=object), len(names))
    target = np.tile(names, len(auxiliaries))
    labels = np.repeat([fold[index[name]] for name in auxiliaries], len(names))
    table = _rows(3, effects.fits, target, auxiliary, effects.n_rotations, labels)
    first = table["coefficient"] == "a_ij"
    table.loc[first, "score_change"] = effects.change.mean.ravel()
    table.loc[first, "score_change_se"] = effects.change.error.ravel()
    table = table[table["target"] != table["auxiliary"]]
    return table.sort_values(["target", "auxiliary"], kind="stable")


def _rows(
    stage: int,
    fits: Fits,
    target: NDArray[np.object_],
    auxiliary: NDArray[np.object_],
    n_rotations: NDArray[np.int64],
    fold: Floats,
) -> pd.DataFrame:
    """Three rows a fit: its weight, b and c. `fold`: labels of a fold of what is weighed, in thousands."""
    count = len(target)
    value = np.stack([fits.a, fits.b, fits.c], axis=1)
    per_fold = np.full((count, 3), np.nan)
    per_fold[:, 0] = fits.a * fold
    return pd.DataFrame(
        {
            "target": np.repeat(target, 3),
            "auxiliary": np.repeat(auxiliary, 3),
            "stage": stage,
            "coefficient": np.tile([_WEIGHTS[stage], "b", "c"], count),
            "value": value.ravel(),
            "per_fold": per_fold.ravel(),
            "standard_error": fits.error.ravel(),
            "status": fits.status.ravel(),
            "n_points": np.repeat(fits.n_points, 3),
            "n_rotations": np.repeat(n_rotations, 3),
            "score_change": np.nan,
            "score_change_se": np.nan,
        }
    )

"""Stage 3 of P1's transfer estimation: what one raised auxiliary does to every other task (statTAG, Eq. 16).

Each pair is fitted to augmented points and matching reference points of the multi-task arm, averaged over the same
rotations and replicates; without reference points a_ij could not be told from b_ij. Two designs occur:

- At least four raised sizes (P1 raises sizes 1 to 8 by one fold): the reference points are those of the same
  sizes, and scores are fitted, as published. What the exponential misses is alike in both and cancels.
- Fewer (one size raised to all folds, say): b and c need all sizes as reference. Then the misfit of the
  reference curve at the raised size would pass for transfer, the same for every auxiliary; so each
  augmented point enters as its paired difference from the reference point of its size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.exponential import MIN_POINTS, Fits, fit, lowest_start
from mtlcurves.curves.profile import CurvePoints
from mtlcurves.curves.score_arrays import (
    ArmScores,
    Axes,
    Floats,
    by_rotation,
    count_rotations,
    dense,
    mean_over,
    valid_everywhere,
)
from mtlcurves.curves.stages import LABELS, given, refuse
from mtlcurves.curves.statistics import MeanTest, paired_t


@dataclass(frozen=True)
class RaisedScores:
    """The augmented arm.

    Attributes
    ----------
    auxiliaries : list of str
        Raised tasks.
    sizes : list of int
        Sizes of all other tasks.
    score : dict of str to ndarray, shape (auxiliaries, tasks, sizes, rotations, replicates)
        By metric.
    extra : ndarray, shape (auxiliaries, sizes, rotations, replicates)
        Labels of the auxiliary beyond the size.
    """

    auxiliaries: list[str]
    sizes: list[int]
    score: dict[str, Floats]
    extra: Floats


def raised_scores(points: pd.DataFrame, axes: Axes, metrics: list[str]) -> RaisedScores | None:
    """Lay out the grid points of the augmented arm; None where there are none."""
    rows = points[points["arm"] == "augmented"]
    if rows.empty:
        return None
    auxiliaries, sizes = sorted(rows["auxiliary"].unique()), sorted(int(s) for s in rows["size"].unique())
    levels = {"auxiliary": auxiliaries} | axes.levels(sizes)
    arrays = dense(rows, levels, [*metrics, "n_auxiliary"])
    # the raised task's own row counts no extra labels; all other rows agree
    extra = np.fmax.reduce(arrays["n_auxiliary"], axis=1)
    return RaisedScores(auxiliaries, sizes, {m: arrays[m] for m in metrics}, extra)


@dataclass(frozen=True)
class Effects:
    """Fits and score changes of every pair, flattened from (auxiliaries, tasks)."""

    fits: Fits
    n_rotations: NDArray[np.int64]
    change: MeanTest


@dataclass(frozen=True)
class _Design:
    """Which points a pair is fitted to.

    `reference` and `same` are positions among the multi-task sizes: of all reference points, and of those with
    the size of an augmented point. `raised` are positions among the raised sizes.
    """

    reference: list[int]
    same: list[int]
    raised: list[int]
    test_to_train: Floats
    differenced: bool

    @classmethod
    def of(cls, mtl_sizes: list[int], raised_sizes: list[int]) -> _Design:
        matched = [size for size in raised_sizes if size in mtl_sizes]
        same = [mtl_sizes.index(size) for size in matched]
        few = len(matched) < MIN_POINTS
        raised = [raised_sizes.index(size) for size in matched]
        return cls(list(range(len(mtl_sizes))) if few else same, same, raised, 1 / np.array(matched, float), few)


def augmented_stage(mtl: ArmScores, raised: RaisedScores, metric: str, first: Fits, second: Fits) -> Effects:
    """Fit a_ij, b_ij and c_ij of every pair (stage 3), with the weights of stages 1 and 2.

    Parameters
    ----------
    mtl : ArmScores
        The multi-task arm of all tasks.
    raised : RaisedScores
        The augmented arm.
    metric : str
        Score.
    first, second : Fits
        Stages 1 and 2, one entry a task; their weights per 1,000 labels are frozen here.
    """
    a_i, a_iS = first.a, second.a
    design = _Design.of(mtl.sizes, raised.sizes)
    score, lifted = mtl.score[metric], raised.score[metric][:, :, design.raised]
    valid = valid_everywhere(score[:, design.reference]) & valid_everywhere(lifted)
    differences = by_rotation(np.where(valid[:, :, None], lifted - score[:, design.same], np.nan))
    frozen = (a_i[:, None, None, None] * mtl.own + a_iS[:, None, None, None] * mtl.complement) / LABELS
    extra = raised.extra[:, None, design.raised] / LABELS
    points = _points(design, *(mean_over(part, valid) for part in (score, frozen, extra, lifted)))
    base = points.score[:, : len(design.reference)]
    variance = np.full(points.score.shape, np.nan)
    if design.differenced:
        # a paired difference is far less noisy than a score: its variance comes from the rotations
        known = paired_t(differences, design.test_to_train).error ** 2
        variance[:, len(design.reference) :] = known.reshape(len(variance), -1)
    fits = fit(points, positive=False, lowest=lowest_start(base, metric), row_variance=variance)
    n_rotations = count_rotations(valid).ravel()
    if design.differenced:
        fits.error[n_rotations < 2, 0] = np.nan  # a single rotation says nothing of a difference's variance
    for weights, reason in ((a_iS, "stage 2 gives no a_iS"), (a_i, "stage 1 gives no a_i")):
        fits = refuse(fits, np.tile(np.isnan(weights), len(raised.auxiliaries)), reason)
    fits = refuse(fits, n_rotations == 0, "no rotation has a score at every size in both arms")
    if not design.same:
        fits = refuse(fits, np.full(len(n_rotations), True), "no multi-task trainings at the raised sizes")
    fits = given(fits, *(np.tile(stage.status[:, 0], len(raised.auxiliaries)) for stage in (first, second)))
    change = paired_t(_mean(differences, 2), _mean(design.test_to_train, 0))
    return Effects(fits, n_rotations, change)


def _points(design: _Design, score: Floats, frozen: Floats, extra: Floats, lifted: Floats) -> CurvePoints:
    """Set reference and augmented points of each pair side by side; arguments [auxiliary, task, size]."""
    base, same = score[..., design.reference], score[..., design.same]
    response = lifted - same if design.differenced else lifted
    x = np.broadcast_to(extra, response.shape)

    def joined(first: Floats, second: Floats) -> Floats:
        return np.concatenate([first, second], axis=2).reshape(-1, first.shape[2] + second.shape[2])

    return CurvePoints.of(
        joined(base, response),
        joined(np.zeros_like(base), x),
        joined(frozen[..., design.reference], frozen[..., design.same]),
        differenced=joined(np.zeros_like(base), np.full_like(response, design.differenced)),
    )


def _mean(values: Floats, axis: int) -> Floats:
    """Mean that is NaN, without a warning, where there is nothing to average."""
    with np.errstate(invalid="ignore"):
        return np.asarray(values.sum(axis=axis) / np.float64(values.shape[axis]))

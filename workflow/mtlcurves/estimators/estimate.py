"""Transfer estimates with intervals, from grid points of any design, by one of two estimators.

``joint`` fits one base curve to single-task, multi-task and off-diagonal points together, so it tells a label of
the target (a_i) from a label of all other tasks (a_iS), and gives exchange rates. ``paired`` takes the gap to the
best score from the multi-task curve alone; it needs no single-task trainings, and knows no a_i. Either then reads
the weights a_ij off all trainings with extra labels (:mod:`mtlcurves.estimators.label_effects`). P1's three stages
are in :mod:`mtlcurves.curves.transfer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.score_arrays import Floats, Mask
from mtlcurves.estimators.base_curve import BaseCurves, fit_base, profile
from mtlcurves.estimators.blocks import Inference, block_variance, moderate, ratio_interval, student
from mtlcurves.estimators.exposures import Exposures
from mtlcurves.estimators.label_effects import LabelEffects, Problem, label_effects
from mtlcurves.estimators.spread import common_spread, has_too_few_rows
from mtlcurves.transfer_schemas import DRAWN

Estimator = Literal["joint", "paired"]
LEVEL = 0.90
"""Coverage of the intervals."""
MIN_ROTATIONS = 3
"""Rotations that a pair's test and interval need; one difference of two says nothing of scatter."""

_C, _A_I, _A_IS = 0, 2, 3  # places of the coefficients in BaseCurves


@dataclass(frozen=True)
class Estimated:
    """What an estimator found, before it becomes a table.

    Attributes
    ----------
    data : Exposures
        What it was given.
    base : BaseCurves
        Base curves of all targets.
    valid : ndarray of bool, shape (K, R)
        Rotations used for each target.
    effects : list of (LabelEffects or None)
        Weights of the labels beyond a reference point, by target; None where there are none.
    """

    data: Exposures
    base: BaseCurves
    valid: Mask
    effects: list[LabelEffects | None]


def estimate(data: Exposures, estimator: Estimator) -> Estimated:
    """Estimate base curves and the weights of extra labels.

    Parameters
    ----------
    data : Exposures
        Trainings of one recipe.
    estimator : str
        joint or paired.
    """
    score, own, complement = base_points(data, estimator)
    raised = np.abs(data.extra).max(axis=(1, 2), initial=0.0) > 0
    compared = data.rows(np.isin(data.size, data.size[raised])) if raised.any() else data.rows(raised)
    base_valid = np.isfinite(score).sum(axis=1) == np.isfinite(score).any(axis=2).sum(axis=1)[:, None]
    with_effects = base_valid & np.isfinite(compared.score).all(axis=0).T
    valid = np.where(with_effects.any(axis=1, keepdims=True), with_effects, base_valid)
    base = fit_base(score, own, complement, valid, both=estimator == "joint")
    known = raised.any() & with_effects.any(axis=1) & np.isfinite(base.value).all(axis=1)
    spread = None
    if known.any() and has_too_few_rows(compared):
        spread = common_spread([Problem.of(compared, int(i), base, valid[i]) for i in np.flatnonzero(known)])
    effects = [
        label_effects(compared, i, base, valid[i], spread) if known[i] else None for i in range(len(data.tasks))
    ]
    return Estimated(data, base, valid, effects)


def base_points(data: Exposures, estimator: Estimator) -> tuple[Floats, Floats, Floats]:
    """Lay out the points of the base curves: scores, own and complement labels, shape (K, points, R).

    ``joint`` takes all in which every other task stands at the reference size; ``paired`` those of multi-task
    trainings in which the target does so too.
    """
    parts: list[tuple[Floats, Floats, Floats]] = []
    if estimator == "joint":
        parts.append((data.single_score, data.single_labels, np.zeros_like(data.single_labels)))
    extra = np.abs(data.extra).max(axis=1, initial=0.0) > 0
    complement = data.reference.sum(axis=2, keepdims=True) - data.reference
    multi = data.score, data.labels, complement
    plain = np.flatnonzero(~extra.any(axis=1))
    parts.append(
        _by_target(multi, np.repeat(plain, len(data.tasks)), np.tile(np.arange(len(data.tasks)), len(plain)))
    )
    if estimator == "joint":
        alone = np.flatnonzero(extra.sum(axis=1) == 1)
        parts.append(_by_target(multi, alone, extra[alone].argmax(axis=1)))
    score, own, others = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
    return score, own, others


def _by_target(
    arrays: tuple[Floats, Floats, Floats], row: NDArray[np.intp], target: NDArray[np.intp]
) -> tuple[Floats, Floats, Floats]:
    """Gather rows of arrays (A, R, K), each for one target, as arrays (K, rows of a target, R), NaN beyond."""
    place = pd.Series(target).groupby(target).cumcount().to_numpy()
    shape = (arrays[0].shape[2], int(place.max(initial=-1)) + 1, arrays[0].shape[1])
    gathered = np.full((3, *shape), np.nan)
    for into, array in zip(gathered, arrays, strict=True):
        into[target, place] = array[row, :, target]
    score, own, others = gathered
    return score, own, others


def table(found: Estimated, estimator: Estimator) -> pd.DataFrame:
    """Write estimates as rows of the table ``transfer_estimates``, but for the columns recipe and metric."""
    parts = [part for part in (_base_rows(found, estimator), _pair_rows(found)) if part is not None]
    return pd.concat(parts, ignore_index=True).assign(estimator=estimator) if parts else pd.DataFrame()


def _base_rows(found: Estimated, estimator: Estimator) -> pd.DataFrame | None:
    """a_i and a_iS of every target."""
    if estimator != "joint":
        return None
    data, base = found.data, found.base
    n = found.valid.sum(axis=1)
    folds = labels_of_a_fold(data)
    tables = []
    for name, at, per_fold in (("a_i", _A_I, folds), ("a_iS", _A_IS, folds.sum() - folds)):
        variance = block_variance(base.influence[:, :, at], n)
        known = student(base.value[:, at], np.sqrt(variance), n - 1, LEVEL)
        low, high = np.full(len(n), np.nan), np.full(len(n), np.nan)
        if name == "a_iS":
            low, high = _exchange(base.value[:, at], base.influence[:, :, at], base, np.arange(len(n)), n)
        status = _base_status(base, n)
        rows = _rows(data.tasks, None, name, base.value[:, at], per_fold, known, status, n, base, (low, high))
        ends = profile(*base_points(data, "joint"), found.valid, name, LEVEL)
        tables.append(rows.assign(profile_low=ends[0], profile_high=ends[1]))
    return pd.concat(tables, ignore_index=True)


def _pair_rows(found: Estimated) -> pd.DataFrame | None:
    """a_ij of every target, target by target."""
    tables = list(_pairs_of_targets(found))
    if not tables:
        return None
    return pd.concat(tables, ignore_index=True)


def _pairs_of_targets(found: Estimated) -> Iterator[pd.DataFrame]:
    data, base = found.data, found.base
    folds = labels_of_a_fold(data)
    for target, effects in enumerate(found.effects):
        if effects is None:
            continue
        n = int(found.valid[target].sum())
        raised = np.flatnonzero(np.isfinite(effects.value) & (effects.unit_variance > 0))
        raised = raised[raised != target]
        influence = effects.influence[:, raised].T
        known, inflated = _of_pairs(effects, raised, influence, n)
        exchange = _exchange(
            effects.value[raised],
            influence * inflated[:, None],
            base,
            np.full(len(raised), target),
            np.full(len(raised), n),
        )
        status = _pair_status(known, effects, n)
        auxiliaries = [data.tasks[j] for j in raised]
        rows = _rows(
            [data.tasks[target]] * len(raised),
            auxiliaries,
            "a_ij",
            effects.value[raised],
            folds[raised],
            known,
            status,
            np.full(len(raised), n),
            base,
            exchange,
            np.full(len(raised), target),
        )
        yield rows.assign(common_error=np.sqrt(max(effects.alike, 0.0)) * known.error)


def _of_pairs(
    effects: LabelEffects, raised: NDArray[np.intp], influence: Floats, n: int
) -> tuple[Inference, Floats]:
    """Say what is known of some weights, and by how much rotations' pulls are to be enlarged for it."""
    block = block_variance(influence, np.full(len(raised), n))
    if effects.drawn_variance is None:
        predicted = effects.unit_variance[raised] * effects.noise_variance
        variance, freedom = moderate(block, predicted, np.full(len(raised), n - 1.0))
    else:
        variance, freedom = effects.drawn_variance[raised], np.full(len(raised), float(effects.freedom))
    known = student(effects.value[raised], np.sqrt(variance), freedom, LEVEL)
    untold = np.full(len(raised), np.nan)
    if effects.drawn_variance is not None:
        known = replace(known, p=untold)
    elif n < MIN_ROTATIONS:
        known = replace(known, p=untold, low=untold, high=untold)
    with np.errstate(divide="ignore", invalid="ignore"):
        return known, np.where(block > 0, np.sqrt(variance / block), 1.0)


def _pair_status(known: Inference, effects: LabelEffects, n: int) -> NDArray[np.object_]:
    status = np.full(len(known.p), "ok" if effects.drawn_variance is None else DRAWN, dtype=object)
    few = f"no interval: {n} rotation{'' if n == 1 else 's'}, at least {MIN_ROTATIONS} are needed"
    status[np.isnan(known.low)] = few if n < MIN_ROTATIONS else "no interval"
    return status


def _exchange(
    value: Floats, influence: Floats, base: BaseCurves, target: NDArray[np.intp], n: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Interval of the exchange rate value / a_i, from what rotations do to both."""
    own = base.influence[target, :, _A_I]
    both = np.stack([influence, own], axis=1)
    pairs = np.where(n > 1, n * (n - 1), np.nan)
    covariance = np.einsum("kar,kbr->kab", both, both) / pairs[:, None, None]
    return ratio_interval(value, base.value[target, _A_I], covariance, (n - 1).astype(np.float64), LEVEL)


def labels_of_a_fold(data: Exposures) -> Floats:
    """Return the mean labels of a fold of each task, in thousands, shape (K,)."""
    return np.asarray((data.reference / data.size[:, None, None]).mean(axis=(0, 1)))


def _base_status(base: BaseCurves, n: NDArray[np.int64]) -> NDArray[np.object_]:
    status = np.full(len(n), "ok", dtype=object)
    status[base.bound.any(axis=1)] = "not identified"
    status[np.isnan(base.value).any(axis=1)] = "refused: too few points, or no rotation with a score at each"
    return status


def _rows(
    target: list[str],
    auxiliary: list[str] | None,
    coefficient: str,
    value: Floats,
    fold: Floats,
    known: Inference,
    status: NDArray[np.object_],
    n: NDArray[np.int64],
    base: BaseCurves,
    exchange: tuple[Floats, Floats],
    at: NDArray[np.intp] | None = None,
) -> pd.DataFrame:
    own = base.value[:, _A_I] if at is None else base.value[at, _A_I]
    rate = np.where(np.isnan(exchange[0]), np.nan, value / own)
    return pd.DataFrame(
        {
            "target": target,
            "auxiliary": auxiliary,
            "coefficient": coefficient,
            "value": value,
            "per_fold": value * fold,
            "standard_error": known.error,
            "common_error": np.nan,
            "freedom": known.freedom,
            "low": known.low,
            "high": known.high,
            "profile_low": np.nan,
            "profile_high": np.nan,
            "p": known.p,
            "q": np.nan,
            "q_map": np.nan,
            "exchange_rate": rate,
            "exchange_low": exchange[0],
            "exchange_high": exchange[1],
            "status": status,
            "n_rotations": n,
        }
    )

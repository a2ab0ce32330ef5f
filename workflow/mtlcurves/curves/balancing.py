"""What balancing the tasks changes: each recipe that does against the one that sums their losses.

Trainings are paired by size, rotation and replicate: same rows, same initial weights, same order of batches. Tasks
of one training share its network, and rotations share training rows, so neither are independent samples. The mean
over tasks (those with a score in both) makes one number of a rotation, and these are the sample: R of them, with
the variance (1/R + test/train) s^2 of Nadeau and Bengio and t on R - 1 degrees of freedom. The mean over sizes is
taken within a rotation too.

Two means are equivalent where the 90 % interval of their difference lies within the margin on both sides, which is
two one-sided tests at 5 % (Schuirmann 1987); better or worse where they are not and the interval leaves out 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from mtlcurves.curves.effects import folds_ratio
from mtlcurves.curves.score_arrays import Axes, Floats, arm_scores, by_rotation
from mtlcurves.curves.statistics import paired_t
from mtlcurves.schemas import SCHEMAS

EQUIVALENT, BETTER, WORSE, UNDECIDED = "equivalent", "better", "worse", "undecided"
_TRAINING = ["subset", "size", "rotation", "replicate"]


def read_seconds(path: Path | str) -> pd.DataFrame:
    """Read what each multi-task training of a table ``grid_points`` took, one row a training."""
    filters = [("last_epoch", "==", True), ("arm", "==", "mtl")]
    points = pd.read_parquet(path, columns=["recipe", *_TRAINING, "seconds"], filters=filters)
    return points.drop_duplicates(["recipe", *_TRAINING])


def compare_balancing(
    points: pd.DataFrame,
    seconds: pd.DataFrame,
    metrics: Sequence[str],
    balancings: Mapping[str, Mapping[str, str]],
    tested_on: Mapping[str, Mapping[str, Any]],
    fold_count: int,
    margin: float,
) -> pd.DataFrame:
    """Compare every recipe that balances its tasks with its reference.

    Parameters
    ----------
    points : pandas.DataFrame
        Multi-task grid points as :func:`~mtlcurves.curves.score_arrays.read_scores` gives them.
    seconds : pandas.DataFrame
        What :func:`read_seconds` gives.
    metrics : sequence of str
        Scores to compare.
    balancings : mapping
        Recipe to its ``balancing`` (the kind) and its ``reference``.
    tested_on : mapping
        Settings ``split`` and ``test_on`` of each recipe.
    fold_count : int
        Folds of the study, the test fold included.
    margin : float
        Difference of a score below which two recipes count as equivalent.

    Returns
    -------
    pandas.DataFrame
        Table ``balancing``.
    """
    rows = []
    for recipe, against in balancings.items():
        for subset in points.loc[points["recipe"] == recipe, "subset"].unique():
            names = {"recipe": recipe, **against, "subset": subset}
            own, reference = (_one(points, name, subset) for name in (recipe, against["reference"]))
            times = tuple(_one(seconds, name, subset) for name in (recipe, against["reference"]))
            ratios = {
                size: folds_ratio(tested_on[recipe], size, fold_count)
                for size in sorted(set(own["size"]) & set(reference["size"]))
            }
            for metric in metrics:
                for size, difference, ratio in _differences(own, reference, metric, ratios):
                    test = _judged(difference, ratio, margin)
                    cost = {"seconds_ratio": _seconds_ratio(times[0], times[1], size)}
                    rows.append(names | {"metric": metric, "size": size} | test | cost)
    return pd.DataFrame(rows, columns=list(SCHEMAS["balancing"].columns))


def _one(table: pd.DataFrame, recipe: str, subset: str) -> pd.DataFrame:
    return table[(table["recipe"] == recipe) & (table["subset"] == subset)]


def _differences(
    first: pd.DataFrame, second: pd.DataFrame, metric: str, ratios: Mapping[int, float]
) -> Iterator[tuple[int | None, Floats, float]]:
    """Yield differences [task, rotation] at each size and over all sizes (None), with the test set's share."""
    axes = Axes.of(pd.concat([first, second]))
    found = []
    for table in (first, second):
        scores = arm_scores(table, axes, [metric], "mtl")
        assert scores is not None  # only sizes that both have are asked for
        found.append({size: scores.score[metric][:, k] for k, size in enumerate(scores.sizes)})
    by_size = {size: by_rotation(found[0][size] - found[1][size]) for size in ratios}
    for size, difference in by_size.items():
        yield size, difference, ratios[size]
    # the correlation of two rotations, ratio / (1 + ratio), is on average over the sizes what it is of their mean
    shared = float(np.mean([ratio / (1 + ratio) for ratio in ratios.values()]))
    yield None, np.mean(list(by_size.values()), axis=0), shared / (1 - shared)


def _judged(difference: Floats, ratio: float, margin: float) -> dict[str, object]:
    """Test the mean over tasks of some differences [task, rotation]."""
    test = paired_t(by_rotation(difference.T), ratio)
    mean, error, freedom = float(test.mean), float(test.error), max(int(test.n) - 1, 1)
    half = float(stats.t.ppf(0.95, freedom)) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = stats.t.sf((margin - np.abs(mean)) / np.float64(error), freedom)
    low, high = mean - half, mean + half
    undefined = None
    if test.n < 2:
        undefined = "1 rotation" if test.n else "no rotation"
        undefined += " has scores in both, at least 2 are needed"
    return {
        "difference": mean,
        "sd": float(test.sd),
        "standard_error": error,
        "low": low,
        "high": high,
        "margin": margin,
        "p_equivalence": float(beyond),
        "verdict": None if undefined else _verdict(low, high, margin),
        "n_tasks": int(np.isfinite(difference).any(axis=1).sum()),
        "n_rotations": int(test.n),
        "undefined": undefined,
    }


def _verdict(low: float, high: float, margin: float) -> str:
    if -margin < low and high < margin:
        return EQUIVALENT
    return BETTER if low > 0 else WORSE if high < 0 else UNDECIDED


def _seconds_ratio(first: pd.DataFrame, second: pd.DataFrame, size: int | None) -> float:
    """Compare the seconds of paired trainings; by the median, since a job's first one compiles."""
    both = first.merge(second, on=_TRAINING)
    both = both if size is None else both[both["size"] == size]
    return float((both["seconds_x"] / both["seconds_y"]).median())

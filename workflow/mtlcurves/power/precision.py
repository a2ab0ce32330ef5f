"""What a design of trainings tells: standard errors, detectable effects, and trainings for a wanted error.

To first order a raise of task j by x folds changes a target's score by gap * a_ij * x. So the scores of a target
follow a linear model with a free level for each size (and rotation), one weight per task, and independent noise:
ordinary least squares, whose errors follow from the folds added, each size's mean taken off. Where the target
itself is raised, its own labels have closed part of the gap, and the training says so much less of other tasks;
such trainings have a level of their own, as they have for the estimators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf, isfinite
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.grid.allocations import Allocation

Floats = NDArray[np.float64]

POWER = 0.8
MOST_TARGETS = 16  # of which errors are computed, spread over the tasks
FEWEST_ROUNDS = 2  # with one there is no telling how large the errors are


@dataclass(frozen=True)
class Assumptions:
    """What the answer depends on besides the design.

    Attributes
    ----------
    noise : float
        Standard deviation of one training's score, what all trainings of its rotation share left aside.
    gap : float
        Gap between the score at the low size and the curve's limit.
    own_closes : float
        Share of that gap that a target's own labels close when it is raised to all folds.
    wanted_error : float
        Standard error wanted of a weight, per fold.
    level : float
        Level of the two-sided test of one weight.
    rounds : int
        Rotations times replicates.
    full : int
        Folds for training.
    """

    noise: float
    gap: float
    own_closes: float
    wanted_error: float
    level: float
    rounds: int
    full: int


def unit_variance(
    allocations: Sequence[Allocation], tasks: Sequence[str], full: int, own_closes: float = 0.0
) -> float:
    """Mean variance of a raised task's weight times gap, per fold, in one rotation, for noise of variance 1.

    Infinite where the weights cannot be told apart.
    """
    size = np.array([allocation.size for allocation in allocations])
    folds = np.array([[allocation.folds[task] for task in tasks] for allocation in allocations], dtype=float)
    extra = folds - size[:, None]
    # own labels leave so much of the gap: they close it by the same factor with every fold
    left = (1 - own_closes) ** (extra / max(full - 1, 1))
    targets = np.unique(np.linspace(0, len(tasks) - 1, min(len(tasks), MOST_TARGETS)).round().astype(int))
    found = [_of_target(extra * left[:, [i]], 2 * size + (extra[:, i] != 0), int(i)) for i in targets]
    return float(np.mean(found))


def _of_target(slope: Floats, level: NDArray[np.int64], target: int) -> float:
    """Mean variance of the weights in one target's scores; a level for each size, its own raise apart."""
    slope = np.delete(slope, target, axis=1)
    slope = slope[:, (slope != 0).any(axis=0)]
    for one in np.unique(level):
        slope[level == one] -= slope[level == one].mean(axis=0)
    normal = slope.T @ slope
    if np.linalg.matrix_rank(normal, hermitian=True) < len(normal):
        return inf
    return float(np.diag(np.linalg.inv(normal)).mean())


def detectable(error: float, level: float) -> float:
    """Smallest effect that a two-sided test at a level detects with a power of 80 %, given its standard error."""
    normal = NormalDist()
    return error * (normal.inv_cdf(1 - level / 2) + normal.inv_cdf(POWER))


def power_table(designs: Mapping[str, list[Allocation]], tasks: Sequence[str], given: Assumptions) -> pd.DataFrame:
    """Compare designs (schema ``power``).

    Parameters
    ----------
    designs : mapping of str to list of Allocation
        Name to the trainings of one rotation, reference points included.
    tasks : sequence of str
        All tasks of the study.
    given : Assumptions
        Noise, gap, and what is wanted.
    """
    table = pd.DataFrame([_row(name, members, tasks, given) for name, members in designs.items()])
    # a design that raises some tasks only tells less, and is no cheaper way to the same
    whole = np.array([len(raised_tasks(members)) == len(tasks) for members in designs.values()])
    cost = table["wanted_full_trainings"].where(whole)
    return table.assign(cheapest=cost == cost.min())


def raised_tasks(members: Sequence[Allocation]) -> set[str]:
    """Name the tasks that any of some trainings raises."""
    return {task for a in members for task, n in a.folds.items() if n != a.size}


def _row(name: str, members: list[Allocation], tasks: Sequence[str], given: Assumptions) -> dict[str, object]:
    highest = max(abs(folds - a.size) for a in members for folds in a.folds.values())
    # as many trainings of all tasks at all folds have as many labels, where folds are alike
    full = sum(sum(a.folds.values()) for a in members) / (len(tasks) * given.full)
    once = given.noise / given.gap * unit_variance(members, tasks, given.full, given.own_closes) ** 0.5
    error = once / given.rounds**0.5
    effect, adjusted = (detectable(error, given.level / n) for n in (1, max(len(tasks) - 1, 1)))
    known = isfinite(once)
    rounds = max(ceil(round((once / given.wanted_error) ** 2, 6)), FEWEST_ROUNDS) if known else None
    row = {
        "design": name,
        "trainings_per_rotation": len(members),
        "trainings": len(members) * given.rounds,
        "full_trainings": full * given.rounds,
        "raise_by": highest,
        "standard_error": error,
        "detectable": effect,
        "detectable_score_of_fold": effect * given.gap,
        "detectable_score_of_raise": effect * given.gap * highest,
        "detectable_of_all": adjusted,
        "detectable_of_all_score_of_fold": adjusted * given.gap,
        "detectable_of_all_score_of_raise": adjusted * given.gap * highest,
        "wanted_rounds": rounds,
        "wanted_trainings": rounds and rounds * len(members),
        "wanted_full_trainings": rounds and rounds * full,
        "status": "ok" if known else "not identified: the tasks' weights cannot be told apart one by one",
    }
    return {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in row.items()}

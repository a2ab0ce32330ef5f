"""Grid points drawn from learning curves of known coefficients: what estimators must recover.

The curves are EXP3.3 (P1, equation 16). A score's error is that of its rotation, the same for all trainings of a
task in a rotation, plus that of its training; trainings of one size share a part of theirs, as networks do that
start alike and see their compounds in the same order. Curves that break the model are drawn on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mtlcurves.curves.score_arrays import Floats
from mtlcurves.grid.allocations import Allocation

LABELS = 1000.0
Shape = Literal["exponential", "power", "saturating", "dipping"]


@dataclass(frozen=True)
class Truth:
    """Coefficients of K tasks, weights per 1,000 labels.

    Attributes
    ----------
    tasks : list of str
        Names.
    labels : ndarray, shape (K,)
        Labels of a fold.
    own, complement, b, c : ndarray, shape (K,)
        a_i, a_iS, b and c of each target.
    pair : ndarray, shape (K, K)
        a_ij, target by auxiliary; the diagonal is not used.
    """

    tasks: list[str]
    labels: Floats
    own: Floats
    complement: Floats
    pair: Floats
    b: Floats
    c: Floats


def draw_truth(
    n_tasks: int,
    seed: int = 0,
    *,
    own: float = 0.15,
    complement: float = 0.10,
    pair: float = 0.02,
    null_share: float = 0.8,
    rank: int = 3,
    additive: bool = False,
) -> Truth:
    """Draw coefficients.

    Parameters
    ----------
    n_tasks, seed : int
        Number of tasks; seed.
    own, complement : float
        a_i and a_iS per fold of every task's labels (tasks differ by a fifth).
    pair : float
        Standard deviation of the a_ij that are not 0, per fold. They have a low rank in part, and both signs.
    null_share : float
        Share of the pairs whose a_ij is exactly 0.
    rank : int
        Rank of the common part.
    additive : bool
        a_iS is the mean of the a_ij by labels, so that all tasks raised together do what each does by itself;
        `complement` is not used.
    """
    rng = np.random.default_rng(seed)
    labels = np.round(np.exp(rng.normal(4.6, 0.6, n_tasks))).clip(20)
    others = labels.sum() - labels
    common = rng.normal(size=(n_tasks, rank)) @ rng.normal(size=(rank, n_tasks)) / np.sqrt(rank)
    effect = (common + rng.normal(size=(n_tasks, n_tasks))) / np.sqrt(2) * pair
    effect[rng.random((n_tasks, n_tasks)) < null_share] = 0
    np.fill_diagonal(effect, 0)
    vary = rng.uniform(0.8, 1.2, (2, n_tasks))
    a_iS = effect.sum(axis=1) * LABELS / others if additive else complement * vary[1] * LABELS / others
    return Truth(
        [f"T{i:03d}" for i in range(n_tasks)],
        labels,
        own * vary[0] * LABELS / labels,
        a_iS,
        effect * LABELS / labels,
        rng.uniform(-1.15, -0.85, n_tasks),
        rng.uniform(0.8, 0.9, n_tasks),
    )


@dataclass(frozen=True)
class Noise:
    """Standard deviations of a score's errors.

    Attributes
    ----------
    training : float
        Of a training.
    rotation : float
        Of a rotation, common to all trainings of a task.
    shared : float
        Share of a training's variance that it has in common with the others of its size and rotation.
    """

    training: float = 0.018
    rotation: float = 0.022
    shared: float = 0.0


def true_score(
    truth: Truth, own: Floats, complement: Floats, extra: Floats, shape: Shape = "exponential"
) -> Floats:
    """Return the scores of all tasks.

    Parameters
    ----------
    truth : Truth
        Coefficients.
    own, complement : ndarray, shape (trainings, K)
        Labels of the task, and of all others at the reference point.
    extra : ndarray, shape (trainings, K)
        Labels of each task beyond the reference point.
    shape : str
        exponential: EXP3.3. power: POW3 of the effective labels instead. saturating: the transfer of an auxiliary
        levels off, at two fifths of the exponent when its extra labels are those of eight folds. dipping: 15 % of
        the targets lose for a while as their labels grow.
    """
    per_task = truth.pair / LABELS
    if shape == "saturating":
        worth = (extra / (1 + 1.5 * extra / (8 * truth.labels))) @ per_task.T
    else:
        worth = extra @ per_task.T
    exponent = truth.own * own / LABELS + truth.complement * complement / LABELS + worth
    if shape == "power":
        return np.asarray(truth.c - np.exp(truth.b) * np.maximum(1 + 2 * exponent, 0.05) ** -0.8)
    score = truth.c - np.exp(truth.b - exponent)
    if shape == "dipping":
        dips = np.arange(len(truth.tasks)) % 7 == 3
        folds = own / truth.labels
        score = score - dips * 0.04 * np.exp(-((folds - 4) ** 2) / 2)
    return np.asarray(score)


def simulate(
    truth: Truth,
    allocations: Sequence[Allocation],
    rotations: int = 10,
    noise: Noise | None = None,
    seed: int = 0,
    shape: Shape = "exponential",
    replicates: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw the grid points of some allocations.

    Parameters
    ----------
    truth : Truth
        Coefficients.
    allocations : sequence of Allocation
        Trainings of one rotation and replicate; multi-task ones hold all tasks.
    rotations, replicates, seed : int
        Rotations, trainings of each in every rotation, and seed of the errors.
    noise : Noise, optional
        Their standard deviations.
    shape : str
        As in :func:`true_score`.

    Returns
    -------
    points, allocations, counts : pandas.DataFrame
        Grid points with the columns that estimators read, and the tables ``allocations`` and ``label_counts``.
    """
    noise = noise or Noise()
    rng = np.random.default_rng(seed)
    task_at = {task: k for k, task in enumerate(truth.tasks)}
    folds = np.zeros((len(allocations), len(task_at)))
    for row, allocation in enumerate(allocations):
        for task, n in allocation.folds.items():
            folds[row, task_at[task]] = n
    size = np.array([allocation.size for allocation in allocations])
    single = np.array([allocation.arm == "stl" for allocation in allocations])
    own = folds * truth.labels
    reference = size[:, None] * truth.labels
    complement = np.where(single[:, None], 0.0, reference.sum(axis=1, keepdims=True) - reference)
    extra = np.where(single[:, None], 0.0, own - reference)
    score = true_score(truth, own, complement, extra, shape)
    of_others = extra.sum(axis=1, keepdims=True) - extra
    counts = {"n_target": own, "n_complement": complement, "n_auxiliary": of_others}

    drawn = (rotations, replicates, len(task_at))
    shared = noise.training * np.sqrt(noise.shared) * rng.standard_normal((2, size.max() + 1, *drawn))
    fresh = noise.training * np.sqrt(1 - noise.shared) * rng.standard_normal((len(size), *drawn))
    of_rotation = noise.rotation * rng.standard_normal((rotations, 1, len(task_at)))
    scores = score[:, None, None] + shared[single.astype(int), size] + fresh + of_rotation
    return (
        _points(allocations, truth, scores, counts, folds > 0),
        _allocation_table(allocations),
        _count_table(truth, rotations, int(folds.max())),
    )


def _points(
    allocations: Sequence[Allocation],
    truth: Truth,
    scores: Floats,
    counts: dict[str, Floats],
    trained: NDArray[np.bool_],
) -> pd.DataFrame:
    row, task = np.nonzero(trained)
    n, rotations, replicates = len(row), *scores.shape[1:3]
    row, task = (np.repeat(part, rotations * replicates) for part in (row, task))
    rotation = np.tile(np.repeat(np.arange(rotations), replicates), n)
    replicate = np.tile(np.arange(replicates), n * rotations)
    of = {
        name: pd.array([getattr(a, name) for a in allocations], dtype="str").take(row)
        for name in ("arm", "subset", "id", "auxiliary")
    }
    size = np.array([a.size for a in allocations])
    return pd.DataFrame(
        {
            "recipe": "main",
            "arm": of["arm"],
            "subset": of["subset"],
            "allocation": of["id"],
            "auxiliary": of["auxiliary"],
            "size": size[row],
            "rotation": rotation,
            "replicate": replicate,
            "task": pd.array(truth.tasks, dtype="str").take(task),
            **{name: count[row, task] for name, count in counts.items()},
            "auroc": scores[row, rotation, replicate, task],
        }
    )


def _allocation_table(allocations: Sequence[Allocation]) -> pd.DataFrame:
    rows = [(a.id, a.arm, task, n) for a in allocations for task, n in a.folds.items()]
    return pd.DataFrame(rows, columns=["allocation", "arm", "task", "folds"])


def _count_table(truth: Truth, rotations: int, most: int) -> pd.DataFrame:
    levels = [range(rotations), range(most + 1), range(len(truth.tasks))]
    rotation, folds, task = (axis.ravel() for axis in np.meshgrid(*levels, indexing="ij"))
    return pd.DataFrame(
        {
            "rotation": rotation,
            "folds": folds,
            "task": np.array(truth.tasks, dtype=object)[task],
            "n": truth.labels[task] * folds,
        }
    )

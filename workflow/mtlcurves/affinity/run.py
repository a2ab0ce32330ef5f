"""One job: a training of all tasks, and the table of the affinities logged in it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from mtlcurves.affinity.log import AffinityLog
from mtlcurves.affinity_sections import Affinity
from mtlcurves.config import Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.grid.allocations import multi_task
from mtlcurves.training.batches import batch_size
from mtlcurves.training.problem import make_problem
from mtlcurves.training.reference import Reference

REPLICATE = 0


def log_affinity(
    dataset: Dataset, settings: Affinity, recipe: Recipe, size: int, rotation: int, fold_count: int
) -> pd.DataFrame:
    """Train all tasks as the multi-task arm does and log their affinities.

    Parameters
    ----------
    dataset : Dataset
        Prepared data of the study.
    settings : Affinity
        What is logged, and how.
    recipe : Recipe
        The recipe main.
    size, rotation : int
        Of the training.
    fold_count : int
        Folds of the study.

    Returns
    -------
    pandas.DataFrame
        Schema ``affinity``: source after source, the complements last.

    Raises
    ------
    mtlcurves.errors.DataError
        When the network diverges.
    """
    (allocation,) = multi_task("all", dataset.tasks, [size])
    problem = make_problem(dataset, allocation, rotation, REPLICATE, recipe, fold_count)
    names = dataset.tasks if settings.tasks == "all" else settings.tasks
    chosen = np.array([problem.tasks.index(name) for name in names])
    n_rows = len(problem.rows)
    n_steps = problem.epochs * math.ceil(n_rows / batch_size(n_rows, recipe.batch_ratio))
    log = AffinityLog(settings, chosen.tolist(), len(problem.tasks), n_steps)
    list(Reference(log).train([problem], recipe))

    rows = np.append(chosen, len(problem.tasks))
    mean, count, error = (
        array[np.ix_(rows, chosen)] for array in (log.affinities.mean, log.affinities.count, log.errors.mean)
    )
    enough = count >= settings.min_steps
    needed = f"fewer than {settings.min_steps} logged steps with labels of both"
    return pd.DataFrame(
        {
            "recipe": "main",
            "size": size,
            "rotation": rotation,
            "replicate": REPLICATE,
            "source": np.repeat(["task"] * len(names) + ["complement"], len(names)),
            "from": np.repeat([*names, None], len(names)),
            "onto": np.tile(names, len(rows)),
            "affinity": np.where(enough, mean, np.nan).ravel(),
            "n_steps": count.ravel(),
            "linearity_error": error.ravel(),
            "status": np.where(enough, "ok", needed).ravel(),
        }
    )

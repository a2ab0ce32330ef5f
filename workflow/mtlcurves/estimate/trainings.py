"""Every training of a study with what decides about its time: its kind, its labels, its epochs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.grid.allocations import Allocation
from mtlcurves.study import Study
from mtlcurves.training.epochs import epochs_of, kind_of, scored_epochs

COLUMNS = ["recipe", "arm", "bundle", "member", "rotation", "kind", "n_tasks", "labels", "epochs", "scored"]


def planned_trainings(study: Study, counts: pd.DataFrame | None) -> pd.DataFrame:
    """List the trainings of a study; groups of tasks are taken to share them evenly.

    Parameters
    ----------
    study : Study
        The study.
    counts : pandas.DataFrame, optional
        Table ``label_counts`` of its data; a study without a grid has none.

    Returns
    -------
    pandas.DataFrame
        One row per training, bundle after bundle: recipe, arm, bundle (place in ``study.every_bundle``), member
        (place in the bundle), rotation, kind (single, group, complete), n_tasks, labels (for training), epochs,
        scored (epochs at which it is scored).
    """
    if counts is None:
        return pd.DataFrame(columns=COLUMNS)
    by_split = {split: _by_fold(own, study) for split, own in counts.groupby("split")}
    labels_of: dict[tuple[str, int], npt.NDArray[np.int64]] = {}
    rows = []
    for place, bundle in enumerate(study.every_bundle):
        recipe = study.recipes[bundle.recipe]
        for member, allocation in enumerate(bundle.allocations):
            key = recipe.split, id(allocation)
            if key not in labels_of:
                labels_of[key] = _labels(allocation, by_split[recipe.split], study)
            n = len(allocation.folds)
            epochs = epochs_of(n, len(study.tasks), recipe.epochs)
            what = (kind_of(n, len(study.tasks)), n, int(labels_of[key][bundle.rotation]))
            times = (epochs, len(scored_epochs(epochs, recipe.score_epochs)))
            rows.append((bundle.recipe, bundle.arm, place, member, bundle.rotation, *what, *times))
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_fold(counts: pd.DataFrame, study: Study) -> npt.NDArray[np.int64]:
    """Labels by rotation, folds and task; none at 0 folds, where the table counts the test fold."""
    count = study.config.folds.count
    table = np.zeros((count, count, len(study.tasks)), dtype=np.int64)
    task = pd.Index(study.tasks).get_indexer(pd.Index(counts["task"]))
    table[counts["rotation"], counts["folds"], task] = counts["n"]
    table[:, 0] = 0
    return table


def _labels(allocation: Allocation, by_fold: npt.NDArray[np.int64], study: Study) -> npt.NDArray[np.int64]:
    """Training labels of an allocation in each rotation."""
    folds = np.array([allocation.folds.get(task, 0) for task in study.tasks])
    labels: npt.NDArray[np.int64] = by_fold[:, folds, np.arange(len(folds))].sum(axis=1)
    return labels

"""What makes two trainings the same, and where in a study a training stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mtlcurves.config import Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.grid.allocations import Allocation
from mtlcurves.grid.bundles import Bundle
from mtlcurves.provenance import PLUMBING, digest, imported_modules, module_digest
from mtlcurves.training.backend import Backend
from mtlcurves.training.problem import Problem

# Keys of a recipe that reach a training through its problem only, whose content is digested.
IN_PROBLEM = {"arms", "split", "test_on", "epochs", "score_epochs", "rows"}


def training_id(problem: Problem, recipe: Recipe, backend: Backend) -> str:
    """Digest all that affects a training's scores: its content, how it is trained, by which engine's code.

    Study, recipe's name, arm, bundle and the order of any list are left out, so that a training is found again
    wherever it is planned.
    """
    settings = recipe.model_dump(mode="json", exclude=IN_PROBLEM)
    engine = type(backend).__module__.removeprefix("mtlcurves.")
    modules = (imported_modules(engine) | imported_modules("training.points")) - PLUMBING
    code = (f"{m} {module_digest(m)}" for m in sorted(modules) if m.startswith("training.") or m == "grid.seeds")
    return digest(problem.digest(), json.dumps(settings, sort_keys=True), backend.name, *code)


@dataclass(frozen=True)
class Standing:
    """Where the trainings of a bundle stand in a study: what their digests leave out.

    Attributes
    ----------
    study : str
        Name of the study.
    bundle : Bundle
        Its recipe's name, rotation and replicate are written beside each score.
    dataset : Dataset
        Whose labels are counted.
    split : str
        Folds they are counted by.
    fold_count : int
        Folds of the study.
    """

    study: str
    bundle: Bundle
    dataset: Dataset
    split: str
    fold_count: int

    def labels_in(self, folds: Mapping[str, int]) -> dict[str, int]:
        """Count each task's labels in its first `folds` of the bundle's rotation."""
        place = (self.dataset.folds[self.split].astype(np.int64) - self.bundle.rotation) % self.fold_count
        return {task: int((place[self.dataset.labels[task][0]] < n).sum()) for task, n in folds.items()}

    def put(self, allocation: Allocation, points: pd.DataFrame) -> pd.DataFrame:
        """Fill in the columns that say what a training is in its study.

        Parameters
        ----------
        allocation : Allocation
            What the training is here.
        points : pandas.DataFrame
            Its scores, made now or in an earlier run, under whichever name it had then.

        Returns
        -------
        pandas.DataFrame
            Columns of the table grid_points. A row's complement is every other task at the allocation's size; what
            the others have beyond that (negative where an auxiliary has less) is n_auxiliary.
        """
        own = self.labels_in(allocation.folds)
        at_size = self.labels_in(dict.fromkeys(allocation.folds, allocation.size))
        tasks = points["task"].tolist()
        everything, extra = sum(at_size.values()), sum(own.values()) - sum(at_size.values())
        columns = {
            "study": self.study,
            "recipe": self.bundle.recipe,
            "labels": "full" if allocation.shuffled is None else "shuffled",
            "arm": allocation.arm,
            "subset": allocation.subset,
            "allocation": allocation.id,
            "auxiliary": allocation.auxiliary,
            "size": allocation.size,
            "rotation": self.bundle.rotation,
            "replicate": self.bundle.replicate,
            "n_target": [own[task] for task in tasks],
            "n_complement": [everything - at_size[task] for task in tasks],
            "n_auxiliary": [extra - (own[task] - at_size[task]) for task in tasks],
        }
        # all columns at once: adding them one by one costs more than a small training's scores
        return pd.DataFrame(dict(points.items()) | columns)

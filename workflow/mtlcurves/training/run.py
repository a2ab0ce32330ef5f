"""One job: the trainings of a bundle, those that are not there yet, into one table."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from mtlcurves.config import Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.grid.bundles import Bundle
from mtlcurves.schemas import SCHEMAS
from mtlcurves.training.backend import Backend, Outcome
from mtlcurves.training.identity import Standing, training_id
from mtlcurves.training.parts import Parts
from mtlcurves.training.points import scored
from mtlcurves.training.pool import train_side_by_side
from mtlcurves.training.problem import Problem, make_problem
from mtlcurves.training.progress import Progress
from mtlcurves.training.registry import load_backend

log = logging.getLogger(__name__)

SCHEMA = "grid_points"


def train_bundle(
    dataset: Dataset,
    bundle: Bundle,
    recipe: Recipe,
    shard: Path | str,
    *,
    study: str,
    backend: str,
    fold_count: int,
    n_threads: int = 1,
) -> None:
    """Train what a bundle lacks and write its table of grid points.

    Each training is on disk as soon as it is finished (see :mod:`mtlcurves.training.parts`), so a job that is
    killed and started again goes on where it stopped, and a bundle that changed trains only what is new.

    Parameters
    ----------
    dataset : Dataset
        Prepared data of the study.
    bundle : Bundle
        Allocations, rotation and replicate.
    recipe : Recipe
        How its networks are trained and tested.
    shard : Path or str
        Table to write, ``*.parquet`` (schema ``grid_points``): the allocations in order, each by epoch and task.
    study : str
        Name of the study, for the table.
    backend : str
        Training engine of the study; a recipe that balances its tasks has its own.
    fold_count : int
        Folds of the study.
    n_threads : int
        Trainings side by side, one thread each; with 1 the engine gets all trainings at once.

    Raises
    ------
    mtlcurves.errors.DataError
        When a network diverges or a file cannot be written.
    """
    engine, parts = load_backend(recipe.engine(backend)), Parts(Path(shard), SCHEMA)
    standing = Standing(study, bundle, dataset, recipe.split, fold_count)
    wanted = [
        make_problem(dataset, a, bundle.rotation, bundle.replicate, recipe, fold_count) for a in bundle.allocations
    ]
    identities = [training_id(problem, recipe, engine) for problem in wanted]
    # two allocations of one content are one training
    problems = dict(zip(identities, wanted, strict=True))
    allocations = dict(zip(identities, bundle.allocations, strict=True))

    found = parts.read()
    missing = [identity for identity in problems if not _complete(problems[identity], found.get(identity))]
    log.info(
        "%d allocations, %d different trainings, %d of them finished before",
        *(len(wanted), len(problems), len(problems) - len(missing)),
    )
    progress = Progress(len(missing))
    for outcome in _train(engine, [problems[identity] for identity in missing], recipe, n_threads):
        identity = missing[outcome.problem]
        points = scored(problems[identity], outcome, engine, identity)
        found[identity] = standing.put(allocations[identity], points)
        parts.write(identity, found[identity])
        progress.report(allocations[identity].id, outcome.seconds)
    tables = [standing.put(a, found[i]) for a, i in zip(bundle.allocations, identities, strict=True)]
    # a bundle may have nothing to train: random groups may all be in others
    whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(SCHEMAS[SCHEMA].columns))
    parts.pack(whole)


def _train(engine: Backend, problems: Sequence[Problem], recipe: Recipe, n_threads: int) -> Iterator[Outcome]:
    if n_threads > 1 and len(problems) > 1 and not engine.many_at_once:
        return train_side_by_side(engine, problems, recipe, n_threads)
    return engine.train(problems, recipe)


def _complete(problem: Problem, points: pd.DataFrame | None) -> bool:
    """Whether a training's table has every task at every epoch, once."""
    if points is None:
        return False
    wanted = sorted((task, epoch) for task in problem.tasks for epoch in problem.scored)
    return sorted(zip(points["task"], points["epoch"], strict=True)) == wanted

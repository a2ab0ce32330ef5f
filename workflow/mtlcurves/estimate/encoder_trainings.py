"""Every training with an encoder, with what decides about its time: its compounds, its tasks, its epochs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pandas as pd

from mtlcurves.gradient_runs import (
    ALONE,
    FULL,
    GROUP_METHODS,
    MASKED,
    SHUFFLED,
    TOGETHER,
    benefit_sets,
    random_bundle,
)
from mtlcurves.gradient_sections import GradientGroups
from mtlcurves.gradients.problem import LabelledCompounds, Problem
from mtlcurves.gradients.training import FROZEN_BATCHES
from mtlcurves.grid.partitions import SEED, random_partition
from mtlcurves.study import Study

COLUMNS = ["rule", "encoder", "job", "n_tasks", "train", "validation", "test", "epochs", "is_logged", "frozen"]


def planned_encoder_trainings(study: Study, data: LabelledCompounds) -> pd.DataFrame:
    """List the trainings with encoders; groups that similarity will choose are taken to share the tasks evenly.

    Parameters
    ----------
    study : Study
        The study.
    data : LabelledCompounds
        Its compounds and labels.

    Returns
    -------
    pandas.DataFrame
        One row per training, job after job: rule, encoder, job (its path), n_tasks, train, validation and test
        (compounds), epochs (at most), is_logged (whether similarities are logged in them), frozen (batches
        logged after the training).

    Raises
    ------
    mtlcurves.errors.DataError
        When a level of a sweep is not feasible.
    """
    return pd.DataFrame(list(_rows(study, data)), columns=COLUMNS)


def _rows(study: Study, data: LabelledCompounds) -> Iterator[tuple[object, ...]]:
    gradients, tasks, kind = study.config.gradients, study.tasks, study.config.labels.kind
    if gradients is None:
        return

    @cache
    def whole(view: str, rotation: int, seed: int) -> Problem:
        return data.problem(gradients, kind, view, rotation, seed)

    @cache
    def sizes(names: tuple[str, ...], rotation: int) -> tuple[int, ...]:
        return _sizes(whole(FULL, rotation, 0).of(names))

    for run in study.gradient_runs:
        # shuffled labels are of the same compounds
        all_labels = run.view.split("-")[0] in (FULL, SHUFFLED, MASKED)
        found = whole(FULL, run.rotation, 0) if all_labels else whole(run.view, run.rotation, run.seed)
        trained = "train_gradients", run.encoder, run.path, len(tasks)
        sweep = gradients.sweeps.masked if gradients.sweeps and run.view == MASKED else None
        frozen = sweep.batches * len(sweep.levels) if sweep else FROZEN_BATCHES
        yield *trained, *_sizes(found), gradients.training.epochs, sweep is None, frozen
    bundles = study.config.bundles
    if gradients.benefit:
        sets = benefit_sets(gradients.benefit, tasks, bundles.gradient_networks)
        for bundle in study.benefit_runs:
            for names in sets[bundle.bundle]:
                trained = "train_benefit", bundle.encoder, bundle.path, len(names)
                yield *trained, *sizes(tuple(names), bundle.rotation), gradients.benefit.epochs, False, 0
    if gradients.groups:
        groups = expected_groups(gradients.groups, tasks, bundles.random_partitions)
        for bundle in study.gradient_group_runs:
            for names in groups.get(bundle.bundle, []):
                trained = "train_gradient_groups", bundle.encoder, bundle.path, len(names)
                yield *trained, *sizes(tuple(names), bundle.rotation), gradients.groups.epochs, False, 0


def _sizes(problem: Problem) -> tuple[int, int, int]:
    return len(problem.train), len(problem.validation), len(problem.test)


def expected_groups(
    settings: GradientGroups, tasks: Sequence[str], per_bundle: int
) -> dict[str, list[tuple[str, ...]]]:
    """List the groups of every bundle, each once: random ones as they will be drawn, stand-ins for the others."""
    found: dict[str, list[tuple[str, ...]]] = {TOGETHER: [tuple(tasks)], ALONE: [(task,) for task in tasks]}
    seen = {names for own in found.values() for names in own}
    for count in settings.counts:
        cuts = [len(tasks) * i // count for i in range(count + 1)]
        stand_ins = [tuple(tasks[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]
        found |= {f"{method}-{count}": stand_ins for method in GROUP_METHODS}
        for number in range(1, settings.random_partitions + 1):
            own = found.setdefault(random_bundle(count, number, per_bundle), [])
            for row in random_partition(len(tasks), count, SEED, number):
                names = tuple(tasks[i] for i in np.flatnonzero(row).tolist())
                if names not in seen:
                    seen.add(names)
                    own.append(names)
    return found

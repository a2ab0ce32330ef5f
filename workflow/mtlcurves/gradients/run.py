"""One job: the training of all tasks in which similarities are logged, or a bundle of trainings of some tasks."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mtlcurves.gradient_runs import FULL, MASKED, GradientRun, joined
from mtlcurves.gradient_sections import EncoderTraining, Gradients
from mtlcurves.gradients.encoders.registry import load_encoder
from mtlcurves.gradients.identity import training_id
from mtlcurves.gradients.network import Kind, draw_from
from mtlcurves.gradients.problem import LabelledCompounds, Problem
from mtlcurves.gradients.record import Record
from mtlcurves.gradients.scores import METRICS, SCORED_FOLDS, scored
from mtlcurves.gradients.similarity import PARTS
from mtlcurves.gradients.training import Training
from mtlcurves.schemas import SCHEMAS
from mtlcurves.training.parts import Parts
from mtlcurves.training.progress import Progress
from mtlcurves.training.threads import one_thread

log = logging.getLogger(__name__)

ALL_TASKS = "all"
SCHEMA = "gradient_scores"  # of sets of tasks


class Logged(NamedTuple):
    """Tables of one training: ``gradient_log``, ``gradient_epochs`` and ``gradient_scores``."""

    log: pd.DataFrame
    epochs: pd.DataFrame
    scores: pd.DataFrame


def train_gradients(data: LabelledCompounds, gradients: Gradients, kind: Kind, run: GradientRun) -> Logged:
    """Train all tasks and log the similarities of their gradients.

    Parameters
    ----------
    data : LabelledCompounds
        Compounds and labels of the study.
    gradients : Gradients
        The study's section.
    kind : str
        Whether labels are classes (``class``) or values (``value``).
    run : GradientRun
        Encoder, label view, rotation and seed.

    Returns
    -------
    Logged
        Epochs are kept of trainings with all labels; of others that table is empty. The view ``masked`` is logged
        after its training alone, at every level of its sweep.

    Raises
    ------
    mtlcurves.errors.DataError
        When the view cannot be drawn, an encoder lacks its package, or the training diverges.
    """
    problem = data.problem(gradients, kind, run.view, run.rotation, run.seed)
    log.info(
        "%d tasks, view %s: %d compounds to train on, %d for validation, %d to test on",
        *(len(problem.tasks), run.view, len(problem.train), len(problem.validation), len(problem.test)),
    )
    encoder = load_encoder(run.encoder)
    with one_thread():
        inputs = encoder.prepare(data.compounds["smiles"].tolist())
        training = Training(problem, encoder, inputs, gradients.training, gradients.training.epochs)
        record = Record(problem.tasks)
        masked = run.view == MASKED  # these are compared afterwards alone
        outcome = training.run(None if masked else record, gradients.log.every, gradients.log.parts)
        scores = scored(problem, training, outcome)
        levels = _masked_levels(data, gradients, kind, run, training, problem) if masked else []
    identity = training_id(problem, run.encoder, gradients.training, gradients.training.epochs)
    parts = PARTS if gradients.log.parts else PARTS[:1]
    tables = Logged(
        pd.concat(levels, ignore_index=True) if masked else record.windows(parts).assign(view=run.view),
        record.by_epoch() if run.view == FULL else pd.DataFrame(columns=[*SCHEMAS["gradient_epochs"].columns]),
        scores.assign(view=run.view, trained=ALL_TASKS, training_id=identity),
    )
    return Logged(*(t.assign(encoder=run.encoder, rotation=run.rotation, seed=run.seed) for t in tables))


def _masked_levels(
    data: LabelledCompounds,
    gradients: Gradients,
    kind: Kind,
    run: GradientRun,
    training: Training,
    problem: Problem,
) -> list[pd.DataFrame]:
    """Log the similarities of a trained network's gradients of fewer and fewer labels."""
    sweep = gradients.sweeps.masked if gradients.sweeps else None
    assert sweep is not None
    parts, tables = PARTS if gradients.log.parts else PARTS[:1], []
    for level in sweep.levels:
        view, record = f"{MASKED}-{level:g}", Record(problem.tasks)
        drawn = data.problem(gradients, kind, view, run.rotation, run.seed)
        # values stay in the units that the network was trained in
        labels = np.where(np.isnan(drawn.labels), np.float32(np.nan), problem.labels)
        draw_from("gradients dropout", problem.seed, problem.rotation)
        training.log_frozen(record, replace(drawn, labels=labels), gradients.log.parts, sweep.batches)
        log.info("%s: %d batches logged", view, sweep.batches)
        table = record.windows(parts)
        tables.append(table[table["window"] == "frozen"].assign(view=view))
    return tables


def train_sets(
    data: LabelledCompounds,
    gradients: Gradients,
    kind: Kind,
    run: GradientRun,
    sets: Sequence[Sequence[str]],
    epochs: int,
    shard: Path | str,
) -> None:
    """Train some sets of tasks, each in a network of its own, and write the table of their scores.

    Each training is on disk as soon as it is finished (see :mod:`mtlcurves.training.parts`), so a job that is
    killed and started again goes on where it stopped, and a bundle that changed trains only what is new.

    Parameters
    ----------
    data, gradients, kind, run
        As :func:`train_gradients`.
    sets : sequence of sequence of str
        Tasks of each network.
    epochs : int
        Passes over the training compounds, at most.
    shard : Path or str
        Table to write, ``*.parquet`` (schema ``gradient_scores``): the sets in order.

    Raises
    ------
    mtlcurves.errors.DataError
        As :func:`train_gradients`, and when a file cannot be written.
    """
    whole, parts = data.problem(gradients, kind, run.view, run.rotation, run.seed), Parts(Path(shard), SCHEMA)
    problems = [whole.of(tasks) for tasks in sets]
    identities = [training_id(problem, run.encoder, gradients.training, epochs) for problem in problems]
    found = parts.read()
    missing = [i for i, problem in enumerate(problems) if not _complete(problem, found.get(identities[i]))]
    log.info("%d trainings, %d of them finished before", len(sets), len(sets) - len(missing))
    progress = Progress(len(missing))
    for place, scores, seconds in _train(data, problems, missing, run.encoder, gradients.training, epochs):
        identity, name = identities[place], joined(sets[place])
        found[identity] = scores.assign(trained=name, encoder=run.encoder, view=run.view, training_id=identity)
        parts.write(identity, found[identity])
        progress.report(name, seconds)
    tables = [found[identity] for identity in identities]
    # a bundle may have nothing to train: random groups may all be in others
    parts.pack(
        pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*SCHEMAS[SCHEMA].columns])
    )


def _train(
    data: LabelledCompounds,
    problems: Sequence[Problem],
    missing: Sequence[int],
    name: str,
    settings: EncoderTraining,
    epochs: int,
) -> Iterator[tuple[int, pd.DataFrame, float]]:
    """Train the missing ones of some problems: the place of each, its scores and seconds."""
    if not missing:
        return
    encoder = load_encoder(name)
    with one_thread():
        inputs = encoder.prepare(data.compounds["smiles"].tolist())
        for place in missing:
            training = Training(problems[place], encoder, inputs, settings, epochs)
            outcome = training.run()
            yield place, scored(problems[place], training, outcome), outcome.seconds


def _complete(problem: Problem, scores: pd.DataFrame | None) -> bool:
    """Whether a training's table has every task on every fold by every metric, once."""
    if scores is None:
        return False
    wanted = sorted(product(problem.tasks, SCORED_FOLDS, METRICS[problem.kind]))
    return sorted(zip(scores["task"], scores["rows"], scores["metric"], strict=True)) == wanted

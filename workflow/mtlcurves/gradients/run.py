"""One job: the training of all tasks in which similarities are logged, or a bundle of trainings of some tasks."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from mtlcurves.gradient_runs import FULL, JOINED, GradientRun
from mtlcurves.gradient_sections import Gradients
from mtlcurves.gradients.encoders.registry import load_encoder
from mtlcurves.gradients.network import Kind
from mtlcurves.gradients.problem import LabelledCompounds
from mtlcurves.gradients.record import Record
from mtlcurves.gradients.scores import scored
from mtlcurves.gradients.similarity import PARTS
from mtlcurves.gradients.training import Training
from mtlcurves.schemas import SCHEMAS
from mtlcurves.training.progress import Progress
from mtlcurves.training.threads import one_thread

log = logging.getLogger(__name__)

ALL_TASKS = "all"


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
        Epochs are kept of trainings with all labels; of others that table is empty.

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
        outcome = training.run(record, gradients.log.every, gradients.log.parts)
        scores = scored(problem, training, outcome)
    parts = PARTS if gradients.log.parts else PARTS[:1]
    tables = Logged(
        record.windows(parts).assign(view=run.view),
        record.by_epoch() if run.view == FULL else record.by_epoch().iloc[:0],
        scores.assign(view=run.view, trained=ALL_TASKS),
    )
    return Logged(*(t.assign(encoder=run.encoder, rotation=run.rotation, seed=run.seed) for t in tables))


def train_sets(
    data: LabelledCompounds,
    gradients: Gradients,
    kind: Kind,
    run: GradientRun,
    sets: Sequence[Sequence[str]],
    epochs: int,
) -> pd.DataFrame:
    """Train some sets of tasks, each in a network of its own, and score them.

    Parameters
    ----------
    data, gradients, kind, run
        As :func:`train_gradients`.
    sets : sequence of sequence of str
        Tasks of each network.
    epochs : int
        Passes over the training compounds, at most.

    Returns
    -------
    pandas.DataFrame
        Table ``gradient_scores``.
    """
    whole = data.problem(gradients, kind, run.view, run.rotation, run.seed)
    encoder, progress, tables = load_encoder(run.encoder), Progress(len(sets)), []
    with one_thread():
        inputs = encoder.prepare(data.compounds["smiles"].tolist())
        for tasks in sets:
            problem, name = whole.of(tasks), JOINED.join(tasks)
            training = Training(problem, encoder, inputs, gradients.training, epochs)
            outcome = training.run()
            tables.append(scored(problem, training, outcome).assign(trained=name))
            progress.report(name, outcome.seconds)
    if not tables:
        return pd.DataFrame(columns=list(SCHEMAS["gradient_scores"].columns))
    return pd.concat(tables, ignore_index=True).assign(encoder=run.encoder, view=run.view)

"""What the logging of similarities of gradients adds to a training with an encoder: `make bench`."""

from __future__ import annotations

import math

import numpy as np

from mtlcurves.encoder_needs import lacks_graphs
from mtlcurves.gradient_sections import EncoderTraining, SimilarityLog
from mtlcurves.gradients.encoders.registry import load_encoder
from mtlcurves.gradients.problem import Problem
from mtlcurves.gradients.record import Record
from mtlcurves.gradients.training import Training
from mtlcurves.grid.seeds import absorb, state_of
from mtlcurves.training.threads import one_thread

N_COMPOUNDS, N_TASKS, MISSING = 640, 12, 0.15  # 20 steps an epoch
PARTS = ("C", "CC", "O", "N", "C(=O)", "c1ccc(cc1)", "C(F)", "c1ccnc(c1)")
PARTS_EACH = (3, 9)


def encoders_here() -> list[str]:
    """Name the encoders that can be timed here."""
    return [name for name in ("ecfp", "gcn", "gat", "cnn") if not lacks_graphs(name)]


def similarity_ratio(encoder: str, epochs: int = 2, rounds: int = 3) -> tuple[float, float, float]:
    """Compare the seconds of a step with those of one in a training in which similarities are logged.

    A training of one epoch is subtracted from a longer one, and with it what falls due once.

    Returns
    -------
    ratio, plain, logged : float
        Median over the rounds of the ratio, and of the seconds of a step without and with logging.
    """
    kind, settings, every = load_encoder(encoder), EncoderTraining(), SimilarityLog().every
    smiles, problem = _simulated()
    inputs = kind.prepare(smiles)

    def seconds(n: int, logged: bool) -> float:
        record = Record(problem.tasks) if logged else None
        return Training(problem, kind, inputs, settings, n).run(record, every).seconds

    steps = epochs * math.ceil(N_COMPOUNDS / settings.batch)
    with one_thread():
        # in turn, so that a machine that is busy for a while slows both
        taken = [[(seconds(1 + epochs, w) - seconds(1, w)) / steps for w in (False, True)] for _ in range(rounds)]
    plain, logged = np.array(taken).T
    return float(np.median(logged / plain)), float(np.median(plain)), float(np.median(logged))


def _simulated() -> tuple[list[str], Problem]:
    """Chains of small groups, some 20 atoms each, with labels at random; all are trained on."""
    rng = np.random.default_rng(0)
    smiles = ["".join(rng.choice(PARTS, rng.integers(*PARTS_EACH))) for _ in range(N_COMPOUNDS)]
    labels = (rng.random((N_TASKS, N_COMPOUNDS)) < 0.3).astype(np.float32)
    labels[rng.random(labels.shape) < MISSING] = np.nan
    rows = np.arange(N_COMPOUNDS)
    keys = absorb(state_of("bench"), rows.astype(np.uint64))
    tasks = tuple(f"task {i}" for i in range(N_TASKS))
    return smiles, Problem(tasks, "class", labels, keys, rows, rows[:0], rows[:0], rotation=0, seed=0)

"""The trainings in which similarities of gradients are logged: which encoder sees which labels, in which draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mtlcurves.gradient_sections import Gradients

FULL = "full"
SHUFFLED = "shuffled"
SWEEPS = ("thinned", "core", "size", "blocks")
JOINED = "+"  # between the names of tasks that are trained together


@dataclass(frozen=True)
class GradientRun:
    """One training.

    Attributes
    ----------
    encoder : str
        Shared encoder.
    view : str
        Labels there are: ``full``, ``shuffled-<k>`` or ``<arm>-<level>``.
    rotation, seed : int
        Which fold is tested on, and what is drawn.
    """

    encoder: str
    view: str
    rotation: int
    seed: int


def sweep_views(gradients: Gradients) -> list[str]:
    """Name the label views of all sweeps, level after level."""
    sweeps = {arm: getattr(gradients.sweeps, arm) for arm in SWEEPS} if gradients.sweeps else {}
    return [f"{arm}-{level:g}" for arm, sweep in sweeps.items() if sweep for level in sweep.levels]


def label_draws(gradients: Gradients) -> Iterator[tuple[str, int, int]]:
    """List the labels that trainings see: view, rotation and seed of the draw; all labels once in a rotation."""
    for rotation in range(gradients.rotations):
        yield FULL, rotation, 0
    for view in sweep_views(gradients):
        for seed in range(gradients.sweeps.seeds if gradients.sweeps else 0):
            yield view, 0, seed


def folds_of_rows(rotation: int, count: int) -> dict[str, list[int]]:
    """Name the folds of compounds in a rotation: all, train, and heldout, which are validation and test fold."""
    folds = [(rotation + step) % count for step in range(count)]
    return {"all": folds, "train": folds[:-2], "heldout": folds[-2:]}


def gradient_runs(gradients: Gradients | None) -> Iterator[GradientRun]:
    """List the trainings that a study's section asks for: all labels, shuffled labels, the levels of sweeps."""
    if gradients is None:
        return
    for encoder in gradients.encoders:
        for rotation in range(gradients.rotations):
            for seed in range(gradients.seeds):
                yield GradientRun(encoder, FULL, rotation, seed)
        for number in range(1, gradients.shuffled + 1):
            yield GradientRun(encoder, f"{SHUFFLED}-{number}", 0, 0)
    for view in sweep_views(gradients):
        for seed in range(gradients.sweeps.seeds if gradients.sweeps else 0):
            yield GradientRun(gradients.encoders[0], view, 0, seed)

"""How long a training goes on, by how many of the study's tasks it has.

Light on purpose: the workflow asks it while planning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mtlcurves.config import Epochs

Kind = Literal["single", "group", "complete"]


def kind_of(n_tasks: int, n_study: int) -> Kind:
    """Name the kind of a training with `n_tasks` of the study's `n_study` tasks."""
    if n_tasks == 1:
        return "single"
    return "complete" if n_tasks == n_study else "group"


def epochs_of(n_tasks: int, n_study: int, epochs: Epochs) -> int:
    """Look up the epochs of a training with `n_tasks` of the study's `n_study` tasks."""
    return int(getattr(epochs, kind_of(n_tasks, n_study)))


def scored_epochs(last: int, wanted: Sequence[int]) -> tuple[int, ...]:
    """List the epochs at which a training is scored: those wanted that it reaches, and its last."""
    return tuple(sorted({epoch for epoch in wanted if epoch < last} | {last}))

"""What a configuration's gradients section must agree with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from mtlcurves.config import Folds
from mtlcurves.encoder_needs import ATTENTION_HEADS
from mtlcurves.gradient_runs import SWEEPS
from mtlcurves.gradient_sections import Gradients
from mtlcurves.messages import repeated, unknown_names
from mtlcurves.task_info import TaskInfo


def gradient_problems(
    gradients: Gradients | None, tasks: Sequence[TaskInfo], folds: Folds | None
) -> Iterator[str]:
    """Check what a gradients section means for the study's tasks and folds, as far as they are right."""
    if gradients is None:
        return
    yield from _encoder_problems(gradients)
    if gradients.sweeps and not any(getattr(gradients.sweeps, arm) for arm in SWEEPS):
        yield f"gradients.sweeps: asks for nothing; allowed: one or more of {', '.join(SWEEPS)}"
    for arm in SWEEPS if gradients.sweeps else ():
        if sweep := getattr(gradients.sweeps, arm):
            yield from repeated(f"gradients.sweeps.{arm}.levels", sweep.levels)
    rotations = {"gradients.rotations": gradients.rotations}
    if gradients.benefit:
        rotations["gradients.benefit.rotations"] = gradients.benefit.rotations
    for key, found in rotations.items():
        if folds and found > folds.count:
            yield f"{key}: found {found}; {folds.count} folds have {folds.count} rotations"
    if len(tasks) == 1:
        yield "gradients: needs two tasks or more; the study has one"
    if tasks:
        # family is one, empty or not; the partitions that may be named have a group
        columns = sorted({column for task in tasks for column, group in task.groups.items() if group})
        if gradients.partitions and not columns:
            yield "gradients.partitions: the tasks have no groups; name them in a csv table (tasks), a column each"
        else:
            yield from unknown_names(
                gradients.partitions, columns, "gradients.partitions:", "names no group in the tasks' table"
            )
    yield from repeated("gradients.partitions", gradients.partitions)
    wanted, n_pairs = gradients.benefit.pairs if gradients.benefit else "all", math.comb(len(tasks), 2)
    if len(tasks) > 1 and wanted != "all" and wanted > n_pairs:
        yield f"gradients.benefit.pairs: found {wanted}; allowed: 1 to {n_pairs}, or all"
    if gradients.groups and tasks:
        for count in gradients.groups.counts:
            if not 2 <= count <= len(tasks):
                yield f"gradients.groups.counts: found {count}; allowed: 2 to {len(tasks)}, the number of tasks"


def _encoder_problems(gradients: Gradients) -> Iterator[str]:
    yield from repeated("gradients.encoders", gradients.encoders)
    if "gat" in gradients.encoders and gradients.training.hidden % ATTENTION_HEADS:
        yield (
            f"gradients.training.hidden: found {gradients.training.hidden}; allowed with the encoder gat: "
            f"multiples of {ATTENTION_HEADS}, the number of its attention heads"
        )

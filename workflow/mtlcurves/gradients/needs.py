"""What jobs with an encoder need, for a cluster's queue: memory and time, generously.

Light on purpose: the workflow asks it while planning, before any data are there (see ``training.needs``).
"""

from __future__ import annotations

from mtlcurves.gradient_runs import MASKED
from mtlcurves.gradient_sections import Gradients
from mtlcurves.study import Study
from mtlcurves.training.needs import LABELS, MARGIN, ROWS, START

# of one compound in one epoch, width 256; measured with 12 tasks: 0.28, 0.65, 0.83, 1.5
MILLISECONDS = {"ecfp": 0.3, "gcn": 0.65, "gat": 0.85, "cnn": 1.5}
# what logging a step takes, in steps, for each task; measured: 0.04, 0.31, 0.35, 0.4
LOGGED = {"ecfp": 0.04, "gcn": 0.31, "gat": 0.35, "cnn": 0.4}
FEATURES = {"ecfp": 0.005, "gcn": 0.03, "gat": 0.03, "cnn": 0.002}  # MB of a compound
GRADIENTS = 12  # MB of a task: its gradient by the shared weights, and by every layer's output


def _section(study: Study) -> Gradients:
    if study.config.gradients is None:
        raise ValueError("the study has no section gradients")
    return study.config.gradients


def _seconds(study: Study, encoder: str, n_tasks: int, epochs: int, logged: bool) -> float:
    """Seconds of a training of some tasks, each taken for a large one, in all its epochs."""
    gradients = _section(study)
    log = n_tasks * LOGGED[encoder] * (2 if gradients.log.parts else 1) / gradients.log.every if logged else 0.0
    visits = epochs * min(n_tasks * LABELS, ROWS)
    return visits * MILLISECONDS[encoder] / 1000 * gradients.training.hidden / 256 * (1 + log)


def memory_mb(study: Study, encoder: str) -> int:
    """Megabytes of a job: library and data, and all tasks' gradients at once."""
    gradients, n_tasks = _section(study), len(study.tasks)
    wide = (gradients.training.hidden / 256) ** 2
    at_once = n_tasks * GRADIENTS * wide * (2 if gradients.log.parts else 1)
    return round(2000 + FEATURES[encoder] * min(n_tasks * LABELS, ROWS) + at_once)


def run_seconds(study: Study, encoder: str, view: str) -> float:
    """Seconds of a training of all tasks in which similarities are logged; of ``masked`` with its levels."""
    gradients, n_tasks = _section(study), len(study.tasks)
    seconds = _seconds(study, encoder, n_tasks, gradients.training.epochs, logged=True)
    masked = gradients.sweeps.masked if gradients.sweeps and view == MASKED else None
    if masked is None:
        return seconds
    logged = 1 + n_tasks * LOGGED[encoder] * (2 if gradients.log.parts else 1)
    visits = masked.batches * len(masked.levels) * gradients.training.batch
    return seconds + visits * MILLISECONDS[encoder] / 1000 * gradients.training.hidden / 256 * logged


def bundle_seconds(study: Study) -> float:
    """Seconds of a bundle of trainings of single tasks and pairs; 0 where there are none."""
    gradients = study.config.gradients
    if gradients is None or gradients.benefit is None:
        return 0.0
    one = _seconds(study, gradients.encoders[0], 2, gradients.benefit.epochs, logged=False)
    return one * study.config.bundles.gradient_networks


def groups_seconds(study: Study) -> float:
    """Seconds of a bundle of groups of tasks, or of each task alone; 0 where there are none."""
    gradients, tasks = study.config.gradients, len(study.tasks)
    if gradients is None or gradients.groups is None:
        return 0.0
    encoder, epochs, count = gradients.encoders[0], gradients.groups.epochs, max(gradients.groups.counts)
    together = _seconds(study, encoder, -(-tasks // count), epochs, logged=False)
    alone = _seconds(study, encoder, 1, epochs, logged=False)
    return max(together * count * study.config.bundles.random_partitions, alone * tasks)


def minutes(seconds: float) -> int:
    """Minutes that a job asks for, a node being slow and busy."""
    return START + round(MARGIN * seconds / 60)

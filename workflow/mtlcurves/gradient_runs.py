"""The trainings in which similarities of gradients are logged, and those of pairs and groups, job by job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from mtlcurves.gradient_sections import Benefit, GradientGroups, Gradients
from mtlcurves.provenance import digest

FULL = "full"
SHUFFLED = "shuffled"
MASKED = "masked"
THINNED = ("thinned", MASKED)
"""Arms whose levels keep a share of every task's labels, drawn alike."""
SWEEPS = ("thinned", "core", "size", "blocks", MASKED)
BENEFIT, GROUPS = "benefit", "groups"
TOGETHER, ALONE, RANDOM = "together", "alone", "random"
GROUP_METHODS = ("linkage", "search")


@dataclass(frozen=True)
class GradientRun:
    """One training of all tasks.

    Attributes
    ----------
    encoder : str
        Shared encoder.
    view : str
        Labels there are: ``full``, ``shuffled-<k>`` or ``<arm>-<level>``; ``masked`` has all in training, and
        is compared at every level.
    rotation, seed : int
        Which fold is tested on, and what is drawn.
    """

    encoder: str
    view: str
    rotation: int
    seed: int

    @property
    def path(self) -> str:
        """Where its tables stand below ``gradients/``."""
        return f"{self.encoder}/{self.view}/rotation-{self.rotation}/seed-{self.seed}"


@dataclass(frozen=True)
class SetsRun:
    """Trainings of some tasks each, with all labels, one after the other: one job.

    Attributes
    ----------
    encoder : str
        Shared encoder.
    what : str
        ``benefit``: single tasks and pairs; ``groups``: groups of tasks.
    rotation, seed : int
        As of a training of all tasks.
    bundle : str
        Name of the bundle.
    """

    encoder: str
    what: str
    rotation: int
    seed: int
    bundle: str

    @property
    def path(self) -> str:
        """Where its table stands below ``gradients/``, without the ending."""
        return f"{self.encoder}/{self.what}/rotation-{self.rotation}/seed-{self.seed}/{self.bundle}"


def joined(tasks: Sequence[str]) -> str:
    """Name tasks that are trained together: ``A+B``; a plus in a name has a backslash before it."""
    return "+".join(task.replace("\\", r"\\").replace("+", r"\+") for task in tasks)


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


def view_draws(gradients: Gradients | None) -> list[tuple[str, int]]:
    """List every label view that is drawn and its seed, once for all rotations; shuffled ones left out."""
    draws = label_draws(gradients) if gradients else ()
    return [(view, seed) for view, rotation, seed in draws if rotation == 0]


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
    # all levels of masked are of one training
    trained = dict.fromkeys(MASKED if view.split("-")[0] == MASKED else view for view in sweep_views(gradients))
    for view in trained:
        for seed in range(gradients.sweeps.seeds if gradients.sweeps else 0):
            yield GradientRun(gradients.encoders[0], view, 0, seed)


def benefit_sets(benefit: Benefit, tasks: Sequence[str], per_bundle: int) -> dict[str, list[tuple[str, ...]]]:
    """Cut the trainings of each task alone and of pairs into bundles.

    Pairs that are drawn are drawn by their names, so that more of them come after those there were.

    Parameters
    ----------
    benefit : Benefit
        How many pairs.
    tasks : sequence of str
        Tasks of the study, in its order.
    per_bundle : int
        Trainings of a bundle.

    Returns
    -------
    dict of str to list of tuple of str
        Name of the bundle to the tasks of each of its trainings.
    """
    pairs = list(combinations(tasks, 2))
    if benefit.pairs != "all":
        pairs = sorted(pairs, key=lambda pair: digest(*pair))[: benefit.pairs]
    sets: list[tuple[str, ...]] = [*((task,) for task in tasks), *pairs]
    starts = range(0, len(sets), per_bundle)
    return {f"bundle-{start // per_bundle:03d}": sets[start : start + per_bundle] for start in starts}


def benefit_runs(gradients: Gradients | None, tasks: Sequence[str], per_bundle: int) -> Iterator[SetsRun]:
    """List the jobs that train single tasks and pairs; the first encoder's alone."""
    if gradients is None or gradients.benefit is None:
        return
    benefit = gradients.benefit
    for rotation in range(benefit.rotations):
        for seed in range(benefit.seeds):
            for bundle in benefit_sets(benefit, tasks, per_bundle):
                yield SetsRun(gradients.encoders[0], BENEFIT, rotation, seed, bundle)


def random_bundle(count: int, number: int, per_bundle: int) -> str:
    """Name the bundle of a random partition (from 1) into so many groups."""
    return f"{RANDOM}-{count}-{(number - 1) // per_bundle:03d}"


def group_bundles(groups: GradientGroups, per_bundle: int) -> list[str]:
    """Name the bundles of groups of tasks; who is in a group is known when the study runs.

    All tasks together, each alone, then for each number of groups those of every method, and some random
    partitions a bundle.
    """
    names = [TOGETHER, ALONE]
    for count in groups.counts:
        names += [f"{method}-{count}" for method in GROUP_METHODS]
        numbers = range(1, groups.random_partitions + 1)
        names += dict.fromkeys(random_bundle(count, number, per_bundle) for number in numbers)
    return names


def choosing_runs(gradients: Gradients) -> list[GradientRun]:
    """List the trainings that groups of tasks are chosen by: none has seen the fold that groups are scored on."""
    first = gradients.encoders[0]
    return [r for r in gradient_runs(gradients) if (r.encoder, r.view, r.rotation) == (first, FULL, 0)]


def group_runs(gradients: Gradients | None, per_bundle: int) -> Iterator[SetsRun]:
    """List the jobs that train groups of tasks: the first encoder's alone, in the rotation that chose them."""
    if gradients is None or gradients.groups is None:
        return
    for seed in range(gradients.groups.seeds):
        for bundle in group_bundles(gradients.groups, per_bundle):
            yield SetsRun(gradients.encoders[0], GROUPS, 0, seed, bundle)

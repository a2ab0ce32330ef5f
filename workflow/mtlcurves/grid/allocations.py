"""Allocations: how many training folds of each task's labels a training uses.

Every arm of both papers is a constructor of allocations; nothing after this module asks which arm
a training belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Allocation:
    """What one training is given.

    Attributes
    ----------
    folds : dict of str to int
        Task to the number of training folds of its labels; a task that is absent is not trained.
    arm : str
        stl, mtl, augmented, shuffled, offdiagonal or design.
    subset : str
        Name of the subset of tasks that is trained; the task itself for stl.
    auxiliary : str or None
        The one task whose size differs: raised (augmented, shuffled) or given its own size (offdiagonal).
    size : int
        Folds of all tasks that are not singled out: of those but the auxiliary, or of a design's low half.
    row : int or None
        Row of the weighing design, from 1.
    shuffled : str or None
        Task whose labels in the folds beyond the size are shuffled.
    """

    folds: Mapping[str, int]
    arm: str
    subset: str
    auxiliary: str | None
    size: int
    row: int | None = None
    shuffled: str | None = None

    @property
    def id(self) -> str:
        """Short readable name, such as ``all@4+CHEMBL234@5`` or ``design.row-12@1/9``."""
        if self.row is not None:
            return f"design.row-{self.row}@{self.size}/{max(self.folds.values())}"
        name = f"{self.subset}@{self.size}"
        if self.auxiliary is not None:
            name += f"+{self.auxiliary}@{self.folds[self.auxiliary]}"
        return name if self.shuffled is None else f"{name} shuffled"


def single_task(tasks: Sequence[str], sizes: Sequence[int]) -> Iterator[Allocation]:
    """Each task alone at each size (stl)."""
    for task in tasks:
        for size in sizes:
            yield Allocation({task: size}, "stl", task, None, size)


def multi_task(subset: str, tasks: Sequence[str], sizes: Sequence[int]) -> Iterator[Allocation]:
    """All tasks of a subset at each size (mtl)."""
    for size in sizes:
        yield Allocation(dict.fromkeys(tasks, size), "mtl", subset, None, size)


def augmented(
    tasks: Sequence[str], auxiliaries: Sequence[str], sizes: Sequence[int], raise_by: int | str, full: int
) -> Iterator[Allocation]:
    """All tasks at each size, one auxiliary raised by some folds, or to `full` (statTAG; P1 section 4)."""
    for auxiliary in auxiliaries:
        for size in sizes:
            raised = full if raise_by == "full" else size + int(raise_by)
            folds = dict.fromkeys(tasks, size) | {auxiliary: raised}
            yield Allocation(folds, "augmented", "all", auxiliary, size)


def shuffled(raised: Iterator[Allocation]) -> Iterator[Allocation]:
    """Augmented allocations whose auxiliaries' added labels are shuffled."""
    for allocation in raised:
        yield replace(allocation, arm="shuffled", shuffled=allocation.auxiliary)


def off_diagonal(
    tasks: Sequence[str], targets: Sequence[str], target_sizes: Sequence[int], complement_sizes: Sequence[int]
) -> Iterator[Allocation]:
    """One target at its own size, all other tasks at another."""
    for target in targets:
        for own in target_sizes:
            for size in complement_sizes:
                yield Allocation(dict.fromkeys(tasks, size) | {target: own}, "offdiagonal", "all", target, size)


def weighing_design(
    tasks: Sequence[str], raised: Sequence[Sequence[int]], low: int, high: int
) -> Iterator[Allocation]:
    """All tasks at a low size, those that a row of the design raises (1) at a high one."""
    for number, row in enumerate(raised, start=1):
        folds = {task: high if up else low for task, up in zip(tasks, row, strict=True)}
        yield Allocation(folds, "design", "all", None, low, row=number)

"""Designs to choose from: the trainings of one rotation, reference points included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mtlcurves.grid.allocations import Allocation, augmented, multi_task, weighing_design
from mtlcurves.grid.designs import folded_over, hadamard_rows, random_shares
from mtlcurves.study import Study

OWN = "this study"
RAISING = ("augmented", "offdiagonal", "design")


def candidates(tasks: Sequence[str], full: int) -> dict[str, list[Allocation]]:
    """List the designs that any study of these tasks may have.

    Parameters
    ----------
    tasks : sequence of str
        All tasks of the study; each is raised.
    full : int
        Folds for training.
    """
    weighing = hadamard_rows(len(tasks))
    few, many = (len(weighing) + 1) // 2, 2 * len(weighing) + 1
    designs: dict[str, Iterable[Allocation]] = {
        f"one at a time by one fold, sizes 1 to {full - 1}": augmented(tasks, tasks, range(1, full), 1, full),
        "one at a time by one fold, size 1": augmented(tasks, tasks, [1], 1, full),
        f"one at a time, 1 to {full}": augmented(tasks, tasks, [1], "full", full),
        f"weighing (hadamard), 1 to {full}": weighing_design(tasks, weighing, 1, full),
        f"weighing (hadamard), folded over, 1 to {full}": weighing_design(tasks, folded_over(weighing), 1, full),
    }
    for rows in (few, many):
        raised = random_shares(len(tasks), rows, 0)
        designs[f"{rows} random halves, 1 to {full}"] = weighing_design(tasks, raised, 1, full)
    return {name: _with_reference(tasks, list(raised)) for name, raised in designs.items()}


def _with_reference(tasks: Sequence[str], raised: list[Allocation]) -> list[Allocation]:
    return [*multi_task("all", tasks, sorted({allocation.size for allocation in raised})), *raised]


def own_design(study: Study) -> list[Allocation]:
    """List what a study trains under its main recipe to tell its tasks' effects apart; empty where it does not."""
    arms: Sequence[str] | None = study.recipes["main"].arms
    chosen = list(study.arms) if arms is None else arms
    raised = [a for arm in RAISING if arm in chosen for a in study.arms.get(arm, [])]
    sizes = {allocation.size for allocation in raised}
    reference = study.arms.get("mtl", []) if "mtl" in chosen else []
    return [*(a for a in reference if a.subset == "all" and a.size in sizes), *raised]

"""Grid points of small studies whose learning curves are known."""

from collections.abc import Sequence

import pandas as pd
from mtlcurves.grid.allocations import Allocation, augmented, multi_task, off_diagonal, single_task
from mtlcurves.simulation.curves import Noise, Truth, draw_truth, simulate

SIZES = range(1, 10)


def dense_truth(n_tasks: int, seed: int = 0, pair: float = 0.0) -> Truth:
    """Coefficients of tasks that all move one another, by `pair` per fold."""
    return draw_truth(n_tasks, seed, own=0.25, complement=0.03, pair=pair, null_share=0)


def allocations(
    truth: Truth,
    *arms: str,
    sizes: Sequence[int] = SIZES,
    raised: Sequence[int] = (1,),
    raise_by: int | str = "full",
) -> list[Allocation]:
    """Allocations of some arms."""
    tasks = truth.tasks
    makers = {
        "stl": lambda: single_task(tasks, sizes),
        "mtl": lambda: multi_task("all", tasks, sizes),
        "augmented": lambda: augmented(tasks, tasks, raised, raise_by, max(sizes)),
        "offdiagonal": lambda: off_diagonal(tasks, tasks, [2, 8], [1, 5]),
    }
    return [allocation for arm in arms for allocation in makers[arm]()]


def simulated(
    truth: Truth,
    arms: Sequence[str] = ("stl", "mtl", "augmented"),
    *,
    rotations: int = 3,
    replicates: int = 1,
    noise: float = 0.0,
    paired_noise: float | None = None,
    seed: int = 1,
    recipe: str = "main",
    **sizes,
) -> pd.DataFrame:
    """Grid points as a study has them. `noise`: sd of a score; `paired_noise`: of a difference between arms."""
    shared = 0.0 if paired_noise is None else 1 - (paired_noise / noise) ** 2 / 2
    listed = allocations(truth, *arms, **sizes)
    points, _, _ = simulate(truth, listed, rotations, Noise(noise, 0.0, shared), seed, replicates=replicates)
    lower = points["auroc"] - 0.2
    return points.assign(recipe=recipe, labels="full", aupr=lower, average_precision=lower, last_epoch=True)

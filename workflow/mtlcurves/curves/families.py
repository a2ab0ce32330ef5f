"""Whether tasks of one family change each other's scores alike: blocks of families against random families.

Pairs of tasks share tasks, so they are not independent; whole tasks are therefore reassigned to families, rows and
columns of the transfer map together (as in Mantel's test).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_ASSIGNMENTS = 999


@dataclass(frozen=True)
class FamilyBlocks:
    """How much of the variation between pairs of tasks their families account for.

    Attributes
    ----------
    explained : float
        Share of the sum of squares over pairs that lies between blocks (target's family, auxiliary's family).
    by_chance : float
        Its mean over random assignments of the tasks to families of the same sizes.
    as_much : float
        Share of random assignments that account for at least as much, the real one counted among them.
    blocks : pandas.DataFrame
        Columns target_family, auxiliary_family, mean, n; largest mean first.
    """

    explained: float
    by_chance: float
    as_much: float
    blocks: pd.DataFrame


def family_blocks(pairs: pd.DataFrame, families: pd.Series, seed: int = 0) -> FamilyBlocks | None:
    """Compare the families' blocks of a transfer map with blocks of random families.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Columns target, auxiliary and value; ordered pairs of two tasks.
    families : pandas.Series
        Family of every task, by task.
    seed : int
        Seed of the random assignments.

    Returns
    -------
    FamilyBlocks or None
        None when there are fewer than two families, four tasks or two tasks in any family, or nothing varies.
    """
    known = pairs[pairs["value"].notna() & (pairs["target"] != pairs["auxiliary"])]
    tasks = sorted({*known["target"], *known["auxiliary"]})
    of_task = families.reindex(tasks).fillna("")
    family, names = pd.factorize(of_task, sort=True)
    if len(tasks) < 4 or not 2 <= len(names) < len(tasks) or known["value"].std() == 0:
        return None
    places = {task: place for place, task in enumerate(tasks)}
    target = known["target"].map(places).to_numpy(int)
    auxiliary = known["auxiliary"].map(places).to_numpy(int)
    value = known["value"].to_numpy(float)
    explained = _explained(value, family[target], family[auxiliary], len(names))
    rng = np.random.default_rng(seed)
    chance = np.empty(_ASSIGNMENTS)
    for trial in range(_ASSIGNMENTS):
        shuffled = rng.permutation(family)
        chance[trial] = _explained(value, shuffled[target], shuffled[auxiliary], len(names))
    as_much = (1 + (chance >= explained - 1e-12).sum()) / (1 + _ASSIGNMENTS)
    blocks = pd.DataFrame(
        {"target_family": names[family[target]], "auxiliary_family": names[family[auxiliary]], "value": value}
    )
    means = blocks.groupby(["target_family", "auxiliary_family"])["value"].agg(["mean", "size"]).reset_index()
    means = means.rename(columns={"size": "n"}).sort_values("mean", ascending=False, ignore_index=True)
    return FamilyBlocks(explained, float(chance.mean()), float(as_much), means)


def _explained(
    value: NDArray[np.float64], row: NDArray[np.int64], column: NDArray[np.int64], n_families: int
) -> float:
    block = row * n_families + column
    n = np.bincount(block, minlength=n_families**2)
    total = np.bincount(block, value, minlength=n_families**2)
    between = (total[n > 0] ** 2 / n[n > 0]).sum() - value.sum() ** 2 / len(value)
    return float(between / ((value - value.mean()) ** 2).sum())

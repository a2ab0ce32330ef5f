"""So many labels for every task, with one overlap between every two: a core shared by all and blocks of their own.

n labels each with Jaccard overlap J need c = 2nJ / (1 + J) compounds in the core and n - c in each block: what two
tasks share is c, what either has is 2n - c. Real tasks lack labels, so the core is drawn from the compounds with
labels of all tasks, and a task's block from those with a label of the task that are in neither the core nor
another block.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.errors import DataError
from mtlcurves.grid.seeds import absorb, state_of, text_key

Mask = npt.NDArray[np.bool_]
FREE, CORE = -1, -2  # owners of a compound besides the tasks


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes
    ----------
    key : str
        Key of the configuration with the number of labels, for messages.
    n : int
        Labels of every task.
    jaccard : float
        Overlap of every two tasks: shared compounds / compounds of either.
    by_scaffold : bool
        Whether no scaffold may be in two blocks, or in a block and the core.
    """

    key: str
    n: int
    jaccard: float
    by_scaffold: bool

    @property
    def core(self) -> int:
        """Compounds with labels of all tasks."""
        return round(2 * self.n * self.jaccard / (1 + self.jaccard))

    @property
    def block(self) -> int:
        """Compounds of each task's own."""
        return self.n - self.core


def core_and_blocks(labels: pd.DataFrame, compounds: pd.DataFrame, wanted: Wanted, seed: int) -> Mask:
    """Choose the labels of a shared core and of each task's own block.

    Parameters
    ----------
    labels : pandas.DataFrame
        Columns smiles and task, each pair once.
    compounds : pandas.DataFrame
        Columns smiles, key and scaffold.
    wanted : Wanted
        Labels, overlap, and whether blocks are apart by scaffold.
    seed : int
        Seed of the order in which compounds, or scaffolds, are drawn.

    Returns
    -------
    ndarray of bool, shape (labels,)
        Labels that exist in the view.

    Raises
    ------
    mtlcurves.errors.DataError
        When there are too few compounds; the message says how many labels are feasible.
    """
    drawn = _in_order(compounds, wanted.by_scaffold, seed)
    task, names = pd.factorize(labels["task"], sort=True)
    row = pd.Index(drawn["smiles"]).get_indexer(pd.Index(labels["smiles"]))
    labelled = np.zeros((len(drawn), len(names)), dtype=bool)
    labelled[row, task] = True
    # compounds of one group go to one task
    group = drawn["scaffold"].factorize()[0] if wanted.by_scaffold else np.arange(len(drawn))
    owner = _owners(labelled, group, wanted)
    if owner is None:
        raise DataError(_refusal(labelled, group, wanted))
    kept: Mask = (owner[row] == CORE) | (owner[row] == task)
    return kept


def _in_order(compounds: pd.DataFrame, by_scaffold: bool, seed: int) -> pd.DataFrame:
    """Sort compounds by the order in which they are drawn, scaffold by scaffold where these are drawn."""
    draws = {"draw": absorb(state_of("shared core", seed), compounds["key"].to_numpy(dtype=np.uint64))}
    if by_scaffold:
        keys = compounds["scaffold"].map({name: text_key(name) for name in compounds["scaffold"].unique()})
        draws = {"scaffold_draw": absorb(state_of("shared scaffolds", seed), keys.to_numpy(np.uint64))} | draws
    return compounds.assign(**draws).sort_values([*draws, "smiles"], ignore_index=True)


def _owners(labelled: Mask, group: npt.NDArray[np.int_], wanted: Wanted) -> npt.NDArray[np.int_] | None:
    """Who has each compound: CORE, a task's number, or FREE; None where there are too few compounds."""
    owner = np.full(len(labelled), FREE)
    core = np.flatnonzero(labelled.all(axis=1))[: wanted.core]
    if len(core) < wanted.core:
        return None
    owner[core] = CORE
    free = ~np.isin(group, group[core])
    if wanted.by_scaffold:
        dealt = _deal_groups(labelled & free[:, None], group, wanted.block)
    else:
        dealt = _deal(labelled & free[:, None], wanted.block)
    return None if dealt is None else np.where(owner == CORE, CORE, dealt)


def _deal(labelled: Mask, wanted: int) -> npt.NDArray[np.int_] | None:
    """Give each task so many of its compounds and no compound to two tasks; None only where that is impossible.

    Tasks take what comes first, those with the fewest labels before the others. Who is short then takes compounds
    of others, who take others in turn (augmenting paths: Ford and Fulkerson 1956).
    """
    owner = np.full(len(labelled), FREE)
    for task in np.argsort(labelled.sum(axis=0), kind="stable"):
        owner[np.flatnonzero(labelled[:, task] & (owner == FREE))[:wanted]] = task
    for task in range(labelled.shape[1]):
        while np.count_nonzero(owner == task) < wanted:
            if not _take_one(owner, labelled, task):
                return None
    return owner


def _take_one(owner: npt.NDArray[np.int_], labelled: Mask, task: int) -> bool:
    """Give a task one compound more, by the shortest chain of tasks that ends at a free compound."""
    came: dict[int, tuple[int, int]] = {task: (FREE, FREE)}  # task to who wants its compound, and which
    queue = [task]
    for taker in queue:
        free = np.flatnonzero(labelled[:, taker] & (owner == FREE))
        if len(free):
            owner[free[0]] = taker
            while taker != task:
                asker, compound = came[taker]
                owner[compound] = asker
                taker = asker
            return True
        held = np.flatnonzero(labelled[:, taker] & (owner >= 0))
        for giver, first in zip(*np.unique(owner[held], return_index=True), strict=True):
            if giver not in came:
                came[giver] = (taker, held[first])
                queue.append(giver)
    return False


def _deal_groups(labelled: Mask, group: npt.NDArray[np.int_], wanted: int) -> npt.NDArray[np.int_] | None:
    """Deal whole groups, in turn: each to the task that lacks the most; what it does not need is lost."""
    owner, lacking = np.full(len(labelled), FREE), np.full(labelled.shape[1], wanted)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        found = labelled[rows].sum(axis=0)
        task = int(np.argmax(np.where(found > 0, lacking, 0)))
        chosen = rows[labelled[rows, task]][: lacking[task]]
        owner[chosen] = task
        lacking[task] -= len(chosen)
        if not lacking.any():
            break
    return None if lacking.any() else owner


def _refusal(labelled: Mask, group: npt.NDArray[np.int_], wanted: Wanted) -> str:
    """Say what there is too little of, and the largest number of labels that there is enough for."""
    few, many = 0, wanted.n
    while many - few > 1:
        middle = (few + many) // 2
        fits = _owners(labelled, group, replace(wanted, n=middle)) is not None
        few, many = (middle, many) if fits else (few, middle)
    counts, n_tasks = labelled.sum(axis=0), labelled.shape[1]
    apart = ", of scaffolds of its own" if wanted.by_scaffold else ""
    return (
        f"{wanted.key}: {wanted.n} labels for each of {n_tasks} tasks, every two with an overlap (Jaccard) of "
        f"{wanted.jaccard:g}, need {wanted.core} compounds with labels of all tasks and {wanted.block} "
        f"more for every task{apart}; there are {len(labelled)} compounds, {int(labelled.all(axis=1).sum())} with "
        f"labels of all tasks, and {counts.min()} to {counts.max()} labels a task; allowed at this overlap: "
        + (f"up to {few} labels" if few else "none; leave out the tasks with few labels, or take another sweep")
    )

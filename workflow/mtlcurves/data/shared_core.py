"""So many labels for every task, with one overlap between every two: a core shared by all and blocks of their own.

n labels each with Jaccard overlap J need c = 2nJ / (1 + J) compounds in the core and n - c in each block: what two
tasks share is c, what either has is 2n - c. Real tasks lack labels, so the core is drawn from the compounds with
labels of all tasks, and a task's block from those with a label of the task that are in neither the core nor
another block.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

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

    @property
    def needs(self) -> str:
        """The same in words, after the key."""
        apart = ", of scaffolds of its own" if self.by_scaffold else ""
        return (
            f"{self.key}: {self.n} labels a task, every two tasks with an overlap (Jaccard) of {self.jaccard:g}, "
            f"need {self.core} compounds with labels of all tasks and {self.block} more for every task{apart}"
        )


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
    supply = _Supply(labels, compounds, wanted.by_scaffold, seed)
    owner = _owners(supply, wanted)
    if owner is None:
        raise DataError(
            f"{wanted.needs}; there are {supply.text}; allowed at this overlap: "
            + allowed_labels(_largest(supply, wanted))
        )
    kept: Mask = (owner[supply.row] == CORE) | (owner[supply.row] == supply.task)
    return kept


def feasible_labels(labels: pd.DataFrame, compounds: pd.DataFrame, wanted: Wanted, seeds: Iterable[int]) -> int:
    """Say how many labels there are compounds for with every one of some seeds, up to those wanted.

    Parameters
    ----------
    labels, compounds, wanted
        As :func:`core_and_blocks`.
    seeds : iterable of int
        Seeds of the draws.
    """
    few = wanted.n
    for seed in seeds:
        supply = _Supply(labels, compounds, wanted.by_scaffold, seed)
        if few and not _fits(supply, replace(wanted, n=few)):
            few = _largest(supply, replace(wanted, n=few))
    return few


def allowed_labels(most: int) -> str:
    """Say what is allowed where so many labels are feasible at most."""
    few = "none; leave out the tasks with few labels, or take another sweep"
    return f"up to {most} labels" if most else few


class _Supply:
    """Compounds in the order in which they are drawn, and who has a label of each.

    ``labelled`` has the shape (compounds, tasks); compounds of one ``group`` go to one task; ``row`` and ``task``
    are the places of each label.
    """

    def __init__(self, labels: pd.DataFrame, compounds: pd.DataFrame, by_scaffold: bool, seed: int) -> None:
        drawn = _in_order(compounds, by_scaffold, seed)
        self.task, names = pd.factorize(labels["task"], sort=True)
        self.row = pd.Index(drawn["smiles"]).get_indexer(pd.Index(labels["smiles"]))
        self.labelled = np.zeros((len(drawn), len(names)), dtype=bool)
        self.labelled[self.row, self.task] = True
        self.group = drawn["scaffold"].factorize()[0] if by_scaffold else np.arange(len(drawn))

    @property
    def text(self) -> str:
        counts, whole = self.labelled.sum(axis=0), int(self.labelled.all(axis=1).sum())
        return (
            f"{len(self.labelled)} compounds, {whole} with labels of all {len(counts)} tasks, and {counts.min()} "
            f"to {counts.max()} labels a task"
        )


def _in_order(compounds: pd.DataFrame, by_scaffold: bool, seed: int) -> pd.DataFrame:
    """Sort compounds by the order in which they are drawn, scaffold by scaffold where these are drawn."""
    draws = {"draw": absorb(state_of("shared core", seed), compounds["key"].to_numpy(dtype=np.uint64))}
    if by_scaffold:
        keys = compounds["scaffold"].map({name: text_key(name) for name in compounds["scaffold"].unique()})
        draws = {"scaffold_draw": absorb(state_of("shared scaffolds", seed), keys.to_numpy(np.uint64))} | draws
    return compounds.assign(**draws).sort_values([*draws, "smiles"], ignore_index=True)


def _split(supply: _Supply, wanted: Wanted) -> tuple[npt.NDArray[np.intp], Mask] | None:
    """Choose the core, and who may have what is left of the compounds; None where there are too few."""
    labelled, group = supply.labelled, supply.group
    core = np.flatnonzero(labelled.all(axis=1))[: wanted.core]
    if len(core) < wanted.core or labelled.sum(axis=0).min() < wanted.n:
        return None
    return core, labelled & ~np.isin(group, group[core])[:, None]


def _owners(supply: _Supply, wanted: Wanted) -> npt.NDArray[np.int_] | None:
    """Who has each compound: CORE, a task's number, or FREE; None where there are too few compounds."""
    split = _split(supply, wanted)
    if split is None:
        return None
    core, free = split
    dealt = _deal_groups(free, supply.group, wanted.block) if wanted.by_scaffold else _deal(free, wanted.block)
    if dealt is not None:
        dealt[core] = CORE
    return dealt


def _fits(supply: _Supply, wanted: Wanted) -> bool:
    """Whether there are enough compounds: as :func:`_owners` finds, and sooner where no scaffolds are dealt.

    Compounds with labels of the same tasks are alike, so that it is a flow from a few kinds of them to the tasks.
    """
    split = _split(supply, wanted)
    if split is None:
        return False
    if wanted.by_scaffold:
        return _deal_groups(split[1], supply.group, wanted.block) is not None
    kinds, counts = np.unique(np.packbits(split[1], axis=1), axis=0, return_counts=True)
    may = np.unpackbits(kinds, axis=1, count=split[1].shape[1])
    n_kinds, n_tasks = may.shape
    kind, task = np.nonzero(may)
    # from the source, which is 0, to kinds, from kinds to tasks, from tasks to the sink
    source, sink, tasks = 0, n_kinds + n_tasks + 1, 1 + n_kinds + np.arange(n_tasks)
    start = np.concatenate([np.full(n_kinds, source), 1 + kind, tasks])
    end = np.concatenate([1 + np.arange(n_kinds), tasks[task], np.full(n_tasks, sink)])
    capacity = np.concatenate([counts, counts[kind], np.full(n_tasks, wanted.block)]).astype(np.int32)
    flows = sparse.csr_array((capacity, (start, end)), shape=(sink + 1, sink + 1))
    most = maximum_flow(flows, source, sink).flow_value
    return bool(most == n_tasks * wanted.block)


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


def _largest(supply: _Supply, wanted: Wanted) -> int:
    """Find the largest number of labels, of those below the wanted, that there are enough compounds for."""
    few, many = 0, wanted.n
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if _fits(supply, replace(wanted, n=middle)) else (few, middle)
    return few

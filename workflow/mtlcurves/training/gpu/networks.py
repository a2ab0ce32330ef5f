"""The networks of a launch, laid one behind the other in the device's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mtlcurves.grid.seeds import column_states
from mtlcurves.training.batches import batch_size
from mtlcurves.training.columns import group_columns
from mtlcurves.training.gpu.hashing import as_words
from mtlcurves.training.network import initial_head
from mtlcurves.training.problem import Problem

Array = npt.NDArray[Any]


class Network:
    """One network, still on the host.

    Attributes
    ----------
    problem : Problem
        Its training.
    keys : ndarray of uint64, shape (rows,)
        Of the rows it passes over: none if there is no label at all.
    size, n_batches : int
        Rows of a batch; steps an epoch.
    place : ndarray of int32, shape (rows,)
        Labelled rows by number, -1 for the others.
    labelled : ndarray, shape (labelled rows,)
        Their positions among the rows.
    starts, groups : ndarrays
        Column groups of each labelled row. Group 0 is the hidden layer's bias, which every row has.
    sizes : ndarray of float32, shape (groups,)
        Columns of each group.
    of_column : ndarray of int32, shape (columns,)
        Group of each column, -1 for none.
    label_starts : ndarray of int64, shape (labelled rows + 1,)
        Labels of each labelled row.
    test_starts : ndarray of int64, shape (test rows + 1,)
        Labels of each test row.
    """

    def __init__(self, problem: Problem, batch_ratio: float) -> None:
        self.problem = problem
        labels, test = problem.labels, problem.test_labels
        self.labelled = np.unique(labels.row)
        self.keys = problem.keys if len(self.labelled) else problem.keys[:0]
        self.size = batch_size(len(problem.rows), batch_ratio)
        self.n_batches = -(-len(self.keys) // self.size)
        self.place = np.full(len(self.keys), -1, dtype=np.int32)
        self.place[self.labelled] = np.arange(len(self.labelled), dtype=np.int32)
        prints = problem.fingerprints[problem.rows[self.labelled]]
        grouping = group_columns(prints, problem.keys[self.labelled])
        rows = grouping.training_rows(prints)
        self.starts = rows.starts.astype(np.int64) + np.arange(len(rows.starts))
        self.groups = np.insert(rows.groups + np.int32(1), rows.starts[:-1], 0)
        self.sizes = np.append(np.float32(1), grouping.sizes)
        self.of_column = np.where(grouping.of_column < 0, -1, grouping.of_column + 1).astype(np.int32)
        self.label_starts = np.searchsorted(labels.row, np.append(self.labelled, len(problem.rows)))
        self.test_starts = np.searchsorted(test.row, np.arange(len(problem.test_rows) + 1))


@dataclass(frozen=True)
class Inputs:
    """What stays the same throughout a launch; K networks, S steps in their longest epoch.

    Numbers count through the whole launch: row 7 is the eighth labelled row of all networks together.

    Attributes
    ----------
    n_batches : Tensor of int32, shape (K,)
        Steps an epoch of each network.
    seed, bias_group : Tensors of int32, shape (K,)
        Which of the `columns_states` each takes; the group of its bias.
    column_states : Tensor of int64, shape (seeds, columns)
        State of each column's draws.
    of_column : Tensor of int32, shape (K, columns)
        Group of each column, -1 for none.
    keys : Tensor of int64, shape (N,)
        Keys of all rows, labelled or not.
    net, place : Tensors of int32, shape (N,)
        Network and number of each, -1 for those without a label.
    step_at, share_at : Tensors of int32 and float32, shape (N,)
        Step of an epoch's position, and 1 / rows of its batch.
    row_keys, row_net, compounds : Tensors of int64, int32, int32, shape (L,)
        Keys, networks and compounds of labelled rows.
    starts, groups, entry_row : Tensors of int64, int32, int32
        Column groups of each labelled row, and the row of each entry.
    sizes, group_net : Tensors of float32 and int32, shape (G,)
        Columns and network of each group.
    task_net : Tensor of int32, shape (T,)
        Network of each task.
    label_starts, label_row, label_task, active : Tensors of int64, int32, int32, float32
        Training labels, by row.
    test_compounds, test_net : Tensors of int32
        Test rows.
    test_starts, test_task : Tensors of int64, int32
        Test labels, by row.
    print_starts, print_columns : Tensors of int64, int32
        Fingerprints of the whole data set.
    """

    n_batches: Tensor
    seed: Tensor
    bias_group: Tensor
    column_states: Tensor
    of_column: Tensor
    keys: Tensor
    net: Tensor
    place: Tensor
    step_at: Tensor
    share_at: Tensor
    row_keys: Tensor
    row_net: Tensor
    compounds: Tensor
    starts: Tensor
    groups: Tensor
    entry_row: Tensor
    sizes: Tensor
    group_net: Tensor
    task_net: Tensor
    label_starts: Tensor
    label_row: Tensor
    label_task: Tensor
    active: Tensor
    test_compounds: Tensor
    test_net: Tensor
    test_starts: Tensor
    test_task: Tensor
    print_starts: Tensor
    print_columns: Tensor


def seeds_of(problems: Iterable[Problem]) -> list[tuple[int, int]]:
    """List the different pairs of replicate and rotation, sorted."""
    return sorted({(problem.replicate, problem.rotation) for problem in problems})


def lay_out(networks: Sequence[Network], device: torch.device) -> Inputs:
    """Lay networks, which share their fingerprints, one behind the other on the device."""
    problems = [network.problem for network in networks]
    prints, seeds = problems[0].fingerprints, seeds_of(problems)
    seed = [seeds.index((problem.replicate, problem.rotation)) for problem in problems]
    n_columns = prints.shape[1]

    def joined(of: Callable[[Network], Array], dtype: Any, before: Array | None = None) -> Tensor:
        """Join arrays; `before` is added to what is not negative."""
        parts = [of(network) for network in networks]
        if before is not None:
            parts = [np.where(p < 0, p, p + dtype(b)) for p, b in zip(parts, before, strict=True)]
        return torch.from_numpy(np.concatenate(parts).astype(dtype, copy=False)).to(device)

    def numbered(of: Callable[[Network], Array]) -> Tensor:
        """Name the network of each element."""
        counts = [len(of(network)) for network in networks]
        return torch.from_numpy(np.repeat(np.arange(len(networks), dtype=np.int32), counts)).to(device)

    def starting(of: Callable[[Network], Array]) -> Tensor:
        """Join arrays of where rows start."""
        counts = np.concatenate([np.diff(of(network)) for network in networks])
        return torch.from_numpy(np.append(0, np.cumsum(counts, dtype=np.int64))).to(device)

    rows_before = _before(len(n.labelled) for n in networks)
    groups_before = _before(len(n.sizes) for n in networks)
    tasks_before = _before(len(p.tasks) for p in problems)
    starts, label_starts = starting(lambda n: n.starts), starting(lambda n: n.label_starts)
    states = np.stack([column_states(*key, np.arange(n_columns)) for key in seeds])
    return Inputs(
        n_batches=torch.tensor([n.n_batches for n in networks], dtype=torch.int32, device=device),
        seed=torch.tensor(seed, dtype=torch.int32, device=device),
        bias_group=torch.from_numpy(groups_before.astype(np.int32)).to(device),
        column_states=as_words(states, device),
        of_column=joined(lambda n: n.of_column, np.int32, groups_before).view(len(networks), n_columns),
        keys=joined(lambda n: n.keys.view(np.int64), np.int64),
        net=numbered(lambda n: n.keys),
        place=joined(lambda n: n.place, np.int32, rows_before),
        step_at=joined(lambda n: np.arange(len(n.keys)) // n.size, np.int32),
        share_at=joined(_shares, np.float32),
        row_keys=joined(lambda n: n.keys[n.labelled].view(np.int64), np.int64),
        row_net=numbered(lambda n: n.labelled),
        compounds=joined(lambda n: n.problem.rows[n.labelled], np.int32),
        starts=starts,
        groups=joined(lambda n: n.groups, np.int32, groups_before),
        entry_row=_rows_of(starts),
        sizes=joined(lambda n: n.sizes, np.float32),
        group_net=numbered(lambda n: n.sizes),
        task_net=numbered(lambda n: np.array(n.problem.tasks)),
        label_starts=label_starts,
        label_row=_rows_of(label_starts),
        label_task=joined(lambda n: n.problem.labels.task, np.int32, tasks_before),
        active=joined(lambda n: n.problem.labels.active, np.float32),
        test_compounds=joined(lambda n: n.problem.test_rows, np.int32),
        test_net=numbered(lambda n: n.problem.test_rows),
        test_starts=starting(lambda n: n.test_starts),
        test_task=joined(lambda n: n.problem.test_labels.task, np.int32, tasks_before),
        print_starts=torch.from_numpy(prints.indptr.astype(np.int64)).to(device),
        print_columns=torch.from_numpy(prints.indices.astype(np.int32)).to(device),
    )


def initial_heads(problems: Sequence[Problem], hidden: int, padded: int) -> npt.NDArray[np.float32]:
    """Draw the heads as they start, with room for the moments; shape (tasks, 3, padded)."""
    drawn = [initial_head(p.replicate, p.rotation, p.tasks, hidden) for p in problems]
    heads = np.zeros((sum(len(p.tasks) for p in problems), 3, padded), dtype=np.float32)
    heads[:, 0, :hidden] = np.concatenate(drawn)
    return heads


def _before(counts: Iterable[int]) -> Array:
    """Sum the counts of the networks before each."""
    counted = np.fromiter(counts, dtype=np.int64)
    return np.cumsum(counted) - counted


def _shares(network: Network) -> Array:
    """Return 1 / rows of the batch, for each position of an epoch."""
    step = np.arange(len(network.keys)) // network.size
    rows = np.minimum(network.size, len(network.keys) - step * network.size)
    return np.float32(1) / rows.astype(np.float32)


def _rows_of(starts: Tensor) -> Tensor:
    """Name the row of each entry."""
    rows = torch.arange(len(starts) - 1, dtype=torch.int32, device=starts.device)
    return torch.repeat_interleave(rows, starts.diff())

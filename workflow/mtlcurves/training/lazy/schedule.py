"""When each column group is touched: an epoch's batches, turned round, with the waits between touches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mtlcurves.training.columns import Index
from mtlcurves.training.lazy.compiled import compiled


class Schedule(NamedTuple):
    """One epoch.

    Attributes
    ----------
    rows : ndarray of int32, shape (labelled rows,)
        Labelled rows in the epoch's order.
    batch_starts : ndarray of int32, shape (batches + 1,)
        Where each batch starts among them.
    divisors : ndarray of int32, shape (batches,)
        Rows of each batch with those that have no label: the loss's divisor.
    touched : ndarray of int32
        Groups that occur in a batch, ascending, batch after batch.
    touched_starts : ndarray of int32, shape (batches + 1,)
        Where each batch starts in `touched`.
    waits : ndarray of int32
        For each touch, the steps that follow before the group is touched again or its weights are read.
    members : ndarray of int32
        Rows of a touched group, as positions in the batch.
    member_starts : ndarray of int32, shape (touches + 1,)
        Where each touch starts in `members`.
    """

    rows: Index
    batch_starts: Index
    divisors: Index
    touched: Index
    touched_starts: Index
    waits: Index
    members: Index
    member_starts: Index


@compiled
def first_touches(place: Index, size: int, starts: Index, groups: Index, n_groups: int) -> Index:
    """Say in which batch of an epoch each group occurs first; arguments as in :func:`make_schedule`."""
    first = np.full(n_groups, -1, np.int32)
    for position in range(len(place)):
        row = place[position]
        if row >= 0:
            for g in groups[starts[row] : starts[row + 1]]:
                if first[g] < 0:
                    first[g] = position // size
    return first


@compiled
def make_schedule(place: Index, size: int, starts: Index, groups: Index, first_next: Index) -> Schedule:
    """Index an epoch.

    Parameters
    ----------
    place : ndarray of int32, shape (rows,)
        The training's rows in the epoch's order: labelled ones by number, -1 for the others.
    size : int
        Rows of a batch.
    starts, groups : ndarrays of int32
        Column groups of each labelled row.
    first_next : ndarray of int32, shape (groups,)
        Batch of the next epoch in which each group occurs first; all 0 where weights are read after this epoch.
    """
    n_batches, n_groups = (len(place) + size - 1) // size, len(first_next)
    n_rows = len(starts) - 1
    rows, members = np.empty(n_rows, np.int32), np.empty(len(groups), np.int32)
    batch_starts, touched_starts = np.zeros(n_batches + 1, np.int32), np.zeros(n_batches + 1, np.int32)
    divisors = np.empty(n_batches, np.int32)
    touched, member_starts = np.empty(len(groups), np.int32), np.zeros(len(groups) + 1, np.int32)
    filled = np.zeros(n_groups, np.int32)
    n_placed, n_touched, n_members = 0, 0, 0
    for b in range(n_batches):
        divisors[b] = min(size, len(place) - b * size)
        begin = n_placed
        filled[:] = 0
        for row in place[b * size : b * size + divisors[b]]:
            if row >= 0:
                rows[n_placed] = row
                n_placed += 1
                for g in groups[starts[row] : starts[row + 1]]:
                    filled[g] += 1
        for g in range(n_groups):
            if filled[g]:
                touched[n_touched] = g
                count = filled[g]
                filled[g] = n_members  # from here on: where its next member goes
                n_members += count
                n_touched += 1
                member_starts[n_touched] = n_members
        for i in range(begin, n_placed):
            for g in groups[starts[rows[i]] : starts[rows[i] + 1]]:
                members[filled[g]] = i - begin
                filled[g] += 1
        batch_starts[b + 1] = n_placed
        touched_starts[b + 1] = n_touched
    touched = touched[:n_touched].copy()
    waits = _waits(touched, touched_starts, first_next)
    member_starts = member_starts[: n_touched + 1].copy()
    return Schedule(rows, batch_starts, divisors, touched, touched_starts, waits, members, member_starts)


@compiled
def _waits(touched: Index, touched_starts: Index, first_next: Index) -> Index:
    n_batches = len(touched_starts) - 1
    after = first_next + np.int32(n_batches)
    waits = np.empty(len(touched), np.int32)
    for b in range(n_batches - 1, -1, -1):
        for k in range(touched_starts[b], touched_starts[b + 1]):
            waits[k] = after[touched[k]] - b - 1
            after[touched[k]] = b
    return waits

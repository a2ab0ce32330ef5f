"""Rows of designs: every task told apart from every other, and raised as often."""

import numpy as np
import pytest
from mtlcurves.grid.designs import folded_over, hadamard_rows, random_shares

# Multiples of four up to 252 that primes give no Hadamard matrix of, in the constructions used
SKIPPED = [52, 92, 100, 116, 156, 172, 184, 188, 232, 236, 244]


@pytest.mark.parametrize("n_tasks", range(1, 245))
def test_hadamard_designs_tell_every_task_apart(n_tasks: int) -> None:
    rows = np.array(hadamard_rows(n_tasks))
    order = len(rows) + 1
    design = 2 * np.vstack([np.zeros((1, n_tasks), dtype=int), rows]) - 1  # the first row: all tasks low
    assert rows.shape[1] == n_tasks
    np.testing.assert_array_equal(design.T @ design, order * np.eye(n_tasks))
    np.testing.assert_array_equal(design.sum(axis=0), 0)
    smallest = next(n for n in range(4, 256, 4) if n > n_tasks and n not in SKIPPED)
    assert order == smallest


@pytest.mark.parametrize("share", [0.5, 0.1])
@pytest.mark.parametrize(("n_tasks", "rows"), [(2, 2), (3, 2), (10, 6), (11, 7), (60, 21), (244, 100)])
def test_random_shares_are_balanced(n_tasks: int, rows: int, share: float) -> None:
    design = np.array(random_shares(n_tasks, rows, seed=5, share=share))
    assert design.shape == (rows, n_tasks)
    assert (np.abs(design.sum(axis=1) - max(share * n_tasks, 1)) < 1).all()
    assert np.ptp(design.sum(axis=0)) <= 1
    assert abs(design.mean() - max(share, 1 / n_tasks)) <= 0.5 / n_tasks


def test_random_shares_are_told_apart_by_enough_rows() -> None:
    design = np.vstack([np.zeros((1, 20)), random_shares(20, 40, seed=0)])  # the first row: all tasks low
    assert np.linalg.matrix_rank(design - design.mean(axis=0)) == 20


def test_the_seed_alone_decides() -> None:
    assert random_shares(12, 8, 1) == random_shares(12, 8, 1)
    assert random_shares(12, 8, 1) != random_shares(12, 8, 2)


def test_folded_over_every_pair_of_settings_is_seen_with_every_third_task() -> None:
    design = 2 * np.array(folded_over(hadamard_rows(11))) - 1
    product = design[:, 0] * design[:, 1]
    assert not (product @ design).any() and not design.sum(axis=0).any()

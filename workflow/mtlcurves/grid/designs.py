"""Two-level designs: which tasks are raised in which training.

Light on purpose (plain lists): each Snakemake process lays the grid out.
"""

from __future__ import annotations

import hashlib
from functools import cache

Matrix = list[list[int]]


def hadamard_rows(n_tasks: int) -> Matrix:
    """Lay out a design in which every task is raised in exactly half of the rows, and all are told apart.

    Parameters
    ----------
    n_tasks : int
        Tasks.

    Returns
    -------
    list of list of int
        1 where a row raises a task. These are the rows of a normalised Hadamard matrix of the smallest order that
        can be built (of those up to 252, all multiples of four but 52, 92, 100, 116, 156, 172, 184, 188, 232, 236
        and 244), without its first, which raises none: with that one, any two columns are orthogonal once their
        means are taken off.
    """
    order = next(n for n in range(4, 8 * n_tasks + 8, 4) if n > n_tasks and _hadamard(n) is not None)
    matrix = _hadamard(order)
    assert matrix is not None
    normal = [[first * entry for entry, first in zip(row, matrix[0], strict=True)] for row in matrix]
    return [[int(entry != row[0]) for entry in row[1 : n_tasks + 1]] for row in normal[1:]]


@cache
def _hadamard(order: int) -> Matrix | None:
    """Build a matrix of 1 and -1 with orthogonal rows; None where no construction here gives this order."""
    if order == 2:
        return [[1, 1], [1, -1]]
    if order % 4:
        return None
    if _is_prime(order - 1):
        return _paley_one(order - 1)
    if _is_prime(order // 2 - 1) and order // 2 % 4 == 2:
        return _paley_two(order // 2 - 1)
    for factor in range(2, order // 2 + 1):
        if order % factor == 0 and (left := _hadamard(factor)) and (right := _hadamard(order // factor)):
            return [[a * b for a in one for b in other] for one in left for other in right]
    return None


def _paley_one(prime: int) -> Matrix:
    """Paley's first construction, of order prime + 1, for primes of the form 4 m - 1."""
    core = _residues(prime)
    skew = [[0] + [1] * prime, *([-1, *row] for row in core)]
    return [[entry + (i == j) for j, entry in enumerate(row)] for i, row in enumerate(skew)]


def _paley_two(prime: int) -> Matrix:
    """Paley's second construction, of order 2 (prime + 1), for primes of the form 4 m + 1."""
    conference = [[0] + [1] * prime, *([1, *row] for row in _residues(prime))]
    blocks = {0: ((1, -1), (-1, -1)), 1: ((1, 1), (1, -1)), -1: ((-1, -1), (-1, 1))}
    return [[entry for value in row for entry in blocks[value][half]] for row in conference for half in (0, 1)]


def _residues(prime: int) -> Matrix:
    """Legendre's symbol of every difference: 1 where it is a square modulo the prime, 0 where it is 0, else -1."""
    squares = {i * i % prime for i in range(1, prime)}
    symbol = [0] + [1 if i in squares else -1 for i in range(1, prime)]
    return [[symbol[(i - j) % prime] for j in range(prime)] for i in range(prime)]


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def random_shares(n_tasks: int, rows: int, seed: int, share: float = 0.5) -> Matrix:
    """Draw rows that raise a share of the tasks each, every task in that share of the rows (give or take one).

    Parameters
    ----------
    n_tasks, rows : int
        Tasks, and rows to draw.
    share : float
        Share of the tasks raised; at least one is, and not all.
    seed : int
        Of the draw, which depends on nothing else.

    Returns
    -------
    list of list of int
        1 where a row raises a task.
    """
    design = []
    for row in range(rows):
        ranked = sorted(range(n_tasks), key=lambda task: _draw(seed, row, task))
        # numbers of raised tasks that differ by one at most, as the share of all rows together asks
        so_far = round(row * share * n_tasks), round((row + 1) * share * n_tasks)
        raised = set(ranked[: min(max(so_far[1] - so_far[0], 1), n_tasks - 1)])
        design.append([int(task in raised) for task in range(n_tasks)])
    counts = [sum(column) for column in zip(*design, strict=True)]
    while max(counts) - min(counts) > 1:
        most, least = counts.index(max(counts)), counts.index(min(counts))
        fit = [row for row in range(rows) if design[row][most] > design[row][least]]
        row = min(fit, key=lambda row: _draw(seed, row, most, least))
        design[row][most], design[row][least] = 0, 1
        counts[most], counts[least] = counts[most] - 1, counts[least] + 1
    return design


def folded_over(design: Matrix) -> Matrix:
    """Add each row's opposite, in which its raised tasks are low and the others raised."""
    return [*design, *([1 - raised for raised in row] for row in design)]


def _draw(*key: int) -> bytes:
    return hashlib.blake2b(repr(key).encode(), digest_size=8).digest()

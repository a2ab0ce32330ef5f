"""Adam's steps without a gradient, many at once.

A weight w whose gradient is 0 still moves: its moments m and v shrink by 0.9 and 0.999 a step. Taken from step t,
after which they are m and v, the steps t to t + k (the one with a gradient and k without) move w by

    m sum over j = 0..k of c_j / (sqrt(v) + eps q_j),   c_j = s_j 0.9^j q_j,
    q_j = sqrt((1 - 0.999^(t+j)) / 0.999^j),            s_j = (learning rate of t + j) / (1 - 0.9^(t+j)).

The q_j lie close together, so the sum is expanded about their mean Q, weighted by the c_j. With A = sum of c_j, V
and S their second and third central moments, and f = 1 / (sqrt(v) + eps Q), it is

    A f (1 + V eps^2 f^2 - S eps^3 f^3 + ...).

What is left out, as a share of the move, is about F (eps Q f)^4 / Q^4, with F the fourth central moment, about
9 V^2 for weights 0.9^j. So for a given V it is below 1e-6 wherever sqrt(v) is at least

    eps Q ((9e6 V^2 / Q^4)^(1/4) - 1),

which is nothing at all after some 300 steps. Before, a row with a smaller v is summed term by term.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mtlcurves.training.lazy.compiled import compiled

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
LONGEST = 220  # terms of the sum: 0.9^220 is 9e-11
TOLERANCE = 1e-6


class Moves(NamedTuple):
    """The sums of one step, by the number k of steps that follow without a gradient; shape (LONGEST + 1,) each.

    Attributes
    ----------
    total, mean, second, third : ndarray of float32
        A, eps Q, eps^2 V and eps^3 S.
    least : ndarray of float32
        Smallest sqrt(v) for which the expansion is exact enough.
    term, at : ndarray of float32
        c_j and eps q_j.
    """

    total: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float32]
    second: npt.NDArray[np.float32]
    third: npt.NDArray[np.float32]
    least: npt.NDArray[np.float32]
    term: npt.NDArray[np.float32]
    at: npt.NDArray[np.float32]

    @classmethod
    def empty(cls) -> Moves:
        """Make room for the sums of a step."""
        return cls(*(np.zeros(LONGEST + 1, dtype=np.float32) for _ in cls._fields))


@compiled
def sum_moves(moves: Moves, step: int, first: int, longest: int, rate: float, left: int, next_rate: float) -> None:
    """Fill in the sums of a step.

    Parameters
    ----------
    moves : Moves
        Sums to fill in, up to k = `longest`.
    step : int
        Number t of the step, from 1.
    first : int
        0: step t has a gradient. 1: it was made before, and the sums start with the step behind it.
    longest : int
        Longest wait k asked for.
    rate, next_rate : float
        Learning rate of step t and of the `left` steps behind it, and of those that follow.
    left : int
        Steps with the first learning rate behind t.
    """
    power1, power2 = BETA1**step, BETA2**step
    reference = np.sqrt(1 - power2)
    decay, growth = 1.0, 1.0
    sum0, sum1, sum2, sum3 = 0.0, 0.0, 0.0, 0.0
    for j in range(min(longest, LONGEST) + 1):
        q = np.sqrt(1 - power2) * growth
        c = (rate if j <= left else next_rate) / (1 - power1) * decay * q
        if j < first:
            c = 0.0
        moves.term[j] = c
        moves.at[j] = EPS * q
        x = q / reference - 1  # moments about q_0, which is close: no cancellation
        sum0 += c
        sum1 += c * x
        sum2 += c * x * x
        sum3 += c * x * x * x
        if sum0 > 0:
            mean = sum1 / sum0
            second = max(sum2 / sum0 - mean**2, 0.0)
            third = sum3 / sum0 - 3 * mean * sum2 / sum0 + 2 * mean**3
            scale = EPS * reference
            moves.total[j] = sum0
            moves.mean[j] = scale * (1 + mean)
            moves.second[j] = scale**2 * second
            moves.third[j] = scale**3 * third
            spread = np.sqrt(second) / (1 + mean)
            moves.least[j] = scale * (1 + mean) * max((9 / TOLERANCE) ** 0.25 * spread - 1, 0.0)
        power1 *= BETA1
        power2 *= BETA2
        decay *= BETA1
        growth /= np.sqrt(BETA2)

"""Weights of the tasks' gradients that follow from the gradients' Gramian alone.

Each function takes the inner products of k gradients, none of them 0, and returns k weights; the step is the
weighted sum. They are small enough to stand here. torchjd's PCGrad draws from torch's global generator, where a
training's draws must be its own, and takes seconds a step for hundreds of tasks; its CAGrad needs cvxpy, a quarter
of a gigabyte; its Nash-MTL needs a solver under the GPL besides, and where gradients differ much in length it
stops far from the bargain, as the hundred steps of its MGDA do far from the shortest average.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, minimize, nnls

Floats = npt.NDArray[np.float64]

BALANCED = 1e-4  # CAGrad's step is 0 where an average of the gradients, over their root mean square, is shorter
RIDGE = 1e-6  # added to gradients' cosines: the bargain has no bound where gradients cancel each other
NEWTON_STEPS = 200
DECREMENT = 1e-10


def pcgrad(gramian: Floats, order: npt.NDArray[np.intp]) -> Floats:
    """Project each gradient off those that it conflicts with, one after the other, and add them up.

    Yu et al. 2020, algorithm 1.

    Parameters
    ----------
    gramian : ndarray, shape (k, k)
        Inner products.
    order : ndarray of int, shape (k, k)
        Row i: all tasks, in the order in which i meets them.
    """
    own = np.arange(len(gramian))
    weights = np.eye(len(gramian))
    for met in order.T:  # of all tasks at once: their projections do not touch each other
        inner = np.einsum("ij,ij->i", weights, gramian[met])
        conflict = (inner < 0) & (met != own)
        weights[own[conflict], met[conflict]] -= (inner / gramian[met, met])[conflict]
    total: Floats = weights.sum(axis=0)
    return total


def mgda(gramian: Floats) -> Floats:
    """Weights, none below 0, of sum 1, of the shortest average (Sener and Koltun 2018, equation 3).

    The weights of least |weighted sum|^2 + (sum of weights - 1)^2 are a multiple of them, and are found by
    non-negative least squares. As in :func:`nash_mtl` the gradients are first brought to length 1, so that short
    ones do not drown in the rounding errors of long ones.
    """
    lengths = np.sqrt(np.diag(gramian))
    values, vectors = np.linalg.eigh(gramian / np.outer(lengths, lengths))
    root = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
    system = np.vstack([root, lengths.min() / lengths])
    weights = nnls(system, np.eye(len(system))[-1])[0] / lengths
    return np.asarray(weights / weights.sum())


def cagrad(gramian: Floats, c: float) -> Floats:
    """Find the step that is best for the task which gains least, near the mean gradient g.

    It is g + c |g| g_w / |g_w|, where g_w is the average of the gradients, with weights w, that is least in
    g_w . g + c |g| |g_w| (Liu et al. 2021, equation 4; solved by SLSQP, as in the authors' program).
    """
    k = len(gramian)
    products = gramian / (np.trace(gramian) / k)
    even = np.full(k, 1 / k)
    radius = c * np.sqrt(max(even @ products @ even, 0))
    along = products @ even

    def objective(w: Floats) -> tuple[float, Floats]:
        turned = products @ w
        length = np.sqrt(max(w @ turned, 1e-30))
        return float(along @ w + radius * length), along + radius * turned / length

    w = minimize(
        objective,
        even,
        jac=True,
        method="SLSQP",
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.ones((1, k)), 1, 1),
        options={"ftol": 1e-12, "maxiter": 500},
    ).x
    length = np.sqrt(max(w @ products @ w, 0))
    return np.asarray(even + radius / length * w) if length > BALANCED else np.zeros(k)


def nash_mtl(gramian: Floats) -> Floats:
    """Solve G a = 1 / a, the bargain of Navon et al. 2022 (claim 3.1).

    Its solution is the least of a'G a / 2 - sum of log a, a convex and self-concordant function: damped Newton
    steps find it from any start (Nesterov 2004, section 4.1.5). They find the weights of the gradients at length
    1, from which those of the gradients as they are follow.
    """
    lengths = np.sqrt(np.diag(gramian))
    cosines = gramian / np.outer(lengths, lengths) + RIDGE * np.eye(len(gramian))
    weights = np.ones(len(gramian))
    for _ in range(NEWTON_STEPS):
        slope = cosines @ weights - 1 / weights
        move = np.linalg.solve(cosines + np.diag(weights**-2.0), slope)
        decrement = np.sqrt(max(slope @ move, 0))
        weights = weights - move / (1 + decrement if decrement > 0.25 else 1)
        if decrement < DECREMENT:
            break
    found: Floats = weights / lengths
    return found

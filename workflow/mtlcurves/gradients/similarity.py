"""Similarity of the tasks' gradients at one step of a training.

    G_ij = cos(g_i, g_j),  g_i = gradient of task i's loss by all weights of the shared encoder

from one forward pass, so with one dropout mask; heads are left out (second paper, equation 1). Every head reads a
copy of its own of the representations h, so one backward pass of the sum of the losses gives all dL_i/dh at once;
each is then taken through the encoder. G is NaN where one of the two has no label in the batch, or a
gradient of length 0, as of a head whose units are all switched off.

Where parts are told apart, the batch is cut into two halves A and B, which are random since its order is. With
g_i^A the gradient of task i's mean loss over its labels in A,

    within_ij = mean of cos(g_i^A, g_j^A) and cos(g_i^B, g_j^B)
    cross_ij  = mean of cos(g_i^A, g_j^B) and cos(g_i^B, g_j^A)
    same_ij   = within_ij - cross_ij

Gradients of different halves share no compound, so cross is what the tasks' expected gradients have in common.
Within a half they share the n_ij compounds with labels of both: E[g_i^A g_j^A] = mu_i mu_j + (n_ij / (n_i n_j)) tr
Cov(g_i(x), g_j(x)). The first term is that of cross; same is the second, in units of the same lengths. A mean is
of what is defined; same needs both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mtlcurves.gradients.dense import DenseLayer, gramian

Floats = npt.NDArray[np.float64]
PARTS = ("all", "cross", "same")


def step_similarities(
    losses: Tensor,
    copies: Tensor,
    representations: Tensor,
    weights: Sequence[Tensor],
    layers: Sequence[DenseLayer],
    parts: bool,
) -> dict[str, Floats]:
    """Compute the similarities of one step.

    Parameters
    ----------
    losses : Tensor, shape (tasks,)
        The tasks' losses on the batch, 0 without labels; their graph is kept.
    copies : Tensor, shape (tasks, compounds, hidden)
        What each head read: `representations`, expanded.
    representations : Tensor, shape (compounds, hidden)
        What the encoder gave.
    weights : sequence of Tensor
        Those of the encoder.
    layers : sequence of DenseLayer
        Dense layers that were watched in its forward pass.
    parts : bool
        Whether to tell parts apart.

    Returns
    -------
    dict of str to ndarray of float64, shape (tasks, tasks)
        Part to similarities; NaN where undefined.
    """
    (pulls,) = torch.autograd.grad(losses.sum(), copies, retain_graph=True)
    if not parts:
        return {"all": _cosines(gramian(representations, pulls, weights, layers))}
    n_tasks, n_rows, _ = pulls.shape
    in_first = (torch.arange(n_rows) < (n_rows + 1) // 2)[:, None]
    # a half's part of the gradient of the whole batch is a multiple of the half's own, and so of its direction
    halves = torch.cat([pulls * in_first, pulls * ~in_first])
    products = gramian(representations, halves, weights, layers)
    whole = products.reshape(2, n_tasks, 2, n_tasks).sum(dim=(0, 2))
    cosines = _cosines(products)
    first, second = slice(None, n_tasks), slice(n_tasks, None)
    within = _mean(cosines[first, first], cosines[second, second])
    cross = _mean(cosines[first, second], cosines[second, first])
    return {"all": _cosines(whole), "cross": cross, "same": within - cross}


def _cosines(products: Tensor) -> Floats:
    """Divide products by lengths; NaN where one is 0, as without labels."""
    lengths = products.diagonal().sqrt()
    cosines: Floats = (products / lengths[:, None] / lengths).double().numpy()
    return cosines


def _mean(one: Floats, other: Floats) -> Floats:
    """Mean of two arrays, of one alone where the other is NaN."""
    return np.where(np.isnan(one), other, np.where(np.isnan(other), one, (one + other) / 2))

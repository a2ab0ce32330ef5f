"""TAG affinities at one step of a training, exact and to first order.

    Z(from -> onto) = 1 - L_onto(after a step for from) / L_onto(before)

on the same batch, with the step taken in the shared weights alone (Fifty et al. 2021, equation 1). It does not
depend on how L_onto is normalised. The step's size does depend on L_from: it is the task's term of the joint loss.
To first order in the step, Z = rate g_from P g_onto / L_onto. The complement of a task is all others in one step:
its gradient is the sum of theirs.

An array of affinities has one row a task for steps for it, in order, and a last one for steps for the complement
of each column's task. Z is NaN where the source or the task has no label in the batch.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from mtlcurves.affinity.gramian import gramian
from mtlcurves.affinity.lookahead import Rule, Sgd
from mtlcurves.affinity.shared import Floats, SharedGradients


def first_order(shared: SharedGradients, rule: Sgd) -> Floats:
    """Affinities by the products of gradients.

    Parameters
    ----------
    shared : SharedGradients
        A training's batch.
    rule : Sgd
        How a source moves the weights, in proportion to its gradient.

    Returns
    -------
    ndarray, shape (tasks + 1, tasks)
        Z[from, onto], and in the last row Z(complement of onto -> onto).
    """
    products = gramian(shared, rule.scale)
    of_complements = products.sum(axis=0) - products.diagonal()
    falls = shared.learning_rate * np.vstack([products, of_complements])
    return _relative(shared, falls, shared.usable)


def exact(shared: SharedGradients, rule: Rule, sources: Iterable[int]) -> Floats:
    """Affinities by taking the step of each source and measuring the losses anew.

    Parameters
    ----------
    shared : SharedGradients
        A training's batch.
    rule : Rule
        How a source moves the weights.
    sources : iterable of int
        Tasks that steps are taken for, and whose complements' they are.

    Returns
    -------
    ndarray, shape (tasks + 1, tasks)
        As :func:`first_order`; NaN for tasks that are no sources too. With ``adam``, relative to the losses after
        the step for no gradient: (L after that - L after) / L before.
    """
    n_tasks, wanted = len(shared.counts), np.zeros(len(shared.counts), dtype=bool)
    joint = shared.dz()
    before = shared.losses_after(rule.move, np.zeros_like(joint)) if rule.has_rest else shared.losses
    falls = np.full((n_tasks + 1, n_tasks), np.nan)
    for source in sources:
        if shared.usable[source]:
            own = shared.dz(shared.of_task(source))
            falls[source] = before - shared.losses_after(rule.move, own)
            falls[-1, source] = (before - shared.losses_after(rule.move, joint - own))[source]
            wanted[source] = True
    return _relative(shared, falls, wanted)


def _relative(shared: SharedGradients, falls: Floats, sources: npt.NDArray[np.bool_]) -> Floats:
    """Divide by the losses; NaN where the source or the task is absent."""
    present = shared.counts > 0
    others = present.sum() - present
    known = np.vstack([sources[:, None] & shared.usable, sources & (others > 0)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(known, falls / shared.losses, np.nan)

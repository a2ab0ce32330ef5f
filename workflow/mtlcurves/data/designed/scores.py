"""Latent scores: what a designed task measures, a linear function of a compound's substructures.

The score of task t, standardised over the reference, is::

    s_t = sign_t sqrt(similarity) g + sqrt(background) sum_k b_tk f_k + sqrt(1 - similarity - background) o_t

where g is the factor of its group, f_k are the background factors with loadings b_t of length 1, and o_t is the
task's own. An independent task has o_t alone. Factors are sparse random linear functions of the substructures
(ECFP2 identifiers, not folded), each standardised over the reference. All is drawn by key, so that the scores of a
compound depend on its structure and the reference, not on which other compounds and tasks there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse

from mtlcurves.data.designed.draws import Floats, keyed_state, normals, one, sparse_normals
from mtlcurves.data.designed.roles import INDEPENDENT, families
from mtlcurves.data.fingerprints import compute_fingerprints
from mtlcurves.source_sections import DesignedSource

RADIUS = 1  # larger substructures are too rare to be learnt from a hundred labels
DENSITY = 0.1  # share of the substructures that a factor depends on
IDENTIFIERS = 2**31 - 1  # columns: hardly folded


class Loadings(NamedTuple):
    """What a task's score is made of.

    Attributes
    ----------
    group : str
        Its group; ``independent`` for none.
    sign : int
        1, or -1 for a task that turns what its group shares to its opposite.
    shared : dict of str to float
        Loadings of the factors that other tasks have too.
    own : float
        Loading of its own factor.
    """

    group: str
    sign: int
    shared: dict[str, float]
    own: float


def loadings_of(source: DesignedSource, task: str) -> Loadings:
    """Draw what a task's score is made of."""
    group = families(source)[task]
    if group == INDEPENDENT:
        return Loadings(group, 1, {}, 1.0)
    sign = -1 if one(source.seed, "sign", task) < source.negative else 1
    direction = normals(keyed_state(source.seed, "background", task), np.arange(source.factors))
    direction = np.sqrt(source.background) * direction / np.linalg.norm(direction)
    shared = {f"background {k}": float(loading) for k, loading in enumerate(direction)}
    own = max(1 - source.similarity - source.background, 0.0)
    return Loadings(group, sign, {group: sign * source.similarity**0.5} | shared, own**0.5)


def designed_similarity(one_task: Loadings, other: Loadings) -> float:
    """Correlation of two tasks' scores as designed; the realised one differs, since factors are not orthogonal."""
    shared = one_task.shared.keys() & other.shared.keys()
    return sum(one_task.shared[factor] * other.shared[factor] for factor in sorted(shared))


def latent_scores(
    source: DesignedSource, tasks: Sequence[str], smiles: Sequence[str], reference: Sequence[str]
) -> Floats:
    """Score compounds for tasks, without a measurement's error.

    Parameters
    ----------
    source : DesignedSource
        The design.
    tasks : sequence of str
        Designed tasks.
    smiles : sequence of str
        Compounds, canonical SMILES.
    reference : sequence of str
        Compounds over which each score has mean 0 and standard deviation 1.

    Returns
    -------
    ndarray of float64, shape (compounds, tasks)
    """
    substructures, identifiers = _substructures([*reference, *smiles])
    n_reference = len(reference)

    @cache
    def factor(name: str) -> Floats:
        weights = sparse_normals(keyed_state(source.seed, "factor", name), identifiers, DENSITY)
        return _standardised(substructures @ weights, n_reference)

    scores = np.empty((len(smiles), len(tasks)))
    for column, task in enumerate(tasks):
        loadings = loadings_of(source, task)
        score = loadings.own * factor(task)
        for name, loading in loadings.shared.items():
            score = score + loading * factor(name)
        scores[:, column] = _standardised(score, n_reference)[n_reference:]
    return scores


def _standardised(score: Floats, n_reference: int) -> Floats:
    reference = score[:n_reference]
    return np.asarray((score - reference.mean()) / (reference.std() or 1.0))


def _substructures(smiles: Sequence[str]) -> tuple[Any, Any]:
    """Which compound has which substructure, a column each, and the substructures' identifiers."""
    found = compute_fingerprints(smiles, RADIUS, IDENTIFIERS, 1)
    identifiers, columns = np.unique(found.indices, return_inverse=True)
    shape = (len(smiles), len(identifiers))
    return scipy.sparse.csr_array((np.ones(len(columns)), columns, found.indptr), shape=shape), identifiers

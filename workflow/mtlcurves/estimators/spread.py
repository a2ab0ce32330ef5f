"""How far weights scatter around 0, from trainings too few to tell the weights themselves.

Fewer trainings than tasks leave most combinations of weights unseen. What is seen says how large weights are on
the whole: if w_ij, times the largest extra labels of task j, is Normal(0, psi^2), the mean scores of a target are
normal too, with variance noise + psi^2 times what the design makes of it. The likelihood of all targets together
gives psi (empirical Bayes); it is averaged with a flat prior (Gelman 2006, doi 10.1214/06-BA117A), since its
largest value may lie at 0, where every weight would be 0 for certain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mtlcurves.curves.score_arrays import Floats
from mtlcurves.estimators.exposures import Exposures
from mtlcurves.estimators.label_effects import Problem

_SPREADS = np.linspace(0.002, 2.0, 1000)  # of an exponent
_FIRST = 0.1
_ROUNDS = 4  # the problems are made linear anew in each


def has_too_few_rows(data: Exposures) -> bool:
    """Say whether a design's trainings cannot tell all tasks' weights apart.

    Parameters
    ----------
    data : Exposures
        The raised trainings and their reference points.
    """
    extra = data.extra.mean(axis=1)
    raised = np.abs(extra).max(axis=0, initial=0.0) > 0
    # one level for each size is free
    level = (data.size[:, None] == np.unique(data.size)).astype(float)
    return bool(np.linalg.matrix_rank(np.hstack([level, extra[:, raised]])) < level.shape[1] + raised.sum())


def common_spread(problems: Sequence[Problem]) -> float:
    """Estimate the spread of all targets' weights, times the largest extra labels.

    Parameters
    ----------
    problems : sequence of Problem
        One for each target; those without an estimate of the noise are left out.
    """
    known = [problem for problem in problems if problem.noise_variance > 0]
    spread = _FIRST
    for _ in range(_ROUNDS if known else 0):
        likelihood = sum((_log_likelihood(problem, spread) for problem in known), np.zeros(len(_SPREADS)))
        share = np.exp(likelihood - likelihood.max())
        spread = float(np.sqrt(np.average(_SPREADS**2, weights=share)))
    return spread


def _log_likelihood(problem: Problem, spread: float) -> Floats:
    """Log-likelihood of each spread, the problem made linear at the weights that one of them gives."""
    z, jacobian = problem.others_alone(problem.solve(spread))
    vectors, singular, _ = np.linalg.svd(jacobian, full_matrices=False)
    seen = singular > 1e-8 * singular.max(initial=0.0)
    explained = (vectors[:, seen].T @ z) ** 2
    variance = problem.noise_variance / problem.n_rotations + np.outer(_SPREADS**2, singular[seen] ** 2)
    return np.asarray(-0.5 * (np.log(variance) + explained / variance).sum(axis=1))

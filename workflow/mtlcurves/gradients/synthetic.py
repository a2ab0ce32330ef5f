"""Similarity of gradients on simulated tasks whose true similarity is known (P2 section 4.8).

Eight tasks y_k = w_k x + noise on Gaussian features. The weights w are drawn so that their cosines are, on
average, those of a designed matrix: two clusters that oppose each other, and two tasks by themselves. With 20
weights a task the realised cosines differ from the designed ones by about 0.15, so both are kept; the realised
ones are the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from torch import nn

from mtlcurves.gradient_sections import SyntheticTruth
from mtlcurves.gradients.network import task_losses
from mtlcurves.gradients.similarity import step_similarities

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FEATURES, USED, HIDDEN, NOISE = 100, 20, 128, 0.5
EPOCHS, BATCH, RATE, EVERY = 50, 64, 1e-3, 10
WITHIN = {(0, 1): 0.7, (0, 2): 0.6, (1, 2): 0.5, (3, 4): 0.8, (3, 5): 0.6, (4, 5): 0.4}
BETWEEN = -0.3
TASKS = 8
ARMS = ("thinned", "core")
WINDOWS = ("all", "last_fifth")


class Simulated(NamedTuple):
    """Features (compounds, 100), values of unit variance (compounds, tasks), and weights (tasks, 20)."""

    features: Floats
    values: Floats
    weights: Floats


def designed() -> Floats:
    """Return the designed cosines, shape (8, 8)."""
    matrix = np.eye(TASKS)
    matrix[:3, 3:6] = matrix[3:6, :3] = BETWEEN
    for (i, j), value in WITHIN.items():
        matrix[i, j] = matrix[j, i] = value
    return matrix


def cosines(rows: Floats) -> Floats:
    """Return the cosines of rows with each other, shape (rows, rows)."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


def simulate(n_compounds: int, seed: int) -> Simulated:
    """Draw one data set."""
    rng = np.random.default_rng([seed, 0])
    weights = np.linalg.cholesky(designed()) @ rng.normal(size=(TASKS, USED))
    features = rng.normal(size=(n_compounds, FEATURES))
    clean = features[:, :USED] @ weights.T
    values = clean / clean.std(axis=0) + NOISE * rng.normal(size=clean.shape)
    return Simulated(features, values / values.std(axis=0), weights)


def labelled(arm: str, level: float, settings: SyntheticTruth, seed: int) -> Mask:
    """Choose which labels there are, shape (compounds, tasks).

    Parameters
    ----------
    arm : str
        ``thinned``: every task keeps a share of its labels; ``core``: all tasks have as many labels, at any level,
        of which a core is shared by all.
    level : float
        Share kept, or Jaccard overlap of every two tasks.
    settings : SyntheticTruth
        Compounds, and all levels: the lowest limits how many labels a task may have.
    seed : int
        Seed of the draw.
    """
    rng, n = np.random.default_rng([seed, 1]), settings.compounds
    mask = np.zeros((n, TASKS), bool)
    if arm == "thinned":
        for task in range(TASKS):
            mask[rng.permutation(n)[: round(level * n)], task] = True
        return mask
    lowest = _shared_part(min(settings.levels))
    n_labels = int(n / (TASKS * (1 - lowest) + lowest))
    order, n_core = rng.permutation(n), round(_shared_part(level) * n_labels)
    mask[order[:n_core]] = True
    for task in range(TASKS):
        start = n_core + task * (n_labels - n_core)
        mask[order[start : start + n_labels - n_core], task] = True
    return mask


def _shared_part(jaccard: float) -> float:
    """Part of a task's labels that it shares: Ochiai's overlap of tasks of one size."""
    return 2 * jaccard / (1 + jaccard)


def similarities(data: Simulated, mask: Mask, seed: int) -> dict[str, tuple[Floats, Floats]]:
    """Train one network of all tasks, and average the cosines of their gradients by the shared layers.

    Parameters
    ----------
    data : Simulated
        Data.
    mask : ndarray of bool, shape (compounds, tasks)
        Labels there are.
    seed : int
        Of weights and batches.

    Returns
    -------
    dict of str to tuple of ndarray, shape (tasks, tasks)
        Window (``all``, ``last_fifth``) to the mean over its logged steps, every tenth, and how many these were;
        NaN where two tasks never had labels in one batch.
    """
    torch.manual_seed(seed)
    trunk = nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU())
    heads = nn.Linear(HIDDEN, TASKS)
    weights = list(trunk.parameters())
    optimiser = torch.optim.Adam([*weights, *heads.parameters()], RATE)
    x, y = (torch.from_numpy(array).float() for array in (data.features, np.where(mask, data.values, np.nan)))
    rows = torch.from_numpy(np.flatnonzero(mask.any(axis=1)))
    sums = {window: (np.zeros((TASKS, TASKS)), np.zeros((TASKS, TASKS))) for window in WINDOWS}
    step = 0
    for epoch in range(EPOCHS):
        for batch in rows[torch.randperm(len(rows))].split(BATCH):  # type: ignore[no-untyped-call]
            representations = trunk(x[batch])
            copies = representations.expand(TASKS, -1, -1)
            predicted = torch.einsum("tbh,th->tb", copies, heads.weight) + heads.bias[:, None]
            losses = task_losses(predicted, y[batch].T, "value")
            if step % EVERY == 0:
                cosine = step_similarities(losses.of_task, copies, representations, weights, [], parts=False)[
                    "all"
                ]
                for window, (total, count) in sums.items():
                    if window == "all" or epoch >= EPOCHS - EPOCHS // 5:
                        total += np.nan_to_num(cosine)
                        count += np.isfinite(cosine)
            optimiser.zero_grad()
            losses.joint().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            step += 1
    with np.errstate(invalid="ignore"):
        return {window: (total / count, count) for window, (total, count) in sums.items()}


def run(settings: SyntheticTruth) -> pd.DataFrame:
    """Train at every level of both arms, on every simulated data set.

    Returns
    -------
    pandas.DataFrame
        Schema ``synthetic_pairs``.
    """
    torch.set_num_threads(1)
    return pd.DataFrame(list(_rows(settings)))


def _rows(settings: SyntheticTruth) -> Iterator[dict[str, object]]:
    truth = designed()
    for seed in range(settings.seeds):
        data = simulate(settings.compounds, seed)
        realised = cosines(data.weights)
        for arm in ARMS:
            for level in settings.levels:
                mask = labelled(arm, level, settings, seed)
                shared = cosines(mask.T.astype(float))  # of columns of 0 and 1: Ochiai's overlap
                known = {"designed": truth, "realised": realised, "ochiai": shared}
                for window, (similarity, n_batches) in similarities(data, mask, seed).items():
                    keys = {"arm": arm, "level": level, "seed": seed, "window": window}
                    found = known | {"similarity": similarity, "n_batches": n_batches}
                    for i, j in combinations(range(TASKS), 2):
                        names = {"task_a": f"task {i}", "task_b": f"task {j}"}
                        yield keys | names | {name: matrix[i, j] for name, matrix in found.items()}

"""Task2Vec, a rival of gradient similarity, as published in the second paper and in a fair form.

A task is embedded by the Fisher information of a network's weights, diagonal alone (Achille et al. 2019). In the
published form every task has a network of its own with weights drawn anew, so that the same entry of two
embeddings belongs to unrelated weights, and gradients are squared after they are averaged over a batch, which is
no Fisher information. The fair form has one trunk for all tasks, trained on all of them and then held fixed, a
linear head for each task, and the information itself: the expectation of the squared gradient of every compound's
log-likelihood.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cosine_similarity

PUBLISHED, FAIR = "published", "fair"
COLUMNS = 2048
HIDDEN, EPOCHS, BATCH, RATE = 256, 10, 128, 1e-3

Labels = npt.NDArray[np.float32]


def compare_embeddings(
    features: npt.NDArray[np.float32], labels: Labels, tasks: list[str], kind: str, seeds: int
) -> pd.DataFrame:
    """Embed every task in both forms, and compare the embeddings of every two.

    Parameters
    ----------
    features : ndarray of float32, shape (compounds, columns)
        Fingerprints.
    labels : ndarray of float32, shape (compounds, tasks)
        Classes, or values of unit variance; NaN where there is none.
    tasks : list of str
        Names of the tasks.
    kind : str
        ``class`` or ``value``.
    seeds : int
        Networks drawn.

    Returns
    -------
    pandas.DataFrame
        Schema ``task2vec``.
    """
    torch.set_num_threads(1)
    x, y = torch.from_numpy(features), torch.from_numpy(labels)
    rows = []
    for seed in range(seeds):
        for form, embed, alike in ((PUBLISHED, _published, _cosine), (FAIR, _fair, normalised_cosine)):
            embeddings = embed(x, y, kind, seed)
            for i, j in combinations(range(len(tasks)), 2):
                names = {"form": form, "seed": seed, "task_a": tasks[i], "task_b": tasks[j]}
                rows.append(names | {"similarity": alike(embeddings[i], embeddings[j])})
    return pd.DataFrame(rows)


def training_table(
    fingerprints: Any, compounds: pd.DataFrame, labels: pd.DataFrame, tasks: list[str], kind: str, split: str
) -> tuple[npt.NDArray[np.float32], Labels]:
    """Gather the fingerprints and labels of the first rotation's training folds.

    Parameters
    ----------
    fingerprints : scipy.sparse.csr_array
        The study's, one row per compound; folded further, to at most 2,048 columns.
    compounds, labels : pandas.DataFrame
        Tables ``compounds`` and ``labels``.
    tasks : list of str
        Tasks.
    kind : str
        ``class`` or ``value``.
    split : str
        scaffold or compound.

    Returns
    -------
    features, labels : ndarray of float32
        As :func:`compare_embeddings` takes them.
    """
    entries = fingerprints.tocoo()
    features = np.zeros((fingerprints.shape[0], min(COLUMNS, fingerprints.shape[1])), np.float32)
    features[entries.row, entries.col % COLUMNS] = 1
    column = "label" if kind == "class" else "value"
    wide = labels.pivot(index="smiles", columns="task", values=column).reindex(compounds["smiles"])[tasks]
    known = wide.to_numpy(np.float32, na_value=np.nan)
    fold = compounds[f"fold_{split}"]
    # the last two folds are tested on and decide when training ends
    train = (fold < fold.max() - 1).to_numpy() & ~np.isnan(known).all(axis=1)
    known = known[train]
    if kind == "value":
        known = (known - np.nanmean(known, axis=0)) / np.nanstd(known, axis=0)
    return features[train], known


def _cosine(one: Tensor, other: Tensor) -> float:
    return float(cosine_similarity(one, other, dim=0))


def normalised_cosine(one: Tensor, other: Tensor) -> float:
    """Return the cosine of two embeddings, each entry divided by its sum over both (Achille et al.)."""
    total = (one + other).clamp(min=torch.finfo(one.dtype).tiny)
    return _cosine(one / total, other / total)


def _published(x: Tensor, y: Tensor, kind: str, seed: int) -> list[Tensor]:
    """Square batch-mean gradients by the first layer of a network of each task's own."""
    embeddings = []
    for task in range(y.shape[1]):
        torch.manual_seed(1000 * seed + task)
        layer, head = _network(x.shape[1], 1)
        network = nn.Sequential(layer, nn.ReLU(), head)
        rows = torch.nonzero(~y[:, task].isnan()).flatten()
        own = y[rows, task : task + 1]
        _fit(network, x[rows], own, kind)
        squares = []
        for batch in torch.arange(len(rows)).split(BATCH):  # type: ignore[no-untyped-call]
            loss = _loss(network(x[rows[batch]]), own[batch], kind)
            squares.append(torch.autograd.grad(loss, layer.weight)[0] ** 2)
        embeddings.append(torch.stack(squares).mean(dim=0).flatten())
    return embeddings


def _fair(x: Tensor, y: Tensor, kind: str, seed: int) -> list[Tensor]:
    """Take the Fisher information of the weights of one trunk that is the same for all tasks."""
    torch.manual_seed(seed)
    layer, heads = _network(x.shape[1], y.shape[1])
    _fit(nn.Sequential(layer, nn.ReLU(), heads), x, y, kind)
    with torch.no_grad():
        hidden = torch.relu(layer(x))
    heads = nn.Linear(HIDDEN, y.shape[1])
    _fit(heads, hidden, y, kind)
    with torch.no_grad():
        known = ~y.isnan()
        return [fisher(x, hidden, heads, task, known[:, task], kind).flatten() for task in range(y.shape[1])]


def fisher(x: Tensor, hidden: Tensor, heads: nn.Linear, task: int, rows: Tensor, kind: str) -> Tensor:
    """Return the diagonal of a task's Fisher information of the trunk's weights.

    With a logit z = v relu(W x) the gradient of a compound's log-likelihood by W is (y - p) v 1[h > 0] x, and the
    square of y - p is p (1 - p) in expectation (of values with unit noise: 1).

    Parameters
    ----------
    x, hidden : Tensor, shape (compounds, columns) and (compounds, hidden)
        Features, and what the trunk gives of them.
    heads : Linear
        Heads of all tasks.
    task : int
        Task.
    rows : Tensor of bool, shape (compounds,)
        Compounds with a label of it.
    kind : str
        ``class`` or ``value``.

    Returns
    -------
    Tensor, shape (hidden, columns)
    """
    probability = torch.sigmoid(heads(hidden[rows])[:, task])
    variance = probability * (1 - probability) if kind == "class" else torch.ones_like(probability)
    pull = variance[:, None] * (hidden[rows] > 0) * heads.weight[task] ** 2
    return pull.T @ x[rows] ** 2 / int(rows.sum())


def _network(n_columns: int, n_tasks: int) -> tuple[nn.Linear, nn.Linear]:
    return nn.Linear(n_columns, HIDDEN), nn.Linear(HIDDEN, n_tasks)


def _loss(output: Tensor, labels: Tensor, kind: str) -> Tensor:
    """Return the mean loss of the labels there are."""
    known = ~labels.isnan()
    if kind == "class":
        return binary_cross_entropy_with_logits(output[known], labels[known])
    return ((output[known] - labels[known]) ** 2).mean()


def _fit(network: nn.Module, x: Tensor, y: Tensor, kind: str) -> None:
    optimiser = torch.optim.Adam(network.parameters(), RATE)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):  # type: ignore[no-untyped-call]
            loss = _loss(network(x[batch]), y[batch], kind)
            if not loss.isnan():  # no label in the batch
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()

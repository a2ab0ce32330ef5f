"""Whether known groups of tasks come back from the similarity of their gradients (P2 section 4.4).

NMI is not corrected for chance: random partitions into nine groups of twelve tasks have 0.845. So ARI and AMI,
which are, stand beside it with the share of random partitions of the same sizes that do as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.special import xlogy
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    normalized_mutual_info_score,
)

from mtlcurves.grouping.matrices import distances
from mtlcurves.reasons import explained
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import Floats, similarities, status_of, tasks_of

NAME = "pathway_recovery"
Linkage = Literal["average", "complete", "ward"]
LINKAGES: tuple[Linkage, ...] = ("average", "complete", "ward")
PERMUTATIONS = 999
MIN_TASKS = 4
MEASURES = {
    "ari": adjusted_rand_score,
    "nmi": normalized_mutual_info_score,
    "ami": adjusted_mutual_info_score,
}

Labels = npt.NDArray[np.intp]


def recover(
    similarity: pd.DataFrame, groups: Mapping[str, Mapping[str, str]], partitions: Sequence[str]
) -> pd.DataFrame:
    """Cluster tasks by similarity and compare the clusters with reference groups.

    Parameters
    ----------
    similarity : pandas.DataFrame
        Table ``gradient_similarity``.
    groups : mapping of str to mapping
        Task to its group in every partition; without a name it is a group of its own.
    partitions : sequence of str
        Partitions.

    Returns
    -------
    pandas.DataFrame
        Schema ``pathway_recovery``.
    """
    tasks = tasks_of(similarity)
    rows = []
    for keys, matrix in similarities(similarity, tasks):
        known = complete(matrix)
        cut, status = matrix[np.ix_(known, known)], status_of(similarity, keys)
        for partition in partitions:
            names = [groups[tasks[k]].get(partition, "") or f"\0{k}" for k in known]
            reference = np.unique(names, return_inverse=True)[1]
            for method in LINKAGES:
                found = _row(cut, reference, method)
                reason = explained(str(found["status"]), gradients=status)
                rows.append(keys | {"partition": partition, "linkage": method} | found | {"status": reason})
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def complete(matrix: Floats) -> Labels:
    """Return the tasks left when those with most unknown pairs are taken out until every pair is known."""
    left = np.arange(len(matrix))
    while len(left):
        unknown = np.isnan(matrix[np.ix_(left, left)]).sum(axis=0) - 1  # of the task itself
        if unknown.max() == 0:
            break
        left = np.delete(left, unknown.argmax())
    return left


def clusters(matrix: Floats, n_clusters: int, method: Linkage) -> Labels:
    """Cluster tasks hierarchically by 1 - similarity.

    Parameters
    ----------
    matrix : ndarray, shape (K, K)
        Similarities, symmetric.
    n_clusters : int
        Clusters to cut the tree to.
    method : str
        average, complete or ward; 1 - similarity is no Euclidean distance, which Ward's method is made for, so
        that it is shown because it is published.

    Returns
    -------
    ndarray of int, shape (K,)
        Cluster of each task.
    """
    tree = linkage(squareform(distances(matrix), checks=False), method)
    return np.asarray(fcluster(tree, n_clusters, "maxclust"))


def _row(matrix: Floats, reference: Labels, method: Linkage) -> dict[str, object]:
    n_clusters = len(np.unique(reference))
    counts = {"n_tasks": len(reference), "n_clusters": n_clusters}
    if len(reference) < MIN_TASKS:
        return counts | {"status": f"{len(reference)} tasks have similarities with all others; {MIN_TASKS} needed"}
    if n_clusters in (1, len(reference)):
        return counts | {"status": "the partition has one group, or none of several tasks"}
    found = clusters(matrix, n_clusters, method)
    return counts | _scores(reference, found) | {"status": "ok"}


def _scores(reference: Labels, found: Labels) -> dict[str, float]:
    scores = {name: float(measure(reference, found)) for name, measure in MEASURES.items()}
    rng = np.random.default_rng(0)
    shuffled = np.array([found, *(rng.permutation(found) for _ in range(PERMUTATIONS))])
    # group sizes stay, so ARI rises with the pairs of tasks that are together in both and AMI with the information
    joint = _joint_counts(reference, shuffled)
    together = (joint**2).sum(axis=1)
    information = xlogy(joint, joint).sum(axis=1)
    p = {f"{name}_p": _share(chance) for name, chance in (("ari", together), ("ami", information))}
    sizes = [np.unique(labels, return_counts=True)[1] for labels in (reference, found)]
    of_groups = [float(xlogy(size, size).sum()) for size in sizes]
    n = len(reference)
    entropy = np.log(n) - sum(of_groups) / 2 / n
    mutual = (information - sum(of_groups)) / n + np.log(n)
    return scores | p | {"nmi_of_chance": float(mutual[1:].mean() / entropy)}


def _joint_counts(reference: Labels, shuffled: Labels) -> Floats:
    """Count the tasks of every group and cluster; shape (partitions, groups x clusters)."""
    columns = shuffled.max() + 1
    codes = reference * columns + shuffled
    cells = (reference.max() + 1) * columns
    counts = np.bincount((codes + cells * np.arange(len(codes))[:, None]).ravel(), minlength=cells * len(codes))
    return counts.reshape(len(codes), cells).astype(float)


def _share(statistic: Floats) -> float:
    """Return the share of partitions that do as well as the first, itself counted."""
    return float((statistic >= statistic[0] - 1e-9).mean())

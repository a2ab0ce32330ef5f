"""How many compounds tasks share, and whether the similarity of their gradients could be seen through that.

As far as a task's gradient averages to nothing over compounds, two tasks' batch gradients agree by the compounds
that both have labels of:

    G = o rho,   o = n_shared / sqrt(n_a n_b) of a batch, mean over batches with labels of both

with the similarity rho on the same compounds. What the averages have in common (part cross) comes on top of it
and needs no shared compound; on Tox21 it does not tell which tasks are related. Where tasks have several labels
in a batch, o is the Ochiai overlap of all labels (:mod:`~mtlcurves.similarity.batch_overlap`). G shrinks in
proportion to o, and no overlap is a threshold. What decides is noise: the mean of L logged batches scatters by s
/ sqrt(L), and a similarity on the same compounds must be larger than 2 s / (o sqrt(L)) to be told from none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from mtlcurves.errors import DataError
from mtlcurves.gradient_runs import folds_of_rows
from mtlcurves.gradient_sections import Gradients
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.batch_overlap import batch_overlap, both_present

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

NOISE = {"gcn": 0.5, "gat": 0.5, "cnn": 0.5, "ecfp": 0.2}
"""Standard deviation of one batch's similarity, assumed for each encoder.

With a graph network 0.2 to 0.6 were measured on Tox21 and SIDER, with fingerprints 0.04 to 0.28 on four data sets;
others are taken to be as noisy as graphs.
"""
RELATED = 0.1
"""Similarity on the same compounds of tasks that have something in common: ATAD5 and p53, ARE and MMP of Tox21."""
CLOSE = 0.25
"""The same of closest relatives: AR and its ligand-binding domain, ER and its. All published for a GCN."""
USABLE, CLOSE_ONLY = "usable", "close relations only"
FEW_SHARED, TOO_NOISY = "not usable: too few shared compounds", "not usable: too noisy"
UNLOGGED = "not usable: not enough logged"
ADVICE = (USABLE, CLOSE_ONLY, TOO_NOISY, UNLOGGED, FEW_SHARED)


@dataclass(frozen=True)
class Pairs:
    """Pairs of tasks, what they share, and what would be seen of their gradients.

    Attributes
    ----------
    n_a, n_b, both : ndarray of int64, shape (pairs,)
        Compounds with labels of either task, and of both.
    n_compounds : int
        Compounds with a label of any task.
    logged : float
        Logged batches, with labels of whichever tasks.
    gradients : mtlcurves.gradient_sections.Gradients
        How trainings would be logged.
    """

    n_a: Counts
    n_b: Counts
    both: Counts
    n_compounds: int
    logged: float
    gradients: Gradients

    def batch_ochiai(self) -> Floats:
        """Return the overlap in the batches with labels of both."""
        return batch_overlap(*self._parts(), self.gradients.training.batch)

    def batches(self) -> Floats:
        """Return the number of logged batches with labels of both, expected."""
        return self.logged * both_present(*self._parts(), self.gradients.training.batch)

    def detectable(self) -> Floats:
        """Return the smallest similarity on the same compounds that is seen; infinite where none is shared."""
        seen_from = 2 * noise_of(self.gradients) / np.sqrt(self.batches())
        with np.errstate(divide="ignore"):
            return np.where(self.both > 0, seen_from / self.batch_ochiai(), np.inf)

    def advice(self, least: float) -> npt.NDArray[np.object_]:
        """Say whether gradients can be compared, of pairs that need so many shared compounds."""
        detectable = self.detectable()
        # every training must log enough of them, or the pair has no number in it
        trainings = self.gradients.rotations * self.gradients.seeds
        unlogged = self.batches() / trainings < self.gradients.log.min_batches
        return np.select(
            [self.both < least, unlogged, detectable > CLOSE, detectable > RELATED],
            [FEW_SHARED, UNLOGGED, TOO_NOISY, CLOSE_ONLY],
            USABLE,
        ).astype(object)

    def with_measured(self, m: Counts) -> Pairs:
        """Return the same with so many compounds of each pair's larger task measured in the smaller one, too."""
        larger_a = self.n_a >= self.n_b
        n_a, n_b = self.n_a + np.where(larger_a, 0, m), self.n_b + np.where(larger_a, m, 0)
        return replace(self, n_a=n_a, n_b=n_b, both=self.both + m)

    def _parts(self) -> tuple[Floats, Floats, Floats]:
        return self.n_a / self.n_compounds, self.n_b / self.n_compounds, self.both / self.n_compounds


def overlap_table(
    labels: pd.DataFrame, tasks: Sequence[str], gradients: Gradients, fold_count: int
) -> pd.DataFrame:
    """Count what every two tasks share, by every denominator, and say whether gradients can be compared.

    Parameters
    ----------
    labels : pandas.DataFrame
        Columns smiles and task, each pair once.
    tasks : sequence of str
        The study's tasks.
    gradients : mtlcurves.gradient_sections.Gradients
        How trainings would be logged, and how many shared compounds of which rows a correlation needs.
    fold_count : int
        Folds of the study; two of them are not trained on.

    Returns
    -------
    pandas.DataFrame
        Schema ``overlap``, pairs in the order of the tasks.

    Raises
    ------
    mtlcurves.errors.DataError
        When there is one task only.
    """
    if len(tasks) < 2:
        raise DataError(f"tasks: {', '.join(map(repr, tasks))} is one task alone; overlap is of two")
    shared, n_compounds = shared_compounds(labels, tasks)
    a, b = np.triu_indices(len(tasks), k=1)
    n, both = np.diagonal(shared), shared[a, b]
    logged = logged_batches(gradients, round(n_compounds * (fold_count - 2) / fold_count))
    pairs = Pairs(n[a], n[b], both, n_compounds, logged, gradients)
    # labels are correlated over the compounds of some folds, which have their part of the shared ones
    least = gradients.min_shared * fold_count / len(folds_of_rows(0, fold_count)[gradients.rows])
    detectable = pairs.detectable()
    names = np.asarray(tasks, dtype=object)
    table = pd.DataFrame(
        {
            "task_a": names[a],
            "task_b": names[b],
            "n_a": n[a],
            "n_b": n[b],
            "n_shared": both,
            "jaccard": both / (n[a] + n[b] - both),
            "ochiai": both / np.sqrt(n[a] * n[b]),
            "smaller": both / np.minimum(n[a], n[b]),
            "of_all": both / n_compounds,
            "shared_per_batch": gradients.training.batch * both / n_compounds,
            "batch_ochiai": pairs.batch_ochiai(),
            "batches": pairs.batches(),
            "detectable": np.where(np.isfinite(detectable), detectable, np.nan),
            "advice": pairs.advice(least),
            "to_measure": _to_measure(pairs, least),
        }
    )
    return table[list(SCHEMAS["overlap"].columns)]


def label_view_row(labels: pd.DataFrame, tasks: Sequence[str]) -> dict[str, float]:
    """Count a view's labels, and what every two tasks share (schema ``label_views`` but for view and seed)."""
    shared, n_compounds = shared_compounds(labels, tasks)
    a, b = np.triu_indices(len(tasks), k=1)
    n = np.diagonal(shared)
    jaccard = shared[a, b] / (n[a] + n[b] - shared[a, b])
    return {
        "n_compounds": n_compounds,
        "n_labels": n.sum(),
        "least_labels": n.min(),
        "most_labels": n.max(),
        "jaccard": jaccard.mean(),
        "jaccard_least": jaccard.min(),
        "jaccard_most": jaccard.max(),
        "ochiai": (shared[a, b] / np.sqrt(n[a] * n[b])).mean(),
    }


def shared_compounds(labels: pd.DataFrame, tasks: Sequence[str]) -> tuple[npt.NDArray[np.int64], int]:
    """Count the compounds that every two tasks share; on the diagonal those of each task.

    Parameters
    ----------
    labels : pandas.DataFrame
        Columns smiles and task, each pair once.
    tasks : sequence of str
        Tasks of the rows and columns.

    Returns
    -------
    shared : ndarray of int64, shape (K, K)
        Compounds with labels of both tasks.
    n_compounds : int
        Compounds with a label of any.
    """
    task = pd.Index(list(tasks)).get_indexer(pd.Index(labels["task"]))
    compound, found = pd.factorize(labels["smiles"].to_numpy()[task >= 0])
    cells = (np.ones(len(compound), dtype=np.int64), (compound, task[task >= 0]))
    has = sparse.csr_array(cells, shape=(len(found), len(tasks)))
    return (has.T @ has).toarray(), len(found)


def noise_of(gradients: Gradients) -> float:
    """Return the standard deviation of one batch's similarity, assumed for the noisiest encoder of a study."""
    return max(NOISE[encoder] for encoder in gradients.encoders)


def expected_epochs(gradients: Gradients) -> int:
    """Guess how long trainings run: half of the epochs that they may, but never less than ``patience`` and one."""
    training = gradients.training
    return max(math.ceil(training.epochs / 2), min(training.epochs, training.patience + 1))


def logged_batches(gradients: Gradients, n_train: int) -> float:
    """Say how many batches are logged in the window that similarities are the mean of, in all trainings.

    Parameters
    ----------
    gradients : mtlcurves.gradient_sections.Gradients
        The study's section.
    n_train : int
        Compounds that are trained on.
    """
    training, log = gradients.training, gradients.log
    trainings = gradients.rotations * gradients.seeds
    if log.window == "frozen":
        return 30 * trainings
    epochs = expected_epochs(gradients)
    counted = math.ceil(epochs / 5) if log.window == "last_fifth" else epochs
    return trainings * counted * math.ceil(n_train / training.batch) / log.every


def _to_measure(pairs: Pairs, least: float) -> pd.Series:
    """Find the fewest compounds to measure until a pair is usable, by halves; null where all would not do."""

    def usable(m: Counts) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = pairs.with_measured(m).advice(least) == USABLE
        return found

    low = np.full(len(pairs.both), -1)  # not enough
    high = np.maximum(pairs.n_a, pairs.n_b) - pairs.both
    feasible = usable(high)
    while (open_ := high - low > 1).any():
        middle = np.where(open_, (low + high) // 2, high)
        enough = usable(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return pd.Series(high).where(feasible).astype("Int32")

"""How the labels of two tasks go together (E), over the compounds that have both, and how well that is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

OK = "ok"
FEW_IN_HALVES = "too few pairs with a correlation in both halves"
SPLITS = 10
ROUNDING = 1e-12  # a constant column's variance, of 1, is less than this


class Correlation(NamedTuple):
    """Correlation of two tasks' labels; NaN where it is undefined, with the reason as status."""

    n_shared: int
    pearson: float = math.nan
    standard_error: float = math.nan
    phi_of_most: float = math.nan
    spearman: float = math.nan
    status: str = OK


class LabelTable:
    """Labels of compounds in tasks, as correlations need them.

    Parameters
    ----------
    labels : pandas.DataFrame
        Columns smiles, task and ``label``, or ``value`` where the labels have no classes, each pair once.
    compounds : pandas.DataFrame
        Schema ``compounds``, or its columns smiles, key and those of folds.
    tasks : sequence of str
        The study's tasks.
    min_shared : int
        Compounds with labels of both tasks that a pair needs.

    Attributes
    ----------
    cells : ndarray, shape (compounds, tasks)
        Labels; NaN where there is none.
    classes : bool
        Whether they are 0 and 1.
    """

    def __init__(
        self, labels: pd.DataFrame, compounds: pd.DataFrame, tasks: Sequence[str], min_shared: int
    ) -> None:
        self.compounds, self.tasks, self.min_shared = compounds, list(tasks), min_shared
        self.classes = bool(labels["label"].notna().all())
        found = labels["label" if self.classes else "value"].to_numpy(float)
        row = pd.Index(compounds["smiles"]).get_indexer(pd.Index(labels["smiles"]))
        task = pd.Index(self.tasks).get_indexer(pd.Index(labels["task"]))
        self.cells = np.full((len(compounds), len(self.tasks)), np.nan)
        self.cells[row[task >= 0], task[task >= 0]] = found[task >= 0]

    def correlations(self, fold: str, rows: Mapping[str, Sequence[int]]) -> pd.DataFrame:
        """Correlate every two tasks, over one choice of compounds after the other.

        Parameters
        ----------
        fold : str
            Column with each compound's fold.
        rows : mapping of str to sequence of int
            Names of the choices, with the folds of their compounds.

        Returns
        -------
        pandas.DataFrame
            Schema ``task_correlation`` but for view, seed and rotation.
        """
        found = [
            {"rows": name, "task_a": a, "task_b": b, **pair._asdict()}
            for name, folds in rows.items()
            for a, b, pair in self._pairs(self._chosen(fold, folds))
        ]
        return pd.DataFrame(found, columns=["rows", "task_a", "task_b", *Correlation._fields])

    def reliabilities(self, fold: str, rows: Mapping[str, Sequence[int]]) -> pd.DataFrame:
        """Say how well the correlations of each choice of compounds are known, by their halves.

        The compounds are divided in two by a bit of their keys, ten times by ten bits. The correlation over pairs
        of tasks of what the halves give is stepped up to the whole (Spearman and Brown). Standard errors would do
        as well for many compounds; with few active ones they are too small.

        Parameters
        ----------
        fold, rows
            As :meth:`correlations`.

        Returns
        -------
        pandas.DataFrame
            Schema ``correlation_reliability`` but for view, seed and rotation.
        """
        return pd.DataFrame(
            [{"rows": name, **self._reliability(self._chosen(fold, f))} for name, f in rows.items()]
        )

    def _reliability(self, chosen: Mask) -> dict[str, object]:
        cells = self.cells[chosen]
        n_pairs = int(np.isfinite(pairwise_pearson(cells, self.min_shared)).sum())
        keys, halves = self.compounds["key"].to_numpy(np.uint64)[chosen], []
        for bit in range(SPLITS):
            first = (keys >> np.uint64(bit)) % np.uint64(2) == 0
            pair = np.array([pairwise_pearson(cells[half], self.min_shared // 4) for half in (first, ~first)])
            halves.append(pair[:, np.isfinite(pair).all(axis=0)])
        n_in_halves = min(half.shape[1] for half in halves)
        found = {"n_pairs": n_pairs, "n_in_halves": n_in_halves}
        if n_in_halves < max(3, n_pairs / 2):
            return found | {"reliability": math.nan, "status": FEW_IN_HALVES}
        mean = float(np.mean([np.corrcoef(*half)[0, 1] for half in halves]))
        return found | {"reliability": max(0.0, 2 * mean / (1 + mean)), "status": OK}

    def _chosen(self, fold: str, folds: Sequence[int]) -> Mask:
        chosen: Mask = self.compounds[fold].isin(folds).to_numpy()
        return chosen

    def _pairs(self, chosen: Mask) -> Iterator[tuple[str, str, Correlation]]:
        cells = np.asfortranarray(self.cells[chosen])
        for a, b in combinations(range(len(self.tasks)), 2):
            names = self.tasks[a], self.tasks[b]
            yield *names, correlate(cells[:, a], cells[:, b], self.classes, self.min_shared, names)


def pairwise_pearson(cells: Floats, least: int) -> Floats:
    """Correlate every two columns over the rows known in both, all at once.

    Parameters
    ----------
    cells : ndarray, shape (rows, columns)
        Numbers; NaN where there is none.
    least : int
        Rows known in both that a pair needs.

    Returns
    -------
    ndarray, shape (pairs,)
        Correlations, NaN where undefined, pairs in the order of :func:`itertools.combinations`.
    """
    known = np.isfinite(cells).astype(float)
    zeros = np.where(known > 0, cells, 0)
    n = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known > 0, cells - zeros.sum(axis=0) / n, 0)
    spread = np.sqrt((centred**2).sum(axis=0) / n)
    x = centred / np.where(spread > 0, spread, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = known.T @ known
        mean = x.T @ known / shared  # of the row's task, where the column's is known too
        variance = (x**2).T @ known / shared - mean**2
        variance[(shared < least) | (variance < ROUNDING)] = np.nan
        correlation = (x.T @ x / shared - mean * mean.T) / np.sqrt(variance * variance.T)
    pairs: Floats = correlation[np.triu_indices(cells.shape[1], 1)]
    return pairs


def correlate(
    first: Floats, second: Floats, classes: bool, min_shared: int, names: tuple[str, str] = ("a", "b")
) -> Correlation:
    """Correlate two tasks' labels over the compounds that have both.

    The standard error is that of Pearson's correlation of large samples, whatever the distribution: the standard
    deviation of x y - r (x^2 + y^2) / 2 over sqrt(n), with standardised x and y.

    Parameters
    ----------
    first, second : ndarray, shape (n,)
        A label of every compound; NaN where there is none.
    classes : bool
        Whether labels are 0 or 1: Pearson's correlation is phi then, and the rank correlation too.
    min_shared : int
        Compounds with both labels that are needed.
    names : tuple of str
        The tasks' names, for the status.
    """
    both = np.isfinite(first) & np.isfinite(second)
    x, y = first[both], second[both]
    n = len(x)
    if n < min_shared:
        return Correlation(n, status=f"fewer than {min_shared} shared compounds")
    for values, name in zip((x, y), names, strict=True):
        if np.ptp(values) == 0:
            return Correlation(n, status=f"{'one class' if classes else 'one value'} only of {name}")
    pearson, error = _pearson(x, y)
    if classes:
        return Correlation(n, pearson, error, pearson / _most(pearson, x.mean(), y.mean()), pearson)
    return Correlation(n, pearson, error, spearman=_pearson(rankdata(x), rankdata(y))[0])


def _pearson(x: Floats, y: Floats) -> tuple[float, float]:
    """Pearson's correlation and its standard error."""
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    r = float(np.clip((x * y).mean(), -1, 1))
    return r, float((x * y - r * (x**2 + y**2) / 2).std() / math.sqrt(len(x)))


def _most(phi: float, p: float, q: float) -> float:
    """Return the largest phi, of this sign, that two prevalences allow (Ferguson 1941); above 0."""
    if phi < 0:  # as far as one is inactive where the other is active
        q = 1 - q
    less, more = sorted((p, q))
    return math.sqrt(less * (1 - more) / (more * (1 - less)))

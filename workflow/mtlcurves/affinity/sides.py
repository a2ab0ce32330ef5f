"""The two sides that are compared: affinities of gradients, and weights read off learning curves, as matrices.

Rows are targets (``onto``), columns auxiliaries (``from``). What all other tasks do to a target together, the
complement's affinity and a_iS, is one number of each target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.curves.fold_labels import fold_labels

Floats = npt.NDArray[np.float64]

PAIR, COMPLEMENT = "task", "complement"
LARGEST, SMALLEST, MEAN = "largest size", "smallest size", "mean of sizes"
PER_LABEL, PER_FOLD = "per label", "per fold"
CENTRED, TOGETHER, DIFFERENCE = ", less the target's mean", ", drawn together", "difference"


class Gradients(NamedTuple):
    """Affinities, centred by recipient where they are of pairs; shape (K, K) or (K,)."""

    scope: str
    affinity: str
    sizes: str
    values: Floats


class Curves(NamedTuple):
    """Weights of one metric, with their standard errors where these have a meaning; shape (K, K) or (K,)."""

    scope: str
    metric: str
    estimator: str
    coefficient: str
    version: str
    values: Floats
    errors: Floats | None = None


def gradient_sides(means: pd.DataFrame, tasks: Sequence[str]) -> list[Gradients]:
    """List the affinities that are compared: at the largest and smallest size logged, and averaged over sizes.

    Parameters
    ----------
    means : pandas.DataFrame
        Table ``tag_affinity``.
    tasks : sequence of str
        Tasks of the rows and columns.
    """
    own = means[means["recipe"] == "main"]
    sizes = sorted(int(size) for size in own["size"].unique())
    chosen = {LARGEST: sizes[-1:]} | ({SMALLEST: sizes[:1], MEAN: sizes} if len(sizes) > 1 else {})
    sides = []
    for scope, column in ((PAIR, "centred"), (COMPLEMENT, "mean")):
        of_scope = own[own["source"] == scope]
        by_size = {
            size: _placed(
                of_scope[of_scope["size"] == size], column, tasks, ("onto", "from")[: 1 + (scope == PAIR)]
            )
            for size in sizes
        }
        # a mean over sizes is of all of them: affinities of different sizes are of different magnitude
        sides += [
            Gradients(scope, name, ", ".join(map(str, at)), np.mean([by_size[size] for size in at], axis=0))
            for name, at in chosen.items()
        ]
    return sides


def curve_sides(
    estimates: pd.DataFrame, staged: pd.DataFrame | None, metrics: Sequence[str], tasks: Sequence[str]
) -> Iterator[Curves]:
    """List the weights that are compared: by every estimator, per label and per fold, measured and drawn together.

    Parameters
    ----------
    estimates : pandas.DataFrame
        Table ``transfer_estimates``.
    staged : pandas.DataFrame, optional
        Table ``transfer``; of it the differences of b and c are taken, raised less reference (P1 Table 3).
    metrics, tasks : sequence of str
        Scores; tasks of the rows and columns.
    """
    main = estimates[estimates["recipe"] == "main"]
    for metric in metrics:
        of_metric = main[main["metric"] == metric]
        for estimator in of_metric["estimator"].unique():
            rows = of_metric[of_metric["estimator"] == estimator]
            yield from _weights(rows, metric, estimator, tasks)
        if staged is not None:
            yield from _differences(staged[staged["metric"] == metric], metric, tasks)


def _weights(rows: pd.DataFrame, metric: str, estimator: str, tasks: Sequence[str]) -> Iterator[Curves]:
    fold = fold_labels(rows)
    known = rows["standard_error"].where(rows["status"] == "ok")
    rows = rows.assign(
        fold_error=known * fold,
        label_error=known,
        drawn_label=rows["shrunken"],
        drawn_fold=rows["shrunken"] * fold,
    )
    for scope, coefficient in ((PAIR, "a_ij"), (COMPLEMENT, "a_iS")):
        own, keys = rows[rows["coefficient"] == coefficient], ("target", "auxiliary")[: 1 + (scope == PAIR)]
        if own["value"].isna().all():
            continue
        label, fold_value, label_error, fold_error, *drawn = (
            _placed(own, column, tasks, keys)
            for column in ("value", "per_fold", "label_error", "fold_error", "drawn_label", "drawn_fold")
        )
        versions: dict[str, tuple[Floats, Floats | None]] = {
            PER_LABEL: (label, label_error),
            PER_FOLD: (fold_value, fold_error),
        }
        if scope == PAIR:
            versions[PER_FOLD + CENTRED] = (fold_value - _row_means(fold_value), None)
        if np.isfinite(drawn[0]).any():
            versions |= {kind + TOGETHER: (v, None) for kind, v in zip((PER_LABEL, PER_FOLD), drawn, strict=True)}
        for version, (values, errors) in versions.items():
            yield Curves(scope, metric, estimator, coefficient, version, values, errors)


def _differences(staged: pd.DataFrame, metric: str, tasks: Sequence[str]) -> Iterator[Curves]:
    """Differences of b and of c between the raised fit and the reference's, as P1 takes them for Table 3."""
    for name in ("b", "c"):
        raised, reference = (
            _placed(staged[(staged["coefficient"] == name) & (staged["stage"] == stage)], "value", tasks, keys)
            for stage, keys in ((3, ("target", "auxiliary")), (2, ("target",)))
        )
        if np.isfinite(raised).any():
            difference = raised - reference[:, None]
            yield Curves(PAIR, metric, "staged", f"{name}_ij - {name}_iS", DIFFERENCE, difference)


def _placed(rows: pd.DataFrame, column: str, tasks: Sequence[str], keys: Sequence[str]) -> Floats:
    """Put a column into a matrix or vector over the tasks; NaN where unknown, and on a diagonal."""
    index = pd.Index(tasks)
    at = [index.get_indexer(pd.Index(rows[key])) for key in keys]
    inside = np.all([place >= 0 for place in at], axis=0)
    values = np.full([len(tasks)] * len(keys), np.nan)
    values[tuple(place[inside] for place in at)] = rows[column].to_numpy(float)[inside]
    if values.ndim == 2:
        np.fill_diagonal(values, np.nan)
    return values


def _row_means(matrix: Floats) -> Floats:
    known = np.isfinite(matrix)
    count = known.sum(axis=1, keepdims=True)
    return np.asarray(np.where(known, matrix, 0).sum(axis=1, keepdims=True) / np.where(count > 0, count, np.nan))

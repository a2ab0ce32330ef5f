"""Estimated weights against what the tasks of a designed study truly have in common."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mtlcurves.curves.fold_labels import fold_labels
from mtlcurves.curves.mantel import PERMUTATIONS, agreement
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.style import (
    BLUE,
    GREY,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    signed,
    styled,
)
from mtlcurves.reporting.transfer_pairs import closed_share
from mtlcurves.transfer_schemas import PREFERRED

COLUMNS = ["estimator", "metric", "target", "auxiliary", "correlation", "closed", "drawn_closed", "called"]
COLUMNS += ["spearman", "p", "spearman_shrunken", "n_pairs_map", "n_rotations"]
MOST_DOTS = 2000  # more than these are one picture inside the drawing

Matrix = npt.NDArray[np.float64]


def drawn_data(estimates: pd.DataFrame, truth: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Set every weight beside the true correlation of its tasks, with how both agree over the map."""
    own = estimates[(estimates["recipe"] == "main") & (estimates["coefficient"] == "a_ij")]
    pairs = own[own["per_fold"].notna()].merge(
        truth[["target", "auxiliary", "correlation"]], on=["target", "auxiliary"]
    )
    parts = [
        _agreed(part, significance)
        for metric in pairs["metric"].unique()
        for name in PREFERRED
        if len(part := pairs[(pairs["metric"] == metric) & (pairs["estimator"] == name)])
    ]
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def _agreed(pairs: pd.DataFrame, significance: float) -> pd.DataFrame:
    # each task has an output of its own, so that an opposite task helps as an alike one does
    true = _matrix(pairs, pairs["correlation"].abs())
    raw = agreement(_matrix(pairs, pairs["per_fold"]), true)
    # of the same estimates: one test is enough
    together = agreement(_matrix(pairs, pairs["shrunken"] * fold_labels(pairs)), true, permutations=0)
    closed = 100 * closed_share(pairs["per_fold"])
    low, high = closed.quantile([0.01, 0.99])
    reach = 0.5 * (high - low)
    return pairs.assign(
        closed=closed,
        drawn_closed=closed.clip(low - reach, high + reach),
        called=pairs["q_map"] < significance,
        spearman=raw.correlation,
        p=raw.p,
        spearman_shrunken=together.correlation,
        n_pairs_map=raw.n,
    )


def _matrix(pairs: pd.DataFrame, value: pd.Series) -> Matrix:
    tasks = pd.Index(sorted(set(pairs["target"]) | set(pairs["auxiliary"])))
    matrix = np.full((len(tasks), len(tasks)), np.nan)
    matrix[tasks.get_indexer(pairs["target"]), tasks.get_indexer(pairs["auxiliary"])] = value
    return matrix


@styled
def draw(estimates: pd.DataFrame, truth: pd.DataFrame, significance: float = 0.05) -> Drawing:
    """Draw a scatter for each estimator (column) and metric (row), one dot a pair.

    Parameters
    ----------
    estimates, truth : pandas.DataFrame
        Tables ``transfer_estimates`` and ``truth``.
    significance : float
        False-discovery rate over the map at which a pair is called.
    """
    data = drawn_data(estimates, truth, significance)
    if data.empty:
        return nothing_drawn(
            "No weight of two tasks was estimated, so there is none to set beside the truth.", COLUMNS
        )
    metrics = list(dict.fromkeys(data["metric"]))
    estimators = [name for name in PREFERRED if name in set(data["estimator"])]
    figure = new_figure(2.9 * len(estimators) + 0.5, 2.5 * len(metrics) + 0.6)
    grid = figure.subplots(len(metrics), len(estimators), squeeze=False, sharex=True)
    for row, metric in zip(grid, metrics, strict=True):
        for axes, name in zip(row, estimators, strict=True):
            _scatter(axes, data[(data["metric"] == metric) & (data["estimator"] == name)], name)
        row[0].set_ylabel(f"{metric_name(metric)}: gap closed\nby one fold of labels (%)")
    for axes in grid[-1]:
        axes.set_xlabel("true correlation of the two tasks")
    tasks = set(data["target"]) | set(data["auxiliary"])
    figure.suptitle(
        f"{plural(len(tasks), 'task')}, {count_text(data['n_rotations'], 'rotation')}; one dot a pair, blue: "
        f"called (q < {significance:g} over the map)\nP: {PERMUTATIONS} permutations of whole tasks (Mantel)",
        fontsize=8,
    )
    return Drawing(figure, data)


def _scatter(axes: Axes, data: pd.DataFrame, estimator: str) -> None:
    axes.axhline(0, color="black", linewidth=0.7, zorder=1)
    axes.axvline(0, color="black", linewidth=0.7, zorder=1)
    many = len(data) > MOST_DOTS
    for called, colour, alpha in ((False, GREY, 0.35), (True, BLUE, 0.8)):
        own = data[data["called"] == called]
        axes.plot(
            own["correlation"], own["drawn_closed"], "o", color=colour, alpha=alpha, markersize=2 if many else 3.5,
            markeredgewidth=0, rasterized=many,
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    plain_grid(axes)
    axes.set_title(f"{estimator}: {agreement_text(data.iloc[0])}")


def agreement_text(row: pd.Series) -> str:
    """Say how estimated and true weights agree: ``Spearman with its size +0.43, P 0.001``."""
    if pd.isna(row["spearman"]):
        return f"no correlation: {plural(int(row['n_pairs_map']), 'pair')}"
    p = f"P {row['p']:.3f}" if pd.notna(row["p"]) else "too few tasks for a P"
    together = row["spearman_shrunken"]
    drawn = f"\ndrawn together: {signed(together, 2)}" if pd.notna(together) else ""
    return f"Spearman with its size {signed(row['spearman'], 2)}, {p}{drawn}"

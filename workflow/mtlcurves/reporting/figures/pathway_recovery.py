"""Tasks clustered by the similarity of their gradients, and how far the clusters are the reference groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy.cluster.hierarchy import dendrogram, linkage
from scipy.spatial.distance import squareform

from mtlcurves.reporting.names import ordered_tasks, plural, shortened
from mtlcurves.reporting.style import (
    GREY,
    SERIES_COLOURS,
    SERIES_MARKERS,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["kind", "partition", "linkage", "n_clusters", "n_tasks", "ari", "ari_p", "nmi", "nmi_of_chance", "ami"]
COLUMNS += ["name", "x", "height"]
SCORE, JOIN = "score", "join"
FULL, ALL = "full", "all"
MOST_NAMES = 60


@styled
def draw(
    similarity: pd.DataFrame, recovery: pd.DataFrame, tasks: pd.DataFrame, encoder: str, window: str
) -> Drawing:
    """Draw the tree of the tasks (average linkage) beside the adjusted Rand index of every cut and linkage.

    Parameters
    ----------
    similarity, recovery, tasks : pandas.DataFrame
        Tables ``gradient_similarity``, ``pathway_recovery`` and ``tasks``.
    encoder, window : str
        Which similarities are shown.
    """
    series = {"encoder": encoder, "window": window, "part": ALL}
    cuts = _of_series(recovery, series | {"version": "raw"})
    scores = cuts[cuts["ari"].notna()].assign(kind=SCORE)
    if scores.empty:
        what = "No partition could be set beside clusters of the tasks."
        return nothing_drawn(what, COLUMNS, cuts["status"])
    matrix, names = _matrix(_of_series(similarity, series | {"view": FULL}), tasks)
    figure = new_figure(7.2, float(np.clip(0.2 * len(names), 2.4, 8)) + 0.8)
    left, right = figure.subplots(1, 2, width_ratios=[1.3, 1])
    joins = _tree(left, matrix, names)
    _scores(right, scores)
    figure.suptitle(
        f"{encoder}: {plural(len(names), 'task')} clustered by 1 \N{MINUS SIGN} similarity; clusters cut to the "
        "number of reference groups\nP: share of random clusters of the same sizes that do as well",
        fontsize=8,
    )
    data = pd.concat([scores.reindex(columns=COLUMNS), joins.reindex(columns=COLUMNS)], ignore_index=True)
    return Drawing(figure, data)


def _of_series(table: pd.DataFrame, series: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(table[(table[list(series)] == pd.Series(series)).all(axis=1)])


def _matrix(pairs: pd.DataFrame, tasks: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Lay out the similarities of tasks that have one to all others of them, and their names."""
    order = ordered_tasks(tasks)
    place = {task: k for k, task in enumerate(order["task"])}
    matrix = np.full((len(order), len(order)), np.nan)
    for a, b, value in pairs[["task_a", "task_b", "similarity"]].itertuples(index=False):
        matrix[place[a], place[b]] = matrix[place[b], place[a]] = value
    kept = np.arange(len(order))
    np.fill_diagonal(matrix, 1.0)
    while np.isnan(cut := matrix[np.ix_(kept, kept)]).any():
        kept = np.delete(kept, np.isnan(cut).sum(axis=0).argmax())
    return cut, list(order["label"].iloc[kept])


def _tree(axes: Axes, matrix: np.ndarray, names: list[str]) -> pd.DataFrame:
    tree = linkage(squareform(1 - matrix, checks=False), "average")
    shape = dendrogram(tree, no_plot=True)
    rows = []
    for x, height in zip(shape["icoord"], shape["dcoord"], strict=True):
        axes.plot(height, x, color=GREY, linewidth=1)
        rows += [(JOIN, place, top) for place, top in zip(x, height, strict=True)]
    ticks = 5 + 10 * np.arange(len(names))
    size = float(np.clip(260 / len(names), 4, 7))
    leaves = shortened([names[k] for k in shape["leaves"] or ()], 40)
    axes.set_yticks(ticks, leaves if len(names) <= MOST_NAMES else [""] * len(names))
    axes.tick_params(axis="y", length=0, labelsize=size)
    heights = tree[:, 2]
    margin = 0.1 * float(np.ptp(heights)) or 0.01
    axes.set_xlim(float(heights.max()) + margin, float(heights.min()) - margin)
    axes.yaxis.tick_right()
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("1 \N{MINUS SIGN} similarity at which groups join (average linkage)")
    return pd.DataFrame(rows, columns=["kind", "x", "height"])


def _scores(axes: Axes, scores: pd.DataFrame) -> None:
    partitions, linkages = (list(dict.fromkeys(scores[name])) for name in ("partition", "linkage"))
    axes.axvline(0, color="black", linewidth=0.7, zorder=1)
    for k, method in enumerate(linkages):
        own = scores[scores["linkage"] == method]
        place = own["partition"].map(partitions.index) + 0.22 * (k - (len(linkages) - 1) / 2)
        axes.plot(own["ari"], place, SERIES_MARKERS[k], color=SERIES_COLOURS[k], markersize=5)
        for x, y, p in zip(own["ari"], place, own["ari_p"], strict=True):
            axes.annotate(f"P {p:.3f}", (x, y), (6, 0), textcoords="offset points", va="center", fontsize=6)
    counts = scores.groupby("partition")["n_clusters"].first()
    axes.set_yticks(
        range(len(partitions)), [f"{name}\n{plural(int(counts[name]), 'group')}" for name in partitions]
    )
    axes.set_ylim(len(partitions) - 0.5, -0.5)
    axes.set_xlim(min(-0.3, float(scores["ari"].min()) - 0.1), 1.25)
    axes.set_xlabel("adjusted Rand index (0: by chance, 1: the same groups)")
    handles = [
        Line2D(
            [], [], color=SERIES_COLOURS[k], marker=SERIES_MARKERS[k], linestyle="none", markersize=4, label=name
        )
        for k, name in enumerate(linkages)
    ]
    assert axes.figure is not None
    axes.figure.legend(handles=handles, loc="outside lower right", ncols=3)
    plain_grid(axes, "x")

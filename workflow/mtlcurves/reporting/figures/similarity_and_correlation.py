"""Similarity of gradients against correlation of labels, over pairs of tasks: r(G, E)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mtlcurves.curves.mantel import PERMUTATIONS
from mtlcurves.reporting.names import count_text, ordered_tasks
from mtlcurves.reporting.style import (
    GREEN,
    GREY,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    signed,
    styled,
)

COLUMNS = ["encoder", "version", "task_a", "task_b", "name_a", "name_b", "similarity", "standard_error"]
COLUMNS += ["correlation", "n_shared", "same_family"]
FULL, ALL, RAW = "full", "all", "raw"
SAME = 0.05  # share of the largest overlap by which others differ that are the same
VERSIONS = {"raw": ("similarity", "standard_error"), "corrected": ("corrected", "corrected_error")}
MOST_INTERVALS = 400  # pairs up to which each has its interval


def drawn_data(
    similarity: pd.DataFrame, correlation: pd.DataFrame, tasks: pd.DataFrame, window: str, rows: str
) -> pd.DataFrame:
    """Set every similarity, as it is and corrected for overlap, beside the correlation of the labels."""
    order = ordered_tasks(tasks).set_index("task")
    chosen = (similarity["view"] == FULL) & (similarity["window"] == window) & (similarity["part"] == ALL)
    labels = correlation[(correlation["view"] == FULL) & (correlation["rows"] == rows)]
    labels = labels.groupby(["task_a", "task_b"], sort=False)[["pearson", "n_shared"]].mean().reset_index()
    pairs = similarity[chosen].rename(columns={"similarity": "raw", "standard_error": "raw_error"})
    pairs = pairs.merge(labels.rename(columns={"pearson": "correlation"}), on=["task_a", "task_b"])
    for side in ("a", "b"):
        pairs[f"name_{side}"] = pairs[f"task_{side}"].map(order["label"])
    families = [pairs[f"task_{side}"].map(order["family"]) for side in ("a", "b")]
    pairs["same_family"] = (families[0] == families[1]) & (families[0] != "")
    parts = [
        pairs.assign(version=version, similarity=pairs[version], standard_error=pairs[f"{version}_error"])
        for version in (VERSIONS if _overlaps_differ(pairs) else [RAW])
    ]
    data = pd.concat(parts, ignore_index=True)
    return data.loc[data["similarity"].notna() & data["correlation"].notna(), COLUMNS].reset_index(drop=True)


def _overlaps_differ(pairs: pd.DataFrame) -> bool:
    """Say whether dividing by the overlap does more than to change the scale; pairs without any do not count."""
    overlap = (pairs[RAW] / pairs["corrected"]).dropna()
    return len(overlap) > 0 and bool(overlap.max() - overlap.min() > SAME * overlap.max())


@styled
def draw(
    similarity: pd.DataFrame,
    correlation: pd.DataFrame,
    relation: pd.DataFrame,
    tasks: pd.DataFrame,
    window: str,
    rows: str,
) -> Drawing:
    """Draw a scatter for each encoder (column): similarities, and below them corrected for overlaps that differ.

    Parameters
    ----------
    similarity, correlation, relation, tasks : pandas.DataFrame
        Tables ``gradient_similarity``, ``task_correlation``, ``similarity_and_correlation`` and ``tasks``.
    window, rows : str
        Logged steps, and compounds whose labels are correlated.
    """
    data = drawn_data(similarity, correlation, tasks, window, rows)
    if data.empty:
        shown = (relation["window"] == window) & (relation["rows"] == rows) & (relation["part"] == ALL)
        what = "No two tasks have both a similarity of gradients and a correlation of labels."
        return nothing_drawn(what, COLUMNS, relation.loc[shown & (relation["measure"] == "pearson"), "status"])
    encoders, versions = (list(dict.fromkeys(data[name])) for name in ("encoder", "version"))
    kin_differ = data["same_family"].nunique() > 1
    figure = new_figure(2.9 * len(encoders) + 0.4, 2.7 * len(versions) + 0.7)
    grid = figure.subplots(len(versions), len(encoders), squeeze=False, sharex=True, sharey="row")
    for line, version in zip(grid, versions, strict=True):
        for axes, encoder in zip(line, encoders, strict=True):
            own = data[(data["encoder"] == encoder) & (data["version"] == version)]
            _scatter(axes, own.assign(green=own["same_family"] & kin_differ))
            keys = {"encoder": encoder, "version": version, "window": window, "rows": rows}
            axes.set_title(f"{encoder}: {relation_text(relation, keys)}")
        line[0].set_ylabel("similarity of gradients" + (" /\nOchiai overlap" if version == "corrected" else ""))
    for axes in grid[-1]:
        axes.set_xlabel("correlation of labels")
    where = {"all": "all", "train": "the training folds'", "heldout": "held-out"}[rows]
    shared = count_text(data["n_shared"].round(), "shared compound")
    families = "; green: pairs of one family" if kin_differ else ""
    figure.suptitle(
        f"{len(data) // len(encoders) // len(versions)} pairs of tasks, {where} compounds ({shared} a pair)\n"
        f"bars: 2 standard errors{families}; in brackets: 95 % interval, tasks resampled\n"
        f"P: {PERMUTATIONS} permutations of whole tasks",
        fontsize=8,
    )
    return Drawing(figure, data)


def _scatter(axes: Axes, data: pd.DataFrame) -> None:
    axes.axhline(0, color="black", linewidth=0.7, zorder=1)
    axes.axvline(0, color="black", linewidth=0.7, zorder=1)
    if len(data) <= MOST_INTERVALS:
        low, high = (data["similarity"] + k * data["standard_error"].fillna(0) for k in (-2, 2))
        axes.vlines(data["correlation"], low, high, color=GREY, alpha=0.35, linewidth=0.7)
    for green, colour in ((False, GREY), (True, GREEN)):
        own = data[data["green"] == green]
        axes.plot(
            own["correlation"], own["similarity"], "o", color=colour, markersize=3.5, markeredgewidth=0.4,
            markeredgecolor="white",
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    plain_grid(axes)


def relation_text(relation: pd.DataFrame, keys: dict[str, str]) -> str:
    """Say how similarities and correlations agree: ``r +0.62 (+0.31 to +0.80), P 0.002``."""
    wanted = pd.Series(keys | {"part": ALL, "measure": "pearson"})
    found = relation[(relation[list(wanted.index)] == wanted).all(axis=1)]
    if found.empty or pd.isna(found["pearson"].iloc[0]):
        return "no correlation" + (f":\n{found['status'].iloc[0]}" if len(found) else "")
    row = found.iloc[0]
    ends = f"({signed(row['pearson_low'], 2)} to {signed(row['pearson_high'], 2)})"
    return f"r {signed(row['pearson'], 2)}\n{ends}, P {row['pearson_p']:.3f}"

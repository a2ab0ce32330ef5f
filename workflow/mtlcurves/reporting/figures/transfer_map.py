"""Transfer map: what one task's labels are worth to every other task, and which pairs are told from nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PatchCollection
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.patches import Rectangle

from mtlcurves.reporting.names import count_text, ordered_tasks, plural
from mtlcurves.reporting.pair_maps import (
    MOST_NAMES,
    MOST_NUMBERS,
    cell_matrix,
    cell_text,
    map_side,
    task_axes,
    title_pad,
)
from mtlcurves.reporting.panels import metrics_of, panels
from mtlcurves.reporting.style import DIVERGING, PALE, Drawing, new_figure, nothing_drawn, styled
from mtlcurves.reporting.transfer_pairs import UNKNOWN, default_rows, is_called, read_pairs
from mtlcurves.reporting.transfer_rows import GAP_CLOSED, NO_WEIGHT, in_drawn_order, in_per_cent

COLUMNS = ["estimator", "metric", "target", "auxiliary", "target_name", "auxiliary_name", "target_family"]
COLUMNS += ["auxiliary_family", "row", "column", "fold_labels", "shown", "closed", "closed_low", "closed_high"]
COLUMNS += ["closed_shrunken", "q_map", "null_probability", "verdict", "status", "n_rotations"]
FADED = 0.4  # how much of its colour a cell keeps that is not called


def drawn_data(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Gather the cells of the map, one row for each target, auxiliary and metric, in per cent of the gap."""
    cells = read_pairs(default_rows(estimates), tasks, significance)
    if cells.empty:
        return pd.DataFrame(columns=COLUMNS)
    places = ordered_tasks(tasks).reset_index(names="place").set_index("task")["place"]
    cells = cells.assign(row=cells["target"].map(places), column=cells["auxiliary"].map(places))
    return in_drawn_order(in_per_cent(cells), ["row", "column"], COLUMNS)


def cell_digits(data: pd.DataFrame) -> int:
    """Choose the decimals of the numbers in the cells."""
    largest = data["shown"].abs().quantile(0.95)
    return 2 if largest < 1 else 1 if largest < 30 else 0


def colour_limit(data: pd.DataFrame) -> float:
    """Choose where the colours end: at what is called, but for a few wild cells; a map of nothing stays pale."""
    called = data.loc[is_called(data), "shown"].abs()
    known = called if len(called) else 2 * data.loc[data["verdict"] != UNKNOWN, "shown"].abs().dropna()
    limit = float(known.quantile(0.98)) if len(known) else 0.0
    return limit or 1.0


@styled
def draw(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float = 0.05) -> Drawing:
    """Draw a heat map for each metric.

    Parameters
    ----------
    estimates, tasks : pandas.DataFrame
        Tables ``transfer_estimates`` and ``tasks``.
    significance : float
        False-discovery rate over the map at which a pair is called.
    """
    data = drawn_data(estimates, tasks, significance)
    if data.empty:
        return nothing_drawn(NO_WEIGHT, COLUMNS)
    order = ordered_tasks(tasks)
    side = map_side(len(order))
    figure = new_figure((side + 1.4) * len(metrics_of(data)), side + 1.7, layout="compressed")
    pad = title_pad(order)
    for axes, own in panels(figure, data, "auxiliary: the task whose labels are added", sharey=False):
        _heat_map(axes, own, order)
        name, called = axes.get_title(loc="left"), int(is_called(own).sum())
        axes.set_title("", loc="left")
        axes.set_title(f"{name}: {called:,} of {plural(len(own), 'pair')} called", fontsize=8, pad=pad)
    figure.axes[0].set_ylabel("target: the task that is scored")
    figure.suptitle(_explanation(data, len(order), significance), fontsize=8)
    return Drawing(figure, data)


def _heat_map(axes: Axes, data: pd.DataFrame, order: pd.DataFrame) -> None:
    n, limit = len(order), colour_limit(data)
    scale = Normalize(-limit, limit)
    known = data[data["verdict"] != UNKNOWN]
    values = cell_matrix(known, "shown", n)
    kept = cell_matrix(known.assign(kept=np.where(is_called(known), 1.0, FADED)), "kept", n)
    axes.imshow(np.where(np.isnan(values), 1.0, np.nan), cmap=ListedColormap([PALE]), interpolation="nearest")
    axes.imshow(values, cmap=DIVERGING, norm=scale, alpha=np.nan_to_num(kept), interpolation="nearest")
    assert axes.figure is not None
    bar = axes.figure.colorbar(ScalarMappable(scale, DIVERGING), ax=axes, shrink=0.8, extend="both", pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label(GAP_CLOSED)
    _mark(axes, data[is_called(data)], n)
    if n <= MOST_NUMBERS:
        _numbers(axes, known, limit)
    task_axes(axes, order)


def _mark(axes: Axes, called: pd.DataFrame, n: int) -> None:
    """Frame the cells that are called; where cells are too small for a frame, put a dot on them."""
    if n > MOST_NAMES:
        axes.plot(called["column"], called["row"], ".", color="black", markersize=160 / n, markeredgewidth=0)
        return
    places = zip(called["row"], called["column"], strict=True)
    frames = [Rectangle((column - 0.46, row - 0.46), 0.92, 0.92) for row, column in places]
    width = 1.1 if n <= 30 else 0.7
    axes.add_collection(PatchCollection(frames, facecolor="none", edgecolor="black", linewidth=width))


def _numbers(axes: Axes, data: pd.DataFrame, limit: float) -> None:
    digits = cell_digits(data)
    for row, column, number, called in zip(
        data["row"], data["column"], data["shown"], is_called(data), strict=True
    ):
        axes.text(
            column, row, cell_text(number, digits), ha="center", va="center", fontsize=6,
            color="#666666" if not called else "white" if abs(number) > 0.55 * limit else "black",
            fontweight="bold" if called else "normal",
        )  # fmt: skip


def _explanation(data: pd.DataFrame, n_tasks: int, significance: float) -> str:
    rotations = count_text(data["n_rotations"], "rotation")
    mark = "framed" if n_tasks <= MOST_NAMES else "dot"
    drawn = data["closed_shrunken"].notna().any()
    kind = "drawn together over the map" if drawn else "as measured (too few pairs to be drawn together)"
    return (
        f"{plural(n_tasks, 'task')}, {rotations}; {data['estimator'].iloc[0]} estimates, {kind}; blue: gain, "
        f"orange: loss\n{mark}: called (q < {significance:g} over the map); faded: not told from nothing; "
        "grey: the task itself, or no interval"
    )

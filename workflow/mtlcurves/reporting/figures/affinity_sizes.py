"""Affinities over the amount of data, as parallel coordinates: a line for each ordered pair (P1 Fig. 6, right).

Affinities of different sizes differ in magnitude, so every size has a scale of its own: the standard deviation
over its pairs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from mtlcurves.reporting.affinities import read_affinities
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.style import (
    BLUE,
    GREEN,
    GREY,
    PALE,
    VERMILLION,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["size", "place", "from", "onto", "from_name", "onto_name", "same_family", "centred", "scaled"]
COLUMNS += ["n_rotations", "labelled"]
EACH = 4  # pairs labelled of either sign
MOST_LINES = 2000  # more than these are one picture inside the drawing
APART = 0.055  # of the axis: least distance between two labels


def drawn_data(means: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Gather the lines' points; labelled are the strongest of either sign at the largest size."""
    pairs = read_affinities(means, tasks)
    sizes = {size: place for place, size in enumerate(sorted(pairs["size"].unique()))}
    pairs["place"] = pairs["size"].map(sizes)
    spread_of = pairs.groupby("size")["centred"].transform("std")
    pairs["scaled"] = pairs["centred"] / spread_of.where(spread_of > 0, 1.0)
    pairs["same_family"] = (pairs["from_family"] == pairs["onto_family"]) & (pairs["from_family"] != "")
    last = pairs[(pairs["place"] == len(sizes) - 1) & pairs["centred"].notna()].sort_values("centred")
    strongest = pd.concat([last[last["centred"] > 0].tail(EACH), last[last["centred"] < 0].head(EACH)])
    chosen = set(zip(strongest["from"], strongest["onto"], strict=True))
    pairs["labelled"] = [key in chosen for key in zip(pairs["from"], pairs["onto"], strict=True)]
    return pairs[COLUMNS]


@styled
def draw(means: pd.DataFrame, tasks: pd.DataFrame) -> Drawing:
    """Draw a line for each ordered pair of tasks over the sizes at which affinities are logged.

    Parameters
    ----------
    means, tasks : pandas.DataFrame
        Tables ``tag_affinity`` and ``tasks``.
    """
    data = drawn_data(means, tasks)
    if data["size"].nunique() < 2 or data["centred"].isna().all():
        return nothing_drawn("No affinity between two tasks was logged at several sizes.", COLUMNS)
    sizes = sorted(data["size"].unique())
    figure = new_figure(6.2, 4.2)
    axes = figure.subplots()
    lines = data.pivot(index=["from", "onto"], columns="place", values="scaled")
    marks = data.drop_duplicates(["from", "onto"]).set_index(["from", "onto"]).loc[lines.index]
    axes.axhline(0, color="black", linewidth=0.7, zorder=1)
    _lines(axes, lines[~marks["same_family"]].to_numpy(float), PALE, 0.6)
    _lines(axes, lines[marks["same_family"]].to_numpy(float), GREEN, 0.7)
    _labelled(axes, lines[marks["labelled"]], marks[marks["labelled"]])
    axes.set_xlim(0, len(sizes) - 1)
    axes.set_xticks(range(len(sizes)), [str(size) for size in sizes])
    axes.set_xlabel("training folds")
    axes.set_ylabel("affinity, less the target's mean\n(standard deviations over the pairs of a size)")
    plain_grid(axes)
    pairs, rotations = plural(len(lines), "ordered pair"), count_text(data["n_rotations"], "rotation")
    figure.suptitle(
        f"{pairs}, {rotations}; named: the strongest at the most data, from \N{RIGHTWARDS ARROW} onto",
        fontsize=8,
    )
    handles = [Line2D([], [], color=GREEN, label="of one family")] if marks["same_family"].any() else []
    handles += [Line2D([], [], color=PALE, label="others")]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return Drawing(figure, data)


def _lines(axes: Axes, values: npt.NDArray[np.float64], colour: str, width: float) -> None:
    places = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    lines = LineCollection(list(np.stack([places, values], axis=2)), colors=colour, linewidths=width, zorder=2)
    lines.set_rasterized(len(values) > MOST_LINES)
    axes.add_collection(lines, autolim=True)
    axes.autoscale_view()


def _labelled(axes: Axes, lines: pd.DataFrame, marks: pd.DataFrame) -> None:
    """Draw the strongest pairs above the others, and name them at the right, no name upon another."""
    lines, marks = (table.loc[lines.iloc[:, -1].sort_values().index] for table in (lines, marks))
    low, high = axes.get_ylim()
    heights = spread((lines.iloc[:, -1].to_numpy(float) - low) / (high - low), APART)
    for (_, line), (_, pair), height in zip(lines.iterrows(), marks.iterrows(), heights, strict=True):
        colour = BLUE if line.iloc[-1] > 0 else VERMILLION
        axes.plot(line.index, line, "o-", color=colour, linewidth=1.3, markersize=3, zorder=3, clip_on=False)
        edge = {"arrowstyle": "-", "color": GREY, "linewidth": 0.4, "shrinkA": 0, "shrinkB": 3, "relpos": (0, 0.5)}
        axes.annotate(
            f"{pair['from_name']} \N{RIGHTWARDS ARROW} {pair['onto_name']}",
            xy=(1, (line.iloc[-1] - low) / (high - low)), xytext=(1.05, height), xycoords="axes fraction",
            textcoords="axes fraction", va="center", fontsize=6.5, color=colour,
            arrowprops=edge,
        )  # fmt: skip
    axes.set_ylim(low, high)


def spread(heights: npt.NDArray[np.float64], apart: float) -> npt.NDArray[np.float64]:
    """Move ascending heights as little as upward and downward passes do, until neighbours are `apart`."""
    moved = heights.copy()
    for k in range(1, len(moved)):
        moved[k] = max(moved[k], moved[k - 1] + apart)
    shift = (moved - heights).mean() if len(moved) else 0.0
    return np.asarray(moved - shift)

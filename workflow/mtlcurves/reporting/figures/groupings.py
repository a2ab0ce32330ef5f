"""Chosen groups of tasks among random ones, against all tasks in one network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.grouping_names import ALL_IN_ONE, METHOD_NAMES, RANDOM, SINGLE_TASK
from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.panels import metrics_of, panels
from mtlcurves.reporting.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILLION,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)
from mtlcurves.reporting.words import p_value

COLUMNS = ["metric", "method", "partition", "groups", "place", "difference", "low", "high", "p"]
COLUMNS += ["n_better", "n_random", "p_random", "n_tasks", "n_rotations"]
COLOURS = {SINGLE_TASK: VERMILLION, "transfer": GREEN, "tag": PURPLE, "linkage": GREEN, "search": PURPLE}
COLUMNS_OF_DOTS = 45  # that stand side by side over the range of the random partitions
STRIP = 0.9  # half the height of the random strip, in rows


def drawn_data(results: pd.DataFrame) -> pd.DataFrame:
    """Keep the differences from all tasks in one network, and place every mark: random dots in a swarm above."""
    own = results[(results["against"] == ALL_IN_ONE) & results["difference"].notna()].copy()
    chosen = [name for name in dict.fromkeys(own["method"]) if name not in (RANDOM, SINGLE_TASK)]
    rows = {name: -1.8 - place for place, name in enumerate([*chosen, SINGLE_TASK])}
    own["place"] = own["method"].map(rows).astype(float)
    for _, dots in own[own["method"] == RANDOM].groupby("metric"):
        own.loc[dots.index, "place"] = swarm(dots["difference"].to_numpy(float))
    return own[COLUMNS].reset_index(drop=True)


def swarm(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Heights at which dots do not cover each other: the nearest to 0 that is free, above and below in turn."""
    width = float(np.ptp(values)) / COLUMNS_OF_DOTS
    height, last = np.zeros(len(values)), dict[int, float]()
    for dot in np.argsort(values, kind="stable"):
        level = 0
        while values[dot] - last.get(level, -np.inf) < width:
            level = -level if level > 0 else 1 - level
        last[level], height[dot] = values[dot], level
    return np.asarray(height * min(0.17, STRIP / max(1.0, np.abs(height).max())))


@styled
def draw(results: pd.DataFrame) -> Drawing:
    """Draw, for each score, the random partitions as dots, and below them every choice with its interval.

    Parameters
    ----------
    results : pandas.DataFrame
        Table ``grouping_results``.
    """
    data = drawn_data(results)
    if data.empty:
        return nothing_drawn("No group of tasks has a score.", COLUMNS)
    size = int(results["size"].iloc[0])
    return draw_panels(data, lambda own: f" at {size} folds, {count_text(own['n_rotations'], 'rotation')}")


def draw_panels(data: pd.DataFrame, beside: Callable[[pd.DataFrame], str]) -> Drawing:
    """Draw what :func:`drawn_data` placed, a panel for each score.

    Parameters
    ----------
    data : pandas.DataFrame
        Marks, at least one.
    beside : callable
        From a panel's rows to what its title says after the score.
    """
    methods = [name for name in dict.fromkeys(data["method"]) if name != RANDOM]
    figure = new_figure(1.3 + 3.3 * len(metrics_of(data)), 2.1 + 0.5 * len(methods))
    for axes, own in panels(figure, data, "mean score minus that of one network for all tasks", sharey=True):
        _strip(axes, own[own["method"] == RANDOM]["difference"], own[own["method"] == RANDOM]["place"])
        for method in methods:
            _choice(axes, own[own["method"] == method], COLOURS.get(method, ORANGE))
        axes.set_title(axes.get_title(loc="left") + beside(own), loc="left")
        axes.axvline(0, color=BLUE, linewidth=1.0, zorder=1)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.tick_params(axis="y", length=0)
        plain_grid(axes, "x")
    places = data[data["method"] != RANDOM].drop_duplicates("method").set_index("method")["place"]
    n_random = int(data["n_random"].iloc[0])
    ticks = {0.0: f"{n_random} random partitions"} | {places[m]: METHOD_NAMES.get(m, m) for m in methods}
    first = figure.axes[0]
    first.set_yticks(list(ticks), list(ticks.values()))
    first.set_ylim(min(ticks) - 0.6, STRIP + 0.3)
    first.text(0, 1, " all in one", color=BLUE, fontsize=7, va="top", transform=first.get_xaxis_transform())
    return Drawing(figure, data)


def _strip(axes: Axes, difference: pd.Series, place: pd.Series) -> None:
    axes.plot(
        difference, place, linestyle="none", marker="o", markersize=4, color=GREY, alpha=0.75, markeredgewidth=0
    )
    half = place.abs().max() + 0.25
    axes.vlines(difference.median(), -half, half, color="black", linewidth=0.9, zorder=1)
    axes.annotate(
        "median",
        (difference.median(), -half),
        (0, -1),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=6.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )


def _choice(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    """Draw one choice, and write its rank above it."""
    axes.hlines(rows["place"], rows["low"], rows["high"], color=colour, linewidth=1.6, alpha=0.7)
    axes.plot(rows["difference"], rows["place"], linestyle="none", marker="D", markersize=6, color=colour)
    for _, row in rows.iterrows():
        axes.annotate(
            f"{row['n_better']} of {row['n_random']} random as good or better, P {p_value(row['p_random'])}",
            (0.99, row["place"]),
            (0, 8),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            fontsize=6.5,
            color="#333333",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )

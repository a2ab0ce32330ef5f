"""Learning curves: the score of every task against its training labels, alone and together."""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.evaluate import fitted_lines
from mtlcurves.reporting.names import (
    Look,
    Series,
    count_text,
    evenly_chosen,
    ordered_tasks,
    series_looks,
    series_name,
)
from mtlcurves.reporting.style import (
    Drawing,
    beside,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

MOST_TASKS = 24
COLUMNS = ["kind", "task", "name", "metric", "arm", "subset", "labels", "score", "sd", "n_rotations"]


def drawn_data(scores: pd.DataFrame, curves: pd.DataFrame, tasks: pd.DataFrame, recipe: str) -> pd.DataFrame:
    """Gather the points and lines of one recipe's learning curves, in the order of the panels."""
    chosen = evenly_chosen(ordered_tasks(tasks), MOST_TASKS)
    scores = scores[(scores["recipe"] == recipe) & scores["task"].isin(chosen["task"])]
    curves = curves[(curves["recipe"] == recipe) & curves["task"].isin(chosen["task"])]
    points = scores.rename(columns={"n_target": "labels"}).assign(kind="point")
    lines = fitted_lines(curves, scores).assign(kind="curve")
    data = pd.concat([points, lines], ignore_index=True).reindex(columns=[*COLUMNS, "size"])
    data["name"] = data["task"].map(chosen.set_index("task")["label"])
    place = data["task"].map({task: place for place, task in enumerate(chosen["task"])})
    data = data.assign(place=place).sort_values(
        ["metric", "place", "arm", "subset", "kind", "labels"], kind="stable"
    )
    data = data[COLUMNS].reset_index(drop=True)
    data.attrs["form"] = ", ".join(curves["form"].dropna().unique())
    return data


@styled
def draw(scores: pd.DataFrame, curves: pd.DataFrame, tasks: pd.DataFrame, recipe: str = "main") -> Drawing:
    """Draw one panel for each task and metric; at most 24 tasks, evenly spaced in the order of their labels.

    Parameters
    ----------
    scores, curves, tasks : pandas.DataFrame
        Tables ``mean_scores``, ``curves`` and ``tasks``.
    recipe : str
        Recipe to draw.
    """
    data = drawn_data(scores, curves, tasks, recipe)
    if data.empty:
        return nothing_drawn("No learning curve: no task has a score at every size.", COLUMNS)
    metrics, names = list(dict.fromkeys(scores["metric"])), list(dict.fromkeys(data["name"]))
    metrics = [metric for metric in metrics if metric in set(data["metric"])]
    rows, columns = balanced_grid(len(names))
    wide = 2.3 if columns <= 4 else 1.9
    figure = new_figure(max(wide * columns, 4.5), 0.75 + 1.65 * len(metrics) * rows)
    looks = series_looks(data)
    grid = figure.subplots(len(metrics) * rows, columns, squeeze=False)
    for metric, block in zip(metrics, np.split(grid, len(metrics)), strict=True):
        for panel, name in zip(block.ravel(), names, strict=False):
            own = data[(data["metric"] == metric) & (data["name"] == name)]
            _panel(panel, own, looks, name)
        for panel in block.ravel()[len(names) :]:
            panel.set_visible(False)
        for panel in block[:, 0]:
            panel.set_ylabel(metric_name(metric), fontsize=8.5)
    figure.align_ylabels(grid[:, 0])
    handles = [
        Line2D([], [], color=colour, marker=marker, markersize=4, label=series_name(*key))
        for key, (colour, marker) in looks.items()
    ]
    ncols = min(len(handles), 4 if columns > 2 else 2)
    title = _explanation(data, len(names), len(tasks))
    legend = figure.legend(handles=handles, loc="outside upper center", ncols=ncols, title=title, title_fontsize=8)
    legend.get_title().set_multialignment("center")
    return Drawing(figure, data)


def balanced_grid(panels: int) -> tuple[int, int]:
    """Choose rows and columns for a number of panels: as few rows as fit, filled as evenly as can be."""
    rows = ceil(panels / (5 if panels <= 20 else 6))
    return rows, ceil(panels / rows)


def _explanation(data: pd.DataFrame, shown: int, of_all: int) -> str:
    tasks = f"{shown} of {of_all} tasks" if shown < of_all else count_text(pd.Series([shown]), "task")
    rotations = count_text(data["n_rotations"], "rotation")
    lines = f"; lines: fitted {data.attrs['form']}" if "curve" in set(data["kind"]) else ""
    return f"{tasks}; points: mean over {rotations}\nbars: \N{PLUS-MINUS SIGN}1 sd over rotations{lines}"


def _bars(points: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return both ends of the bars, which end where scores end."""
    return (points["score"] - points["sd"]).clip(lower=0.0), (points["score"] + points["sd"]).clip(upper=1.0)


def _panel(axes: Axes, data: pd.DataFrame, looks: dict[Series, Look], title: str) -> None:
    for place, ((arm, subset), (colour, marker)) in enumerate(looks.items()):
        own = data[(data["arm"] == arm) & (data["subset"] == subset)]
        points, line = own[own["kind"] == "point"], own[own["kind"] == "curve"]
        axes.plot(line["labels"], line["score"], color=colour, zorder=2)
        low, high = _bars(points)
        axes.vlines(
            points["labels"], low, high, (colour, 0.4), linewidth=0.8, transform=beside(axes, place, len(looks))
        )
        axes.plot(
            points["labels"],
            points["score"],
            marker,
            color=colour,
            markersize=3.5,
            markeredgecolor="white",
            markeredgewidth=0.4,
            zorder=3,
            clip_on=False,  # a score of 0 or 1 lies on the edge
        )
    # moved bars do not count for the axis of themselves
    bars_low, bars_high = _bars(data.assign(sd=data["sd"].fillna(0)))
    low, high = bars_low.min(), bars_high.max()
    if np.isfinite(low):
        margin = 0.05 * (high - low) or 0.01
        axes.set_ylim(max(low - margin, 0.0), min(high + margin, 1.0))
    else:
        axes.set_ylim(0, 1)
        axes.text(0.5, 0.5, "no score at any size", ha="center", va="center", fontsize=7, transform=axes.transAxes)
    axes.set_title(title, fontweight="bold")
    axes.set_xlabel("training labels", fontsize=7, labelpad=1)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=3))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlim(left=0)
    plain_grid(axes)

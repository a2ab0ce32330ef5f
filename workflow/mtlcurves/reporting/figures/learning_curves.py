"""Learning curves: the score of every task against its training labels, alone and together."""

from __future__ import annotations

from math import ceil

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
    columns = min(len(names), 5 if len(names) <= 20 else 6)
    rows = ceil(len(names) / columns)
    figure = new_figure(max(1.85 * columns, 4.5), 0.75 + len(metrics) * (0.35 + 1.45 * rows))
    looks = series_looks(data)
    blocks = figure.subfigures(len(metrics), 1, squeeze=False)[:, 0]
    for block, metric in zip(blocks, metrics, strict=True):
        panels = block.subplots(rows, columns, squeeze=False).ravel()
        for panel, name in zip(panels, names, strict=False):
            own = data[(data["metric"] == metric) & (data["name"] == name)]
            _panel(panel, own, looks, name)
        for panel in panels[len(names) :]:
            panel.set_visible(False)
        block.supylabel(metric_name(metric), fontsize=9)
        block.supxlabel("training labels of the task", fontsize=8)
    handles = [
        Line2D([], [], color=colour, marker=marker, markersize=4, label=series_name(*key))
        for key, (colour, marker) in looks.items()
    ]
    ncols = min(len(handles), 4 if columns > 2 else 2)
    title = _explanation(data, len(names), len(tasks))
    figure.legend(handles=handles, loc="outside upper center", ncols=ncols, title=title, title_fontsize=8)
    return Drawing(figure, data)


def _explanation(data: pd.DataFrame, shown: int, of_all: int) -> str:
    tasks = f"{shown} of {of_all} tasks" if shown < of_all else count_text(pd.Series([shown]), "task")
    rotations = count_text(data["n_rotations"], "rotation")
    lines = f"; lines: fitted {data.attrs['form']}" if "curve" in set(data["kind"]) else ""
    return f"{tasks}; points: mean over {rotations}\nbars: \N{PLUS-MINUS SIGN}1 sd over rotations{lines}"


def _panel(axes: Axes, data: pd.DataFrame, looks: dict[Series, Look], title: str) -> None:
    for place, ((arm, subset), (colour, marker)) in enumerate(looks.items()):
        own = data[(data["arm"] == arm) & (data["subset"] == subset)]
        points, line = own[own["kind"] == "point"], own[own["kind"] == "curve"]
        axes.plot(line["labels"], line["score"], color=colour, zorder=2)
        low, high = points["score"] - points["sd"], points["score"] + points["sd"]
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
        )
    reach = data["sd"].fillna(0)  # moved bars do not count for the axis of themselves
    low, high = (data["score"] - reach).min(), (data["score"] + reach).max()
    margin = 0.05 * (high - low) or 0.01
    axes.set_ylim(low - margin, high + margin)
    axes.set_title(title, fontweight="bold")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=3))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlim(left=0)
    plain_grid(axes)

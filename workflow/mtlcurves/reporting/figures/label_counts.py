"""What was studied: the labels of every task, active and inactive where there are classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from mtlcurves.reporting.names import family_edges, ordered_tasks, plural
from mtlcurves.reporting.style import BLUE, GREY, PALE, Drawing, new_figure, nothing_drawn, plain_grid, styled

COLUMNS = ["task", "name", "family", "place", "n", "n_active", "n_inactive", "prevalence"]
MOST_NAMES = 60


def drawn_data(tasks: pd.DataFrame) -> pd.DataFrame:
    """Place the tasks by family; many tasks by their number of labels."""
    data = ordered_tasks(tasks).drop(columns="name").rename(columns={"label": "name"})
    if len(data) > MOST_NAMES:
        data = data.sort_values(["n", "task"], ascending=False)
    data = data.assign(place=np.arange(len(data)), n_inactive=data["n"] - data["n_active"])
    return data[COLUMNS].reset_index(drop=True)


@styled
def draw(tasks: pd.DataFrame) -> Drawing:
    """Draw each task's labels as a bar, and the share of active ones beside it where there are classes.

    Parameters
    ----------
    tasks : pandas.DataFrame
        Table ``tasks``.
    """
    data = drawn_data(tasks)
    if data.empty:
        return nothing_drawn("No task.", COLUMNS)
    named = len(data) <= MOST_NAMES
    figure = new_figure(7.5, 0.19 * len(data) + 1.1 if named else 6.5)
    panels = _classes(figure, data, named) if data["n_active"].notna().all() else _values(figure, data, named)
    counts = panels[0]
    counts.set_xlabel("labels")
    counts.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    counts.set_ylim(len(data) - 0.4, -0.6)
    for axes in panels:
        plain_grid(axes, "x")
        axes.tick_params(axis="y", length=0)
    if named:
        _names(panels, data)
    else:
        counts.set_yticks([])
        counts.set_ylabel("tasks, by their number of labels")
    return Drawing(figure, data)


def _classes(figure: Figure, data: pd.DataFrame, named: bool) -> list[Axes]:
    """Draw active and inactive labels, and the share of active ones."""
    counts, shares = figure.subplots(1, 2, sharey=True, width_ratios=(2, 1))
    height = 0.72 if named else 1.0
    counts.barh(data["place"], data["n_active"], height, color=BLUE, label="active")
    counts.barh(data["place"], data["n_inactive"], height, left=data["n_active"], color=PALE, label="inactive")
    shares.plot(data["prevalence"], data["place"], "o", color=BLUE, markersize=4.5 if named else 2)
    shares.set_xlim(0, 1)
    shares.set_xlabel("share of active labels")
    active, inactive = data["n_active"].sum(), data["n_inactive"].sum()
    total = f"{plural(len(data), 'task')}: {active:,} active, {inactive:,} inactive labels"
    handles, labels = counts.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2, title=total, title_fontsize=8)
    return [counts, shares]


def _values(figure: Figure, data: pd.DataFrame, named: bool) -> list[Axes]:
    """Draw the number of labels, of tasks that have no classes."""
    counts = figure.subplots()
    counts.barh(data["place"], data["n"], 0.72 if named else 1.0, color=BLUE)
    counts.set_title(f"{plural(len(data), 'task')}: {data['n'].sum():,} labels")
    return [counts]


def _names(panels: Sequence[Axes], data: pd.DataFrame) -> None:
    counts, last = panels[0], panels[-1]
    counts.set_yticks(data["place"], data["name"])
    reach = data["n"].max()
    for row in data.itertuples():
        counts.text(row.n + 0.01 * reach, row.place, f"{row.n:,}", va="center", fontsize=6, color=GREY)  # type: ignore[arg-type]
    counts.set_xlim(0, reach * 1.1)
    edges = [0, *family_edges(data["family"]), len(data)]
    for low, high in zip(edges, edges[1:], strict=False):
        last.annotate(
            data["family"].iloc[low],
            (1.03, (low + high - 1) / 2),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7,
            fontstyle="italic",
            color=GREY,
        )
    for edge in edges[1:-1]:
        for axes in panels:
            axes.axhline(edge - 0.5, color=GREY, linewidth=0.6)

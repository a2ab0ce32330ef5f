"""Affinity map: what a gradient step for one task does to the loss of every other (P1 Fig. 6, left)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize

from mtlcurves.reporting.affinities import power_of_ten, read_affinities, unit_text
from mtlcurves.reporting.names import count_text, ordered_tasks, plural
from mtlcurves.reporting.pair_maps import (
    MOST_NUMBERS,
    cell_matrix,
    cell_text,
    map_side,
    task_axes,
    title_pad,
)
from mtlcurves.reporting.style import DIVERGING, PALE, Drawing, new_figure, nothing_drawn, styled

COLUMNS = ["size", "from", "onto", "from_name", "onto_name", "from_family", "onto_family", "row", "column"]
COLUMNS += ["centred", "centred_error", "told", "faded", "n_rotations", "status"]
FADED = 0.4  # how much of its colour a cell keeps that is not told from its target's mean


def drawn_data(means: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Gather the cells of the map, one row for each ordered pair of tasks, at the largest size logged.

    Where no error is known, of one rotation, no cell is ``faded``.
    """
    cells = read_affinities(means, tasks)
    cells = cells[cells["size"] == cells["size"].max()]
    cells["faded"] = ~cells["told"] & cells["centred_error"].notna().any()
    return pd.DataFrame(cells[COLUMNS]).reset_index(drop=True)


@styled
def draw(means: pd.DataFrame, tasks: pd.DataFrame) -> Drawing:
    """Draw one heat map: targets in rows, tasks stepped for in columns.

    Parameters
    ----------
    means, tasks : pandas.DataFrame
        Tables ``tag_affinity`` and ``tasks``.
    """
    data = drawn_data(means, tasks)
    if data["centred"].isna().all():
        return nothing_drawn("No affinity between two tasks was logged often enough.", COLUMNS)
    order = ordered_tasks(tasks)
    order = order[order["task"].isin(set(data["from"]) | set(data["onto"]))].reset_index(drop=True)
    places = {place: k for k, place in enumerate(sorted(set(data["row"]) | set(data["column"])))}
    data = data.assign(row=data["row"].map(places), column=data["column"].map(places))
    side = map_side(len(order))
    figure = new_figure(side + 1.6, side + 1.7, layout="compressed")
    axes = figure.subplots()
    _heat_map(axes, data, order)
    faded = "faded: not told from the row's mean (95 %)"
    if data["centred_error"].isna().all():
        faded = "one rotation: no error is known"
    folds = plural(int(data["size"].iloc[0]), "training fold")
    axes.set_title(f"{folds}, {count_text(data['n_rotations'], 'rotation')}", fontsize=8, pad=title_pad(order))
    axes.set_xlabel("from: the task that the step is for")
    axes.set_ylabel("onto: the task whose loss is measured")
    figure.suptitle(
        f"{plural(len(order), 'task')}; blue: a step helps the row more than other tasks' steps do, orange: less\n"
        f"{faded}; grey: the task itself, or not logged",
        fontsize=8,
    )
    return Drawing(figure, data)


def _heat_map(axes: Axes, data: pd.DataFrame, order: pd.DataFrame) -> None:
    n, power = len(order), power_of_ten(data["centred"])
    scaled = data.assign(value=data["centred"] / 10.0**power, kept=np.where(data["faded"], FADED, 1.0))
    limit = float(scaled["value"].abs().quantile(0.98)) or 1.0
    scale = Normalize(-limit, limit)
    values, kept = (cell_matrix(scaled, name, n) for name in ("value", "kept"))
    axes.imshow(np.where(np.isnan(values), 1.0, np.nan), cmap=ListedColormap([PALE]), interpolation="nearest")
    axes.imshow(values, cmap=DIVERGING, norm=scale, alpha=np.nan_to_num(kept), interpolation="nearest")
    assert axes.figure is not None
    bar = axes.figure.colorbar(ScalarMappable(scale, DIVERGING), ax=axes, shrink=0.8, extend="both", pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label(
        f"share of its loss that a step takes off the row's task,\nless the row's mean{unit_text(power)}"
    )
    if n <= MOST_NUMBERS:
        _numbers(axes, scaled, limit)
    task_axes(axes, order)


def _numbers(axes: Axes, data: pd.DataFrame, limit: float) -> None:
    for row, column, number, faded in data[["row", "column", "value", "faded"]].itertuples(index=False):
        dark = not faded and abs(number) > 0.55 * limit
        axes.text(
            column, row, cell_text(number, 1), ha="center", va="center", fontsize=6,
            color="white" if dark else "#666666" if faded else "black",
        )  # fmt: skip

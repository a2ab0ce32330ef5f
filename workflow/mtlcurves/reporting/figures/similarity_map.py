"""Similarity map: how alike the gradients of every two tasks are, and which stand out of shuffled labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from mtlcurves.reporting.affinities import power_of_ten, unit_text
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
from mtlcurves.reporting.similarity_pairs import PAIR, TOLD, is_usable
from mtlcurves.reporting.style import DIVERGING, PALE, Drawing, new_figure, nothing_drawn, styled

COLUMNS = ["encoder", "task_a", "task_b", "name_a", "name_b", "row", "column", "similarity", "standard_error"]
COLUMNS += ["z", "told", "n_trainings", "n_batches", "advice", "status"]
FULL, ALL = "full", "all"
MAPS_BESIDE = 2  # more of them are not read on a page
FADED = 0.4  # how much of its colour a cell keeps that is not told from shuffled labels


def drawn_data(similarity: pd.DataFrame, overlap: pd.DataFrame, tasks: pd.DataFrame, window: str) -> pd.DataFrame:
    """Gather the cells of the maps: every pair twice, one map for each encoder, trainings with all labels."""
    order = ordered_tasks(tasks).reset_index(names="place").set_index("task")
    chosen = (similarity["view"] == FULL) & (similarity["window"] == window) & (similarity["part"] == ALL)
    own = similarity[chosen & similarity["task_a"].isin(order.index) & similarity["task_b"].isin(order.index)]
    against = own["z"] if own["z"].notna().any() else own["similarity"] / own["standard_error"]
    own = own.assign(told=against.abs() > TOLD).merge(overlap[[*PAIR, "advice"]], on=PAIR, how="left")
    turned = own.rename(columns={"task_a": "task_b", "task_b": "task_a"})
    data = pd.concat([own, turned], ignore_index=True)
    for side, place in (("a", "row"), ("b", "column")):
        data[f"name_{side}"] = data[f"task_{side}"].map(order["label"])
        data[place] = data[f"task_{side}"].map(order["place"])
    return data.sort_values(["encoder", "row", "column"])[COLUMNS].reset_index(drop=True)


@styled
def draw(similarity: pd.DataFrame, overlap: pd.DataFrame, tasks: pd.DataFrame, window: str) -> Drawing:
    """Draw one heat map for each encoder, all of one scale.

    Parameters
    ----------
    similarity, overlap, tasks : pandas.DataFrame
        Tables ``gradient_similarity``, ``overlap`` and ``tasks``.
    window : str
        Logged steps that are shown.
    """
    data = drawn_data(similarity, overlap, tasks, window)
    if data["similarity"].isna().all():
        return nothing_drawn("No two tasks have a similarity of gradients.", COLUMNS, data["status"])
    order = ordered_tasks(tasks)
    encoders = list(dict.fromkeys(similarity["encoder"]))
    side, n_lines = map_side(len(order)), -(-len(encoders) // MAPS_BESIDE)
    n_beside = min(len(encoders), MAPS_BESIDE)
    figure = new_figure((side + 1.1) * n_beside + 0.6, (side + 1.1) * n_lines + 0.6, layout="compressed")
    power = power_of_ten(data["similarity"])
    power, digits = (power, 1) if power < -1 else (0, 2)  # .87 is read sooner than 8.7 tenths
    limit = float(data["similarity"].abs().quantile(0.98)) / 10.0**power or 1.0
    grid = figure.subplots(n_lines, n_beside, squeeze=False)
    for axes in grid.flat[len(encoders) :]:
        axes.set_visible(False)
    for axes, encoder in zip(grid.flat, encoders, strict=False):
        own = data[data["encoder"] == encoder]
        _heat_map(axes, own.assign(value=own["similarity"] / 10.0**power), order, limit, digits)
        axes.set_title(f"{encoder}, {count_text(own['n_trainings'], 'training')}", pad=title_pad(order))
    bar = figure.colorbar(
        ScalarMappable(Normalize(-limit, limit), DIVERGING), ax=grid, shrink=0.8, extend="both", pad=0.02
    )
    bar.outline.set_visible(False)
    bar.set_label(f"similarity of gradients (cosine){unit_text(power)}")
    against = "shuffled labels" if data["z"].notna().any() else "0 (no shuffled labels were trained)"
    figure.suptitle(
        f"{plural(len(order), 'task')}, logged steps: {window.replace('_', ' ')}\n"
        f"faded: within {TOLD:g} standard errors of {against}; grey: the task itself, or too few batches"
        f"{_not_usable_text(data, len(order))}",
        fontsize=8,
    )
    return Drawing(figure, data)


def _not_usable_text(data: pd.DataFrame, n_tasks: int) -> str:
    """Explain how cells of pairs are marked that are not usable; empty where there are none."""
    pairs = data[data["encoder"] == data["encoder"].iloc[0]]
    count = int((~is_usable(pairs["advice"])).sum()) // 2
    mark = "hatched" if n_tasks <= MOST_NAMES else "grey, too"
    text = f"\n{mark}: {plural(count, 'pair')} not usable by the table of overlap, not to be read"
    return text if count else ""


def _hatch(axes: Axes, data: pd.DataFrame) -> None:
    """Hatch the cells of pairs that are not usable, all in one path."""
    unusable = data.loc[~is_usable(data["advice"]), ["row", "column"]]
    cells = [
        Path.unit_rectangle().transformed(Affine2D().translate(column - 0.5, row - 0.5))
        for row, column in unusable.itertuples(index=False)
    ]
    if cells:
        axes.add_patch(PathPatch(Path.make_compound_path(*cells), fill=False, hatch="////", linewidth=0))


def _heat_map(axes: Axes, data: pd.DataFrame, order: pd.DataFrame, limit: float, digits: int) -> None:
    n = len(order)
    kept = data.assign(kept=np.where(data["told"], 1.0, FADED))
    if n > MOST_NAMES:  # cells too small for a hatch
        kept = kept[is_usable(kept["advice"])]
    values, alpha = (cell_matrix(kept, name, n) for name in ("value", "kept"))
    axes.imshow(np.where(np.isnan(values), 1.0, np.nan), cmap=ListedColormap([PALE]), interpolation="nearest")
    scale = Normalize(-limit, limit)
    axes.imshow(values, cmap=DIVERGING, norm=scale, alpha=np.nan_to_num(alpha), interpolation="nearest")
    if n <= MOST_NAMES:
        _hatch(axes, data)
    if n <= MOST_NUMBERS:
        for row, column, number, told in data[["row", "column", "value", "told"]].itertuples(index=False):
            dark = told and abs(number) > 0.55 * limit
            colour = "white" if dark else "black" if told else "#666666"
            axes.text(column, row, cell_text(number, digits), ha="center", va="center", fontsize=6, color=colour)
    task_axes(axes, order)

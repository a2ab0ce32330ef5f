"""Heat maps over ordered pairs of tasks: their cells, and their axes with the names of tasks and families."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from mtlcurves.reporting.names import family_edges, shortened
from mtlcurves.reporting.style import GREY, signed

MOST_NUMBERS = 12  # numbers in the cells up to this many tasks
MOST_NAMES = 60  # task names on the axes up to this many tasks

Matrix = npt.NDArray[np.float64]


def cell_matrix(data: pd.DataFrame, value: str, n: int) -> Matrix:
    """Put a column into the cells that the columns ``row`` and ``column`` name; NaN elsewhere."""
    matrix = np.full((n, n), np.nan)
    matrix[data["row"], data["column"]] = data[value]
    return matrix


def cell_text(number: float, digits: int) -> str:
    """Write a number short enough for a cell: ``+.3``; empty where there is none."""
    if not np.isfinite(number):
        return ""
    text = signed(number, digits) if round(number, digits) else "0"
    return text[0] + text[1:].removeprefix("0")


def map_side(n: int) -> float:
    """Inches of a map's side."""
    return float(np.clip(0.42 * n, 2.2, 5.2))


def title_pad(order: pd.DataFrame) -> float:
    """Points between a map and its title, where the names of families stand."""
    return 16 if set(order["family"]) != {""} and len(order) <= MOST_NAMES else 6


def task_axes(axes: Axes, order: pd.DataFrame) -> None:
    """Name the tasks, or where they are too many their families, and draw lines between families.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes with one unit to a task, the first at 0.
    order : pandas.DataFrame
        Tasks as :func:`~mtlcurves.reporting.names.ordered_tasks` gives them.
    """
    n = len(order)
    for edge in family_edges(order["family"]) if n > 2 else ():
        axes.axhline(edge - 0.5, color="#888888", linewidth=0.5)
        axes.axvline(edge - 0.5, color="#888888", linewidth=0.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    if n <= MOST_NAMES:
        size = float(np.clip(260 / n, 4, 7))
        labels = shortened(order["label"])
        axes.set_xticks(range(n), labels, rotation=90 if n > 3 or max(map(len, labels)) > 12 else 0, fontsize=size)
        axes.set_yticks(range(n), labels, fontsize=size)
        _family_names(axes, order)
        return
    edges = [0, *family_edges(order["family"]), n]
    spans = [(low, high) for low, high in zip(edges, edges[1:], strict=False) if high - low >= n / 40]
    middles = [(low + high - 1) / 2 for low, high in spans]
    names = [order["family"].iloc[low] for low, _ in spans]
    axes.set_xticks(middles, names, rotation=90, fontsize=6)
    axes.set_yticks(middles, names, fontsize=6)


def _family_names(axes: Axes, order: pd.DataFrame) -> None:
    """Write each family above its columns, where it is wide enough for the name."""
    edges = [0, *family_edges(order["family"]), len(order)]
    column_points = 72 * min(0.42, 5.2 / len(order))
    for low, high in zip(edges, edges[1:], strict=False):
        name = order["family"].iloc[low]
        if 3.4 * len(name) <= column_points * (high - low):
            middle = (low + high - 1) / 2
            axes.text(middle, -0.6, name, ha="center", va="bottom", fontsize=6, fontstyle="italic", color=GREY)

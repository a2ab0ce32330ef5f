"""Names beside the dots of a scatter, placed so that they cover neither a dot nor each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points

# where a name may stand, seen from its dot: the side its left end goes to, and how far up
_SIDES: tuple[tuple[str, int, int], ...] = (
    ("left", 4, 0),
    ("left", 3, 4),
    ("left", 3, -4),
    ("right", -4, 0),
    ("right", -3, 4),
    ("right", -3, -4),
)
_SIDES += (
    ("center", 0, 6),
    ("center", 0, -6),
    ("left", 4, 8),
    ("right", -4, 8),
    ("left", 4, -8),
    ("right", -4, -8),
    ("left", -3, 7),
    ("left", -3, -7),
    ("right", 3, 7),
    ("right", 3, -7),
)


def place_names(
    axes: Axes, x: pd.Series, y: pd.Series, names: Sequence[str], side: float, fontsize: float = 5.5
) -> list[str]:
    """Write each name beside its dot, where there is room for it; off the line of no change where it can be.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Linear axes whose limits are set.
    x, y : pandas.Series
        Dots, in data units.
    names : sequence of str
        One name for each dot; empty where none is to be written.
    side : float
        Width and height of the axes in points, roughly.
    fontsize : float
        Size of the names in points.

    Returns
    -------
    list of str
        Names that were written; the others found no room.
    """
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    places = np.column_stack([(x - left) / (right - left) * side, (y - bottom) / (top - bottom) * side])
    taken: list[Box] = [(px - 3, py - 3, px + 3, py + 3) for px, py in places]
    line = _line_of_no_change((left, right), (bottom, top), side)
    written = []
    for place, (px, py), name in zip(range(len(places)), places, names, strict=True):
        others = taken[:place] + taken[place + 1 :]
        tried = [(side_of, obstacles) for obstacles in (others + line, others) for side_of in _SIDES]
        for (align, dx, dy), obstacles in tried if name else ():
            box = _box(px + dx, py + dy, align, 0.62 * fontsize * len(name), fontsize)
            inside = min(box) >= 0 and max(box) <= side
            if inside and not any(_overlap(box, other) for other in obstacles):
                axes.annotate(
                    name, (x.iloc[place], y.iloc[place]), (dx, dy), textcoords="offset points",
                    ha=align, va="center", fontsize=fontsize, color="#333333",
                    path_effects=[withStroke(linewidth=1.5, foreground="white")],
                )  # fmt: skip
                taken.append(box)
                written.append(name)
                break
    return written


def _line_of_no_change(x: tuple[float, float], y: tuple[float, float], side: float) -> list[Box]:
    """Cover the line on which both coordinates are the same with small boxes, so that it strikes no name."""
    low, high = max(x[0], y[0]), min(x[1], y[1])
    values = np.linspace(low, high, 80) if low < high else np.array([])
    px, py = ((values - start) / (end - start) * side for start, end in (x, y))
    return [(a - 1, b - 1, a + 1, b + 1) for a, b in zip(px.tolist(), py.tolist(), strict=True)]


def _box(x: float, y: float, align: str, width: float, height: float) -> Box:
    left = {"left": x, "right": x - width, "center": x - width / 2}[align]
    return (left, y - height / 2, left + width, y + height / 2)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

"""Intervals on an axis that does not hold all of them: what goes on beyond the axis ends in an arrow."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes


def draw_intervals(
    axes: Axes,
    rows: pd.DataFrame,
    ends: tuple[str, str],
    limits: tuple[float, float],
    colour: str,
    width: float = 1.2,
) -> None:
    """Draw one horizontal line for each row that has an interval.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes.
    rows : pandas.DataFrame
        Column place, and the interval's ends, which may be infinite.
    ends : tuple of str
        Columns of the lower and the upper end.
    limits : tuple of float
        Limits of the axis.
    colour : str
        Colour.
    width : float
        Width of the lines in points.
    """
    known = rows[rows[ends[0]].notna() & rows[ends[1]].notna()]
    low, high = (known[end].to_numpy(float) for end in ends)
    place = known["place"].to_numpy(float)
    axes.hlines(place, np.clip(low, *limits), np.clip(high, *limits), color=colour, linewidth=width, alpha=0.7)
    for edge, beyond, marker in ((limits[0], low < limits[0], "<"), (limits[1], high > limits[1], ">")):
        if beyond.any():
            axes.plot(
                np.full(beyond.sum(), edge), place[beyond], marker, color=colour, markersize=2.5 + width,
                markeredgewidth=0, clip_on=False, in_layout=False,
            )  # fmt: skip

"""How every figure looks: one palette, one set of fonts, one way of saving."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Literal, ParamSpec

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation, Transform

from mtlcurves.reasons import commonest
from mtlcurves.tables import atomic

# Okabe and Ito's palette, told apart with every common kind of colour blindness.
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE, BLACK = "#0072B2", "#D55E00", "#CC79A7", "#000000"
GREY, PALE = "#767676", "#D9D9D9"

GAIN, LOSS = BLUE, VERMILLION
ARM_COLOURS = {
    "stl": VERMILLION,
    "mtl": BLUE,
    "augmented": GREEN,
    "shuffled": GREY,
    "offdiagonal": PURPLE,
    "design": ORANGE,
}
SERIES_COLOURS = (BLUE, GREEN, PURPLE, SKY, ORANGE, BLACK)
SERIES_MARKERS = ("o", "^", "D", "v", "P", "X")
ARM_NAMES = {
    "stl": "single-task",
    "mtl": "multi-task",
    "augmented": "one raised",
    "shuffled": "one raised, shuffled",
    "offdiagonal": "off-diagonal",
    "design": "half raised",
}
METRIC_NAMES = {
    "auroc": "AUROC",
    "aupr": "AUPR",
    "average_precision": "average precision",
    "r2": "R\N{SUPERSCRIPT TWO}",
    "rmse": "RMSE",
}
DIVERGING = LinearSegmentedColormap.from_list(
    "loss_gain", ["#7A3300", VERMILLION, "#F4B98C", "#F7F7F7", "#8FC1E0", BLUE, "#003A5C"]
)

_RC = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "figure.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.linewidth": 0.7,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.linewidth": 1.4,
    "hatch.linewidth": 0.5,
    "hatch.color": "#8A8A8A",
    "figure.facecolor": "white",
    "text.parse_math": False,  # a name with dollar signs is no formula
    "svg.fonttype": "path",
    "svg.hashsalt": "mtlcurves",
}


@dataclass(frozen=True)
class Drawing:
    """A figure with the numbers it shows.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The drawn figure.
    data : pandas.DataFrame
        One row for each mark of the figure: exactly what was drawn.
    nothing : str
        Why nothing was drawn; empty where something was.
    """

    figure: Figure
    data: pd.DataFrame
    nothing: str = ""


LineStyle = Literal["-"] | tuple[float, Sequence[float]]

_Arguments = ParamSpec("_Arguments")


def styled(draw: Callable[_Arguments, Drawing]) -> Callable[_Arguments, Drawing]:
    """Let a function draw in the house style, whatever style is set elsewhere."""

    @functools.wraps(draw)
    def wrapped(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> Drawing:
        with mpl.rc_context(_RC):  # type: ignore[arg-type]
            return draw(*args, **kwargs)

    return wrapped


def new_figure(
    width: float, height: float, layout: Literal["constrained", "compressed"] = "constrained"
) -> Figure:
    """Start an empty figure; `width` and `height` in inches, cropped to what is drawn when it is saved."""
    return Figure(figsize=(width, height), layout=layout)


def nothing_drawn(what: str, columns: Iterable[str], status: pd.Series | None = None) -> Drawing:
    """Draw a figure that says why there is nothing to show.

    Parameters
    ----------
    what : str
        What there is none of, a sentence.
    columns : iterable of str
        Columns of the numbers that would have been drawn.
    status : pandas.Series, optional
        Reasons that the table gives for numbers that are missing.
    """
    reason = commonest(status) if status is not None else ""
    text = f"{what.rstrip('.')}: {reason}." if reason else what
    figure = new_figure(6.0, 1.2)
    figure.text(0.5, 0.5, fill(text, 95), ha="center", va="center", color=GREY)
    return Drawing(figure, pd.DataFrame(columns=list(columns)), text)


def save(drawing: Drawing, svg: Path | str, png: Path | str, csv: Path | str) -> None:
    """Write a drawing as SVG and PNG (200 dots per inch), and its numbers as CSV.

    The same drawing gives the same bytes: neither a date nor random ids are written. Why nothing was drawn is the
    SVG's title.
    """
    figure = drawing.figure
    metadata: dict[str, str | None] = {"Date": None} | ({"Title": drawing.nothing} if drawing.nothing else {})
    with mpl.rc_context(_RC):  # type: ignore[arg-type]
        figure.draw_without_rendering()
        figure.set_layout_engine(None)  # laid out and cropped once, for both formats: both are slow
        crop = figure.get_tightbbox().padded(0.06)
        with atomic(svg) as handle:
            figure.savefig(handle, format="svg", metadata=metadata, bbox_inches=crop)
        with atomic(png) as handle:
            figure.savefig(handle, format="png", dpi=200, bbox_inches=crop)
    with atomic(csv, "w") as handle:
        drawing.data.to_csv(handle, index=False)


def metric_name(metric: str) -> str:
    """Name a score as axes and sentences show it."""
    return METRIC_NAMES.get(metric, metric)


def plain_grid(axes: Axes, which: str = "both") -> None:
    """Draw a quiet grid behind the data; `which` is x, y or both."""
    axes.grid(True, axis=which)  # type: ignore[arg-type]


def beside(axes: Axes, place: int, count: int) -> Transform:
    """Move marks by a point or so, that those of `count` series at one place stand beside each other."""
    assert axes.figure is not None
    return axes.transData + ScaledTranslation((place - (count - 1) / 2) / 72, 0, axes.figure.dpi_scale_trans)


def signed(value: float, digits: int = 3) -> str:
    """Write a difference with its sign and a true minus; what rounds to zero is written without a sign."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text[1:]


def shared_decimals(values: Iterable[float], significant: int = 2) -> int:
    """Count the decimals that all of some numbers need for the smallest to show `significant` digits."""
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    return max(0, significant - 1 - math.floor(math.log10(min(sizes)))) if sizes else significant


def percent(share: float, digits: int = 0) -> str:
    """Write a share in per cent, ``5 %``."""
    return f"{100 * share:.{digits}f} %"

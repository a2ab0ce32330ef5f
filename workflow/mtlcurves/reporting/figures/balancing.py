"""What balancing the tasks changes against the plain sum, with the band in which both count as equivalent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from mtlcurves.curves.balancing import BETTER, EQUIVALENT, UNDECIDED, WORSE
from mtlcurves.reporting.intervals import draw_intervals
from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.panels import handles, metrics_of, panels
from mtlcurves.reporting.style import (
    GAIN,
    GREEN,
    GREY,
    LOSS,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["recipe", "balancing", "reference", "subset", "metric", "size", "place", "difference", "low", "high"]
COLUMNS += ["margin", "p_equivalence", "verdict", "seconds_ratio", "n_tasks", "n_rotations"]
LOOKS = {EQUIVALENT: (GREEN, GREEN), BETTER: (GAIN, GAIN), WORSE: (LOSS, LOSS), UNDECIDED: (GREY, "white")}
BAND = "#EFEFEF"
STEP = 0.16  # from one size to the next, of a row


def drawn_data(table: pd.DataFrame) -> pd.DataFrame:
    """Give each recipe its place from the top, and its sizes theirs below it."""
    known = table[table["verdict"].notna()]
    names = list(dict.fromkeys(zip(known["recipe"], known["subset"], strict=True)))
    sizes = sorted(known["size"].dropna().unique())
    below = 0.28 + STEP * len(sizes)
    rows = {key: k * (1 + below) for k, key in enumerate(names)}
    place = {size: 0.34 + STEP * k for k, size in enumerate(sizes)}
    offset = known["size"].map(place).astype(float).fillna(0.0)
    base = pd.Series([rows[key] for key in zip(known["recipe"], known["subset"], strict=True)], known.index, float)
    return pd.DataFrame(known.assign(place=base + offset)[COLUMNS]).reset_index(drop=True)


@styled
def draw(table: pd.DataFrame) -> Drawing:
    """Draw a row for each recipe and a column for each metric: the mean over sizes, below it single sizes.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``balancing``.
    """
    data = drawn_data(table)
    if data.empty:
        return nothing_drawn("No way of balancing was trained in two rotations beside the plain sum.", COLUMNS)
    metrics = metrics_of(data)
    figure = new_figure(1.9 + 3.0 * len(metrics), 1.5 + 0.3 * (data["place"].max() + 1))
    for axes, own in panels(figure, data, "difference from the plain sum", sharey=True):
        _forest(axes, own)
    _names(figure.axes[0], figure.axes[-1], data[(data["metric"] == metrics[0]) & data["size"].isna()])
    figure.suptitle(_title(data), fontsize=8, x=0.01, ha="left")
    _legend(figure, data)
    return Drawing(figure, data)


def _forest(axes: Axes, data: pd.DataFrame) -> None:
    limits = axis_limits(data)
    margin = data["margin"].iloc[0]
    axes.axvspan(-margin, margin, color=BAND, linewidth=0, zorder=0)
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    single = data["size"].notna()
    for rows, width, size, alpha in ((data[single], 0.7, 2.4, 0.55), (data[~single], 1.8, 6.0, 1.0)):
        for verdict, (colour, face) in LOOKS.items():
            own = rows[rows["verdict"] == verdict]
            draw_intervals(axes, own, ("low", "high"), limits, colour, width)
            axes.plot(
                own["difference"].clip(*limits), own["place"], "o", color=colour, markersize=size,
                markerfacecolor=face, markeredgewidth=1.0, alpha=alpha, zorder=3,
            )  # fmt: skip
    axes.set_xlim(*limits)
    axes.set_ylim(data["place"].max() + 0.5, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(axis="y", length=0)
    plain_grid(axes, "x")


def axis_limits(data: pd.DataFrame) -> tuple[float, float]:
    """Choose limits that hold the band, every difference, the intervals over all sizes, and others near these."""
    whole = data[data["size"].isna()]
    inner = max(data["difference"].abs().max(), whole[["low", "high"]].abs().max().max(), data["margin"].max())
    ends = float(np.nanmax(data[["low", "high"]].abs()))
    reach = 1.08 * max(inner, min(ends, 1.5 * inner))
    return -reach, reach


def _names(left: Axes, right: Axes, rows: pd.DataFrame) -> None:
    """Write every recipe on the left of its row, and what its trainings take on the right."""
    several = rows["subset"].nunique() > 1
    subsets = " [" + rows["subset"] + "]" if several else ""
    left.set_yticks(rows["place"], rows["recipe"] + subsets)
    beside = right.get_yaxis_transform()
    right.text(1.03, 1, "seconds,\nplain = 1", transform=right.transAxes, fontsize=6.5, color=GREY)
    for place, ratio in zip(rows["place"], rows["seconds_ratio"], strict=True):
        right.text(1.03, place, f"{ratio:.2g}", transform=beside, va="center", fontsize=7, color=GREY)


def _title(data: pd.DataFrame) -> str:
    sizes = sorted(int(size) for size in data["size"].dropna().unique())
    folds = ", ".join(map(str, sizes)) + (" fold" if sizes == [1] else " folds")
    counts = f"{count_text(data['n_tasks'], 'task')}, {count_text(data['n_rotations'], 'rotation')}"
    return (
        f"balanced \N{MINUS SIGN} plain sum, mean over {counts}; 90 % intervals\n"
        f"large: all sizes; small, from above: {folds}"
    )


def _legend(figure: Figure, data: pd.DataFrame) -> None:
    texts = {EQUIVALENT: "equivalent", BETTER: "better", WORSE: "worse", UNDECIDED: "undecided"}
    found = {verdict: text for verdict, text in texts.items() if (data["verdict"] == verdict).any()}
    band = Patch(color=BAND, label=f"margin of equivalence, \N{PLUS-MINUS SIGN}{data['margin'].iloc[0]:g}")
    figure.legend(handles=[*handles(found, LOOKS), band], loc="outside lower center", ncols=len(found) + 1)

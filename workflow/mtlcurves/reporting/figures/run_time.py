"""Time of the grid's trainings: how many there were, and how long each took."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import StrMethodFormatter

from mtlcurves.reporting.style import (
    ARM_COLOURS,
    ARM_NAMES,
    GREY,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

NEEDED = ["recipe", "arm", "allocation", "rotation", "replicate", "seconds", "n_steps", "backend"]
COLUMNS = [
    "recipe",
    "arm",
    "n_trainings",
    "total_seconds",
    "smallest",
    "lower_quartile",
    "median",
    "upper_quartile",
]
COLUMNS += ["largest", "steps_per_second", "backend"]


def drawn_data(points: pd.DataFrame) -> pd.DataFrame:
    """Count each recipe's and arm's trainings, and sum up their times; a training has one row for each task."""
    trainings = points.drop_duplicates(["recipe", "arm", "allocation", "rotation", "replicate"])
    rows = []
    for (recipe, arm), own in trainings.groupby(["recipe", "arm"], sort=False, observed=True):
        seconds = own["seconds"].astype(float)
        spread = seconds.quantile([0, 0.25, 0.5, 0.75, 1])
        steps = own["n_steps"].sum() / seconds.sum() if seconds.sum() > 0 else np.nan
        backends = ", ".join(sorted(own["backend"].dropna().unique()))
        rows.append([recipe, arm, len(own), seconds.sum(), *spread, steps, backends])
    return pd.DataFrame(rows, columns=COLUMNS)


@styled
def draw(points: pd.DataFrame) -> Drawing:
    """Draw the number of trainings, their total time, and the time of one, for each recipe and arm.

    Parameters
    ----------
    points : pandas.DataFrame
        Table ``grid_points``, at least the columns :data:`NEEDED`.
    """
    data = drawn_data(points)
    if data.empty:
        return nothing_drawn("No training.", COLUMNS)
    figure = new_figure(8.5, 0.9 + 0.32 * len(data))
    panels = figure.subplots(1, 3, sharey=True)
    several = data["recipe"].nunique() > 1
    names = [
        ARM_NAMES[arm] + (f" ({recipe})" if several else "")
        for recipe, arm in zip(data["recipe"], data["arm"], strict=True)
    ]
    colours = [ARM_COLOURS[arm] for arm in data["arm"]]
    places = np.arange(len(data))
    unit, seconds = time_unit(data["total_seconds"].max())
    _bars(panels[0], places, data["n_trainings"], colours, "{:,.0f}")
    _bars(panels[1], places, data["total_seconds"] / seconds, colours, "{:.3g}")
    _boxes(panels[2], places, data, colours)
    for axes, label in zip(panels, ("trainings", f"all trainings, {unit}", "one training, seconds"), strict=True):
        axes.set_xlabel(label)
        axes.tick_params(axis="y", length=0)
        plain_grid(axes, "x")
    panels[0].set_yticks(places, names)
    panels[0].set_ylim(len(data) - 0.4, -0.6)
    figure.suptitle(f"training time; backend {', '.join(data['backend'].unique())}", fontsize=8)
    return Drawing(figure, data)


def time_unit(seconds: float) -> tuple[str, int]:
    """Choose the unit to show a time in, with its seconds."""
    return next(
        ((name, size) for name, size in (("hours", 3600), ("minutes", 60)) if seconds >= 2 * size), ("seconds", 1)
    )


def _bars(axes: Axes, places: object, values: pd.Series, colours: list[str], form: str) -> None:
    axes.barh(places, values, 0.62, color=colours)  # type: ignore[arg-type]
    reach = float(values.max()) or 1.0
    for place, value in enumerate(values):
        axes.text(value + 0.02 * reach, place, form.format(value), va="center", fontsize=7, color=GREY)
    axes.set_xlim(0, reach * 1.25)


def _boxes(axes: Axes, places: object, data: pd.DataFrame, colours: list[str]) -> None:
    axes.hlines(places, data["smallest"], data["largest"], color=colours, linewidth=1)  # type: ignore[arg-type]
    axes.hlines(places, data["lower_quartile"], data["upper_quartile"], color=colours, linewidth=6)  # type: ignore[arg-type]
    axes.plot(data["median"], places, "o", color="white", markeredgecolor="black", markersize=4, linestyle="none")  # type: ignore[arg-type]
    if data["largest"].max() > 30 * data["smallest"].clip(lower=1e-9).min():
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    else:
        axes.set_xlim(left=0)

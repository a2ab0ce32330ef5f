"""Score against training length: whether the last epoch is a good one to score at."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.style import (
    ARM_COLOURS,
    ARM_NAMES,
    GREY,
    Drawing,
    LineStyle,
    beside,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

NEEDED = ["recipe", "arm", "subset", "allocation", "size", "rotation", "replicate", "task", "epoch"]
KEYS = ["recipe", "metric", "arm", "size", "epoch"]
COLUMNS = [*KEYS, "score", "low", "high", "n_rotations", "n_tasks"]
STYLES: tuple[LineStyle, ...] = ((0, (1, 1.5)), (0, (4, 2)), "-")


def drawn_data(points: pd.DataFrame, metrics: list[str]) -> pd.DataFrame:
    """Average the scores over the tasks, then over rotations; smallest, middle and largest size of each arm.

    Only task and rotation pairs that have a score at every epoch and size shown are averaged, so that all
    points of an arm rest on the same ones. ``low`` and ``high`` are the extremes over rotations.
    """
    parts = []
    points = points[(points["arm"] == "stl") | ((points["arm"] == "mtl") & (points["subset"] == "all"))]
    for (recipe, arm), own in points.groupby(["recipe", "arm"], observed=True):
        sizes = sorted(own["size"].unique())
        sizes = sorted({sizes[0], sizes[(len(sizes) - 1) // 2], sizes[-1]})
        own = own[own["size"].isin(sizes)]
        for metric in metrics:
            wide = own.pivot_table(
                index=["rotation", "replicate", "task"], columns=["size", "epoch"], values=metric
            )
            wide = wide.dropna()
            means = wide.groupby(level=["rotation", "replicate"]).mean()
            part = pd.DataFrame({"score": means.mean(), "low": means.min(), "high": means.max()}).reset_index()
            counts = {"n_rotations": len(means), "n_tasks": wide.index.get_level_values("task").nunique()}
            parts.append(part.assign(recipe=str(recipe), arm=str(arm), metric=metric, **counts))
    data = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    several = data.groupby(["recipe", "arm"])["epoch"].transform("nunique") > 1
    return data.loc[several & data["score"].notna(), COLUMNS].reset_index(drop=True)


@styled
def draw(points: pd.DataFrame, metrics: list[str]) -> Drawing:
    """Draw the mean score against the epoch: a row for each recipe, a column for each metric.

    Parameters
    ----------
    points : pandas.DataFrame
        Table ``grid_points``, at least the columns :data:`NEEDED` and the metrics.
    metrics : list of str
        Scores to draw.
    """
    data = drawn_data(points, metrics)
    if data.empty:
        return nothing_drawn("No training was scored at several epochs.", COLUMNS)
    recipes = sorted(data["recipe"].unique(), key=lambda recipe: (recipe != "main", recipe))
    figure = new_figure(3.6 * len(metrics) + 1.4, 2.6 * len(recipes) + 0.5)
    grid = figure.subplots(len(recipes), len(metrics), squeeze=False)
    for row, recipe in zip(grid, recipes, strict=True):
        for axes, metric in zip(row, metrics, strict=True):
            own = data[(data["recipe"] == recipe) & (data["metric"] == metric)]
            _lines(axes, own, sorted(data["size"].unique()))
            axes.set_title(f"{metric_name(metric)}, recipe {recipe}, {count_text(own['n_tasks'], 'task')}")
            axes.set_xlabel("epoch")
        row[0].set_ylabel("mean score over tasks")
    arms, sizes = [arm for arm in ARM_NAMES if arm in set(data["arm"])], sorted(data["size"].unique())
    handles = [
        Line2D([], [], color=ARM_COLOURS[arm], marker="o", markersize=3, label=ARM_NAMES[arm]) for arm in arms
    ]
    handles += [
        Line2D([], [], color=GREY, linestyle=_style(k), label=plural(size, "fold")) for k, size in enumerate(sizes)
    ]
    title = f"mean over {count_text(data['n_rotations'], 'rotation')}; bars: lowest to highest rotation"
    figure.legend(handles=handles, loc="outside right upper", title=title.replace("; ", "\n"), title_fontsize=7)
    return Drawing(figure, data)


def _style(place: int) -> LineStyle:
    return STYLES[place % len(STYLES)]


def _lines(axes: Axes, data: pd.DataFrame, sizes: list[int]) -> None:
    series = data.groupby(["size", "arm"])
    for place, ((size, arm), own) in enumerate(series):
        colour = ARM_COLOURS[str(arm)]
        moved = beside(axes, place, series.ngroups)
        axes.vlines(own["epoch"], own["low"], own["high"], (colour, 0.4), linewidth=0.8, transform=moved)
        style = _style([str(known) for known in sizes].index(str(size)))
        axes.plot(own["epoch"], own["score"], marker="o", linestyle=style, color=colour, markersize=3)
    margin = 0.05 * (data["high"].max() - data["low"].min()) or 0.01
    axes.set_ylim(data["low"].min() - margin, data["high"].max() + margin)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlim(left=0)
    plain_grid(axes)

"""Scores under folds by scaffold and folds by compound (P1 Fig. 2)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.style import (
    ARM_COLOURS,
    ARM_NAMES,
    GREY,
    Drawing,
    LineStyle,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["kind", "metric", "arm", "split", "recipe", "size", "task", "score", "n_tasks", "n_rotations"]
STYLES: dict[str, tuple[LineStyle, str]] = {"scaffold": ("-", "o"), "compound": ((0, (3, 2)), "s")}


def compared_recipes(splits: Mapping[str, str]) -> dict[str, str]:
    """Choose the first recipe of each split; ``main`` comes first in every study."""
    chosen: dict[str, str] = {}
    for recipe, split in splits.items():
        if split not in chosen.values():
            chosen[recipe] = split
    return chosen


def drawn_data(scores: pd.DataFrame, splits: Mapping[str, str]) -> pd.DataFrame:
    """Average each arm's scores over the tasks that both splits can score; and list those tasks' last scores."""
    chosen = compared_recipes(splits)
    own = scores[scores["recipe"].isin(chosen) & (scores["subset"] == "all")]
    own = own.assign(split=own["recipe"].map(chosen))
    key = ["metric", "arm", "size", "task"]
    both = own.groupby(key, sort=False)["split"].transform("nunique") == 2
    own = own[both & (len(chosen) == 2)]
    last = own[own["size"] == own.groupby(["metric", "arm"])["size"].transform("max")].assign(
        kind="task", n_tasks=1
    )
    grouped = own.groupby(["metric", "arm", "split", "recipe", "size"], sort=False)
    means = grouped.agg(score=("score", "mean"), n_tasks=("task", "nunique"), n_rotations=("n_rotations", "min"))
    means = means.reset_index().assign(kind="mean over tasks")
    return pd.concat([means, last], ignore_index=True).reindex(columns=COLUMNS)


@styled
def draw(scores: pd.DataFrame, splits: Mapping[str, str]) -> Drawing:
    """Draw, for each metric, the mean learning curves of both splits, and every task's score at the largest size.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table ``mean_scores``.
    splits : mapping of str to str
        Recipe to split, in the study's order.
    """
    data = drawn_data(scores, splits)
    if data.empty:
        return nothing_drawn("No task has scores under both kinds of folds.", COLUMNS)
    metrics = list(dict.fromkeys(data["metric"]))
    figure = new_figure(3.3 * len(metrics) + 0.4, 5.9)
    grid = figure.subplots(2, len(metrics), squeeze=False)
    for (above, below), metric in zip(grid.T, metrics, strict=True):
        own = data[data["metric"] == metric]
        _curves(above, own[own["kind"] != "task"])
        above.set_title(f"{metric_name(metric)}, mean over {count_text(own['n_tasks'].iloc[:1], 'task')}")
        above.set_xlabel("training folds")
        _scatter(below, own[own["kind"] == "task"])
        below.set_title(f"each task, at {own['size'].max()} folds")
        below.set_xlabel(f"{metric_name(metric)}, folds by scaffold")
        below.set_ylabel(f"{metric_name(metric)}, folds by compound")
    _legend(figure, data)
    return Drawing(figure, data)


def _curves(axes: Axes, data: pd.DataFrame) -> None:
    for (arm, split), own in data.groupby(["arm", "split"]):
        line, marker = STYLES[str(split)]
        axes.plot(
            own["size"], own["score"], color=ARM_COLOURS[str(arm)], linestyle=line, marker=marker, markersize=3.5
        )
    axes.set_ylabel("mean score")
    axes.xaxis.set_major_locator(MaxNLocator(9, integer=True))
    plain_grid(axes)


def _scatter(axes: Axes, data: pd.DataFrame) -> None:
    wide = data.pivot_table(index=["arm", "task"], columns="split", values="score").reset_index()
    low, high = data["score"].min(), data["score"].max()
    axes.plot([low, high], [low, high], color="black", linewidth=0.7)
    for arm, own in wide.groupby("arm"):
        axes.plot(own["scaffold"], own["compound"], "o", color=ARM_COLOURS[str(arm)], markersize=3.5, alpha=0.8)
    plain_grid(axes)


def _legend(figure: Figure, data: pd.DataFrame) -> None:
    handles = [
        Line2D([], [], color=ARM_COLOURS[arm], marker="o", label=ARM_NAMES[arm]) for arm in data["arm"].unique()
    ]
    for split, (line, marker) in STYLES.items():
        recipe = data.loc[data["split"] == split, "recipe"].iloc[0]
        label = f"folds by {split} (recipe {recipe})"
        handles.append(Line2D([], [], color=GREY, linestyle=line, marker=marker, label=label))
    title = f"mean over {count_text(data['n_rotations'], 'rotation')}"
    figure.legend(handles=handles, loc="outside upper center", ncols=2, title=title, title_fontsize=8)

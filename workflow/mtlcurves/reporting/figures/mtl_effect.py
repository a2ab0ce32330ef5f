"""Effect of multi-task learning on every task, with intervals and what chance alone would give (P1 Fig. 3)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.names import comparison_name, count_text, ordered_tasks
from mtlcurves.reporting.style import (
    GAIN,
    GREY,
    LOSS,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["comparison", "metric", "size", "task", "name", "family", "place", "difference", "low", "high"]
COLUMNS += ["n_pairs", "q_corrected", "verdict"]
MOST_NAMES = 60


def shown_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Keep what multi-task learning changes under the main recipe, at the largest size of each comparison.

    These are all tasks together against single-task and against its controls; where no training held all tasks,
    the named subsets; where there is neither, every comparison.
    """
    for start in ("mtl-", "mtl[", ""):
        own = effects[effects["comparison"].str.startswith(start)]
        if len(own):
            break
    return own[own["size"] == own.groupby("comparison")["size"].transform("max")]


def drawn_data(effects: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Sort the tasks by their difference in the first metric, and judge each against the false-discovery rate."""
    shown = shown_effects(effects).merge(ordered_tasks(tasks)[["task", "label", "family"]], on="task")
    shown = shown.rename(columns={"label": "name"})
    first = shown["metric"] == shown["metric"].iloc[0] if len(shown) else []
    order = shown[first].sort_values(["comparison", "difference", "task"], na_position="first")
    order["place"] = order.groupby("comparison").cumcount()
    shown = shown.merge(order[["comparison", "task", "place"]], on=["comparison", "task"])
    significant = shown["q_corrected"] < significance
    shown["verdict"] = "not significant"
    shown.loc[significant & (shown["difference"] > 0), "verdict"] = "gain"
    shown.loc[significant & (shown["difference"] < 0), "verdict"] = "loss"
    shown.loc[shown["difference"].isna(), "verdict"] = "undefined"
    return shown[COLUMNS].sort_values(["comparison", "metric", "place"], kind="stable").reset_index(drop=True)


@styled
def draw(effects: pd.DataFrame, counts: pd.DataFrame, tasks: pd.DataFrame, significance: float = 0.05) -> Drawing:
    """Draw a forest plot: a row for each comparison, a column for each metric, tasks sorted by their difference.

    Parameters
    ----------
    effects, counts, tasks : pandas.DataFrame
        Tables ``arm_effects``, ``effect_counts`` and ``tasks``.
    significance : float
        False-discovery rate at which a task is marked.
    """
    data = drawn_data(effects, tasks, significance)
    if data["difference"].notna().sum() == 0:
        return nothing_drawn("No effect of multi-task learning could be computed.", COLUMNS)
    comparisons = list(dict.fromkeys(data["comparison"]))
    metrics = list(dict.fromkeys(effects["metric"]))
    n_tasks = data.groupby("comparison")["task"].nunique().max()
    height = 1.2 + 0.2 * n_tasks if n_tasks <= MOST_NAMES else 7.5
    figure = new_figure(1.2 + 3.3 * len(metrics), max(2.4, height) * len(comparisons) + 0.5)
    panels = figure.subplots(len(comparisons), len(metrics), squeeze=False, sharex="col")
    for row, comparison in zip(panels, comparisons, strict=True):
        for axes, metric in zip(row, metrics, strict=True):
            own = data[(data["comparison"] == comparison) & (data["metric"] == metric)]
            _forest(axes, own, named=axes is row[0])
            axes.set_title(_title(own, counts, metric), loc="left")
        name = comparison_name(comparison).replace(" \N{MINUS SIGN} ", "\n\N{MINUS SIGN} ")
        row[0].set_ylabel(name + (f" ({n_tasks} tasks)" if n_tasks > MOST_NAMES else ""))
    for axes, metric in zip(panels[-1], metrics, strict=True):
        axes.set_xlabel(f"difference in {metric_name(metric)}")
    _legend(figure, data, significance)
    return Drawing(figure, data)


def _forest(axes: Axes, data: pd.DataFrame, named: bool) -> None:
    thin = len(data) > MOST_NAMES
    for verdict, colour, filled in (("not significant", GREY, False), ("gain", GAIN, True), ("loss", LOSS, True)):
        own = data[data["verdict"] == verdict]
        axes.hlines(own["place"], own["low"], own["high"], color=colour, linewidth=0.5 if thin else 1.2, alpha=0.7)
        axes.plot(
            own["difference"],
            own["place"],
            linestyle="none",
            marker="o",
            markersize=2 if thin else 5,
            color=colour,
            markerfacecolor=colour if filled else "white",
            markeredgewidth=0.6 if thin else 1.0,
        )
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    undefined = data[data["verdict"] == "undefined"]
    for place in undefined["place"] if not thin else ():
        axes.text(0, place, " undefined", va="center", color=GREY, fontsize=7)
    axes.set_ylim(-0.7, data["place"].max() + 0.7)
    if named and not thin:
        axes.set_yticks(data["place"], data["name"])
    else:
        axes.set_yticks(data["place"] if not thin else [], [""] * len(data) if not thin else [])
    axes.tick_params(axis="y", length=0)
    plain_grid(axes, "both" if not thin else "x")


def _title(data: pd.DataFrame, counts: pd.DataFrame, metric: str) -> str:
    key = data[["comparison", "size"]].iloc[0]
    row = counts[
        (counts["comparison"] == key["comparison"])
        & (counts["size"] == key["size"])
        & (counts["metric"] == metric)
        & (counts["test"] == "corrected")
    ]
    folds = count_text(data["size"], "fold")
    head = f"{metric_name(metric)} at {folds}, {count_text(data['n_pairs'], 'rotation')}"
    if row.empty:
        return head
    found = row.iloc[0]
    nominal = f"{found['n_gain']} gain, {found['n_loss']} lose; chance: {found['expected_by_chance']:.2g} each"
    adjusted = f"{found['n_gain_fdr']} of {found['n_tasks']} gain, {found['n_loss_fdr']} lose"
    return f"{head}\nafter Benjamini-Hochberg: {adjusted}\nnominal: {nominal}"


def _legend(figure: Figure, data: pd.DataFrame, significance: float) -> None:
    looks = {
        "gain": (GAIN, GAIN, f"gain, q < {significance:g}"),
        "loss": (LOSS, LOSS, f"loss, q < {significance:g}"),
        "not significant": (GREY, "white", "not significant"),
    }
    handles = [
        Line2D([], [], color=colour, marker="o", markersize=5, markerfacecolor=face, label=label)
        for colour, face, label in looks.values()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)

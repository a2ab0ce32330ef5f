"""Change of EXP3's parameters against change in score, single-task to multi-task (P1 Fig. 5, Table 2).

It is EXP3 whatever form a study reports, because P1's table is about its a, b and c.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.names import ordered_tasks, plural
from mtlcurves.reporting.style import (
    BLUE,
    GREEN,
    GREY,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    signed,
    styled,
)

COLUMNS = ["metric", "version", "coefficient", "task", "name", "parameter_change", "score_change", "drawn_change"]
COLUMNS += ["status", "spearman", "low", "high", "n_tasks"]
COLOURS = (BLUE, GREEN)


def drawn_data(change: pd.DataFrame, correlation: pd.DataFrame, tasks: pd.DataFrame, recipe: str) -> pd.DataFrame:
    """Gather the tasks' changes with their rank correlation; wild parameter changes are drawn at the edge."""
    order = ordered_tasks(tasks)[["task", "label"]].rename(columns={"label": "name"})
    own = change[
        (change["recipe"] == recipe) & change["parameter_change"].notna() & change["score_change"].notna()
    ]
    data = own.merge(order, on="task")
    key = ["metric", "version", "coefficient"]
    found = correlation[correlation["recipe"] == recipe][[*key, "spearman", "low", "high", "n_tasks"]]
    data = data.merge(found, on=key, how="left")
    grouped = data.groupby(key)["parameter_change"]
    low, middle, high = (grouped.transform("quantile", q) for q in (0.05, 0.5, 0.95))
    reach = 2.5 * (high - low)
    data["drawn_change"] = data["parameter_change"].clip(middle - reach, middle + reach)
    return data[COLUMNS]


@styled
def draw(change: pd.DataFrame, correlation: pd.DataFrame, tasks: pd.DataFrame, recipe: str = "main") -> Drawing:
    """Draw a scatter for each coefficient (column) and each metric and version (rows).

    Parameters
    ----------
    change, correlation, tasks : pandas.DataFrame
        Tables ``parameter_change``, ``parameter_correlation`` and ``tasks``.
    recipe : str
        Recipe to draw.
    """
    data = drawn_data(change, correlation, tasks, recipe)
    if data.empty:
        return nothing_drawn("No task has a fitted curve both alone and together with all others.", COLUMNS)
    rows = list(dict.fromkeys(zip(data["metric"], data["version"], strict=True)))
    versions, coefficients = list(dict.fromkeys(data["version"])), sorted(data["coefficient"].unique())
    figure = new_figure(2.7 * len(coefficients) + 0.6, 2.15 * len(rows) + 0.3)
    grid = figure.subplots(len(rows), len(coefficients), squeeze=False)
    for row, (metric, version) in zip(grid, rows, strict=True):
        for axes, coefficient in zip(row, coefficients, strict=True):
            chosen = (
                (data["metric"] == metric) & (data["version"] == version) & (data["coefficient"] == coefficient)
            )
            _scatter(axes, data[chosen], COLOURS[versions.index(version) % 2])
            axes.set_xlabel(f"change in {coefficient}")
        row[0].set_ylabel(f"{version}\nchange in {metric_name(metric)}")
    figure.suptitle(
        f"{plural(data['task'].nunique(), 'task')}, EXP3; multi-task \N{MINUS SIGN} single-task; one dot a task\n"
        "hollow: the coefficient is not identified or at a bound in either arm",
        fontsize=8,
    )
    return Drawing(figure, data)


def _scatter(axes: Axes, data: pd.DataFrame, colour: str) -> None:
    axes.axhline(0, color="black", linewidth=0.7, zorder=1)
    axes.axvline(0, color="black", linewidth=0.7, zorder=1)
    inside, sure = data["drawn_change"] == data["parameter_change"], data["status"] == "ok"
    size = 4.5 if len(data) <= 60 else 3
    for mask, marker, edge, face in (
        (inside & sure, "o", colour, colour),
        (inside & ~sure, "o", GREY, "white"),
        (~inside & sure, "D", colour, colour),
        (~inside & ~sure, "D", GREY, "white"),
    ):
        axes.plot(
            data.loc[mask, "drawn_change"], data.loc[mask, "score_change"], marker,
            markersize=size, markeredgecolor=edge, markerfacecolor=face, alpha=0.8, markeredgewidth=0.7,
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    plain_grid(axes)
    if data.empty or pd.isna(data["spearman"].iloc[0]):
        axes.set_title(f"no correlation: {plural(len(data), 'task')}")
        return
    first = data.iloc[0]
    interval = f" ({signed(first['low'], 2)} to {signed(first['high'], 2)})" if pd.notna(first["low"]) else ""
    axes.set_title(f"Spearman {signed(first['spearman'], 2)}{interval}")

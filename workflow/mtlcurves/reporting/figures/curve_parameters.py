"""Parameters of the fitted learning curves, multi-task against single-task (P1 Fig. 4)."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mtlcurves.curves.forms import FORMS
from mtlcurves.reporting.labels import place_names
from mtlcurves.reporting.names import ordered_tasks, plural
from mtlcurves.reporting.style import (
    BLUE,
    GREY,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

KEYS = ["metric", "coefficient", "task"]
COLUMNS = [*KEYS, "name", "form", "stl", "mtl", "stl_se", "mtl_se", "stl_status", "mtl_status", "determined"]
MOST_NAMES = 12
MOST_BARS = 60
LINE = 42  # letters of a note that fit under a panel


def drawn_data(curves: pd.DataFrame, tasks: pd.DataFrame, recipe: str) -> pd.DataFrame:
    """Pair each coefficient's single-task and multi-task estimate; it is determined where both statuses are ok."""
    order = ordered_tasks(tasks)[["task", "label"]].rename(columns={"label": "name"}).reset_index(names="place")
    own = curves[(curves["recipe"] == recipe) & (curves["subset"] == "all") & curves["value"].notna()]
    own = own[own["coefficient"].isin(_shown_coefficients(own))]
    stl, mtl = (
        own.loc[own["arm"] == arm, [*KEYS, "form", "value", "standard_error", "status"]].rename(
            columns={"value": arm, "standard_error": f"{arm}_se", "status": f"{arm}_status"}
        )
        for arm in ("stl", "mtl")
    )
    data = stl.merge(mtl.drop(columns="form"), on=KEYS).merge(order, on="task")
    data["determined"] = (data["stl_status"] == "ok") & (data["mtl_status"] == "ok")
    metrics = {metric: place for place, metric in enumerate(own["metric"].unique())}
    data = data.sort_values(["coefficient", "place"]).sort_values(
        "metric", key=lambda m: m.map(metrics), kind="stable"
    )
    return data[COLUMNS].reset_index(drop=True)


def _shown_coefficients(curves: pd.DataFrame) -> list[str]:
    return [name for name in sorted(curves["coefficient"].unique()) if name != "half_size"]


def _meaning(form: str, coefficient: str) -> str:
    roles = {FORMS[form].rate: ", rate per 1,000 labels", FORMS[form].limit: ", limit of the score"}
    if form == "EXP3":
        roles["b"] = ", log gap at no labels"
    return coefficient + roles.get(coefficient, "")


@styled
def draw(curves: pd.DataFrame, tasks: pd.DataFrame, recipe: str = "main") -> Drawing:
    """Draw a scatter for each metric (row) and coefficient (column), with the line of no change.

    Parameters
    ----------
    curves, tasks : pandas.DataFrame
        Tables ``curves`` and ``tasks``.
    recipe : str
        Recipe to draw.
    """
    data = drawn_data(curves, tasks, recipe)
    if data.empty:
        return nothing_drawn("No task has a fitted curve both alone and together with all others.", COLUMNS)
    metrics, coefficients = list(dict.fromkeys(data["metric"])), _shown_coefficients(data)
    few = data["task"].nunique() <= MOST_NAMES
    figure = new_figure(2.9 * len(coefficients) + 0.4, (3.2 if few else 2.9) * len(metrics) + 0.5, "compressed")
    grid = figure.subplots(len(metrics), len(coefficients), squeeze=False)
    for row, metric in zip(grid, metrics, strict=True):
        for axes, coefficient in zip(row, coefficients, strict=True):
            own = data[(data["metric"] == metric) & (data["coefficient"] == coefficient)]
            _note(axes, own, _scatter(axes, own))
            axes.set_title(f"{metric_name(metric)}: {_meaning(data['form'].iloc[0], coefficient)}")
        row[0].set_ylabel("multi-task")
    forms = ", ".join(data["form"].unique())
    title = f"{plural(data['task'].nunique(), 'task')}, {forms}"
    title += "; bars: \N{PLUS-MINUS SIGN}1 standard error" if data["task"].nunique() <= MOST_BARS else ""
    figure.legend(handles=_handles(), loc="outside upper center", ncols=3, title=title, title_fontsize=8)
    return Drawing(figure, data)


def _handles() -> list[Line2D]:
    looks = {
        "ok in both arms": ("o", BLUE, BLUE),
        "not identified or at a bound in either arm": ("o", GREY, "white"),
        "beyond the axes, drawn at the edge": ("D", BLUE, BLUE),
    }
    shape = {"linestyle": "none", "markersize": 5}
    return [
        Line2D([], [], marker=marker, color=edge, markerfacecolor=face, label=label, **shape)  # type: ignore[arg-type]
        for label, (marker, edge, face) in looks.items()
    ]


def _note(axes: Axes, data: pd.DataFrame, without_room: list[str]) -> None:
    """Label the x axis, and list below it the tasks whose dots bear no name."""
    hollow = list(data.loc[~data["determined"], "name"])
    notes = {"hollow": hollow, "no room for": without_room}
    if len(data) > MOST_NAMES:
        notes = {"hollow": [f"{len(hollow)} of {len(data)}"] if hollow else []}
    lines = [f"{what}: {', '.join(names)}" for what, names in notes.items() if names]
    wrapped = [part for line in lines for part in textwrap.wrap(line, LINE, break_on_hyphens=False)]
    axes.set_xlabel("\n".join(["single-task", *wrapped]))


def _scatter(axes: Axes, data: pd.DataFrame) -> list[str]:
    """Draw one panel; return the names for which it has no room."""
    low, high = _limits(data)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_aspect("equal")
    axes.plot([low, high], [low, high], color="black", linewidth=0.7, zorder=1)
    x, y = (data[arm].clip(low, high) for arm in ("stl", "mtl"))
    outside, sure = (x != data["stl"]) | (y != data["mtl"]), data["determined"]
    few = len(data) <= MOST_BARS
    if few:
        # a bar beside a dot that is not determined would look like precision
        xerr, yerr = (data[f"{arm}_se"].where(sure & ~outside) for arm in ("stl", "mtl"))
        axes.errorbar(x, y, yerr, xerr, fmt="none", ecolor=GREY, elinewidth=0.5, alpha=0.5, zorder=2)
    for mask, marker in ((~outside, "o"), (outside, "D")):
        axes.scatter(
            x[mask],
            y[mask],
            s=24 if few else 9,
            c=np.where(sure[mask], BLUE, "white").tolist(),
            marker=marker,
            edgecolors=np.where(sure[mask], BLUE, GREY).tolist(),
            linewidths=0.8,
            clip_on=False,
            zorder=3,
        )
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    plain_grid(axes)
    if len(data) > MOST_NAMES:
        return []
    written = place_names(axes, x, y, list(data["name"].where(sure, "")), side=165)
    return [name for name in data.loc[sure, "name"] if name not in written]


def _limits(data: pd.DataFrame) -> tuple[float, float]:
    """Span the axes by the values, but let a few wild fits lie outside."""
    values = np.concatenate([data["stl"], data["mtl"]]).astype(float)
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    reach = 1.5 * max(high - low, 1e-6)
    low, high = max(values.min(), middle - 1.5 * reach), min(values.max(), middle + 1.5 * reach)
    margin = 0.08 * max(high - low, 1e-3)
    return float(low - margin), float(high + margin)

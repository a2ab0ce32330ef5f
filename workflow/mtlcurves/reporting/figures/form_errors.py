"""Errors of the curve forms: how well each fits, and how well it predicts the next size (P1 Table 1)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from mtlcurves.reporting.names import Look, Series, count_text, series_looks, series_name
from mtlcurves.reporting.style import (
    GREY,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

ERRORS = {
    "prequential_common": "next size, per point\n(mean curve, m = 5 to 8)",
    "prequential_mean": "E[prequential]\n(mean curve)",
    "prequential": "prequential\n(each rotation)",
    "l2_mean": "E[L2], in sample\n(mean curve)",
    "l2": "L2, in sample\n(each rotation)",
}
COLUMNS = ["metric", "arm", "subset", "form", "place", "error", "value", "n_tasks"]


def drawn_data(ranking: pd.DataFrame, recipe: str) -> pd.DataFrame:
    """List every error of every form, forms placed by their next-size error in the metric's first arm."""
    own = ranking[ranking["recipe"] == recipe]
    if own.empty:
        return pd.DataFrame(columns=COLUMNS)
    long = own.melt(["metric", "arm", "subset", "form", "n_tasks"], list(ERRORS), var_name="error")
    # few sizes leave no common points to predict; then the errors as published decide
    judges = ["prequential_common", "prequential_mean"]
    order = own.groupby(["metric", "form"], sort=False)[judges].mean().reset_index()
    order = order.sort_values(["metric", *judges, "form"], kind="stable", na_position="last")
    order["place"] = order.groupby("metric").cumcount()
    long = long.merge(order[["metric", "form", "place"]], on=["metric", "form"])
    metrics = {metric: place for place, metric in enumerate(own["metric"].unique())}
    long = long.sort_values("place", kind="stable")
    return long.sort_values("metric", key=lambda m: m.map(metrics), kind="stable")[COLUMNS].reset_index(drop=True)


@styled
def draw(ranking: pd.DataFrame, recipe: str = "main") -> Drawing:
    """Draw a row of dot plots for each metric, the best predicting form on top.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Table ``form_ranking``.
    recipe : str
        Recipe to draw.
    """
    data = drawn_data(ranking, recipe)
    if data["value"].notna().sum() == 0:
        return nothing_drawn("No curve form could be compared: too few sizes.", COLUMNS)
    metrics = list(dict.fromkeys(data["metric"]))
    n_forms = data["form"].nunique()
    figure = new_figure(10.5, 0.8 + len(metrics) * (0.75 + 0.17 * n_forms))
    looks = series_looks(data)
    panels = figure.subplots(len(metrics), len(ERRORS), squeeze=False)
    for row, metric in zip(panels, metrics, strict=True):
        for axes, (error, title) in zip(row, ERRORS.items(), strict=True):
            own = data[(data["metric"] == metric) & (data["error"] == error)]
            _dots(axes, own, looks, named=axes is row[0])
            axes.set_title(title, fontsize=7.5)
            plain_grid(axes)
        row[0].set_ylabel(f"{metric_name(metric)}\nbest predicting form on top")
        row[2].set_xlabel("squared error (log scale; smaller is better), mean over tasks")
    handles = [
        Line2D([], [], linestyle="none", marker=marker, color=colour, label=series_name(*key))
        for key, (colour, marker) in looks.items()
    ]
    handles.append(
        Line2D([], [], color=GREY, linewidth=0.8, linestyle=(0, (3, 2)), label="LAST1: the last score, carried on")
    )
    title = count_text(data["n_tasks"], "task")
    figure.legend(handles=handles, loc="outside upper center", ncols=5, title=title, title_fontsize=8)
    return Drawing(figure, data)


def _dots(axes: Axes, data: pd.DataFrame, looks: dict[Series, Look], named: bool) -> None:
    edge = _log_scale(axes, data["value"])
    for (arm, subset), (colour, marker) in looks.items():
        own = data[(data["arm"] == arm) & (data["subset"] == subset)]
        near, far = own[own["value"] <= edge], own[own["value"] > edge]
        axes.plot(near["value"], near["place"], marker, color=colour, markersize=4, alpha=0.85)
        if len(far):  # an empty line that is not clipped would have no place in the layout
            axes.plot([edge] * len(far), far["place"], ">", color=colour, markersize=4, clip_on=False)
        last = near.loc[near["form"] == "LAST1", "value"]
        if len(last):
            axes.axvline(last.iloc[0], color=colour, linewidth=0.8, linestyle=(0, (3, 2)), alpha=0.7)
    forms = data.drop_duplicates("form").sort_values("place")
    axes.set_yticks(forms["place"], forms["form"])
    axes.tick_params(axis="y", length=0, labelleft=named)
    axes.set_ylim(forms["place"].max() + 0.6, -0.6)


def _log_scale(axes: Axes, values: pd.Series) -> float:
    """Set a logarithmic axis; return its right edge, beyond which forms are drawn as arrows."""
    positive = values[(values > 0) & np.isfinite(values)]
    if positive.empty:
        return np.inf
    axes.set_xscale("log")
    # one wild form must not squeeze all others: the axis ends at 300 times the best
    low, high = positive.min() / 1.5, min(positive.max(), positive.min() * 300) * 1.5
    axes.set_xlim(low, high)
    ticks = _log_ticks(low, high)
    axes.set_xticks(ticks, _tick_texts(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    return float(high)


def _tick_texts(ticks: list[float]) -> list[str]:
    """Write the ticks of one axis alike: with powers of ten as soon as one of them is small."""
    if min(ticks, default=1.0) >= 1e-3:
        return [f"{tick:g}" for tick in ticks]
    parts = [f"{tick:e}".split("e") for tick in ticks]
    return [f"{float(front):g}e{int(power)}".replace("-", "\N{MINUS SIGN}") for front, power in parts]


def _log_ticks(low: float, high: float) -> list[float]:
    """Choose round ticks: powers of ten where they are enough, more of each decade where they are not."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks: list[float] = []
    for steps in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        ticks = [step * 10.0**decade for decade in decades for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) >= 2:
            break
    return ticks

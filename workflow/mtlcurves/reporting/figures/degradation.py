"""What is left of r(G, E) as labels are taken away, with the curves that say whether there is a threshold."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mtlcurves.curves.overlap_forms import FORMS, LINE
from mtlcurves.reasons import commonest
from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.rows import rows_of_sweeps
from mtlcurves.reporting.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    Drawing,
    LineStyle,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["kind", "arm", "reference", "form", "seed", "level", "ochiai", "r", "midpoint", "midpoint_low"]
COLUMNS += ["midpoint_high", "status", "n_pairs"]
ARMS = {
    "thinned": ("independent thinning", "labels kept (%)"),
    "core": ("same number of labels", "overlap, Jaccard (%)"),
    "blocks": ("same number, own scaffolds", "overlap, Jaccard (%)"),
    "size": ("same overlap", "labels of every task"),
    "masked": ("hidden after training", "labels compared (%)"),
}
UNITS = {"thinned": " % of the labels", "masked": " % of the labels", "size": " labels"}

REFERENCES = {
    "own": "labels kept",
    "full": "all labels",
    "heldout": "held-out labels",
    "truth": "the design (size)",
}
LOOKS: dict[str, tuple[str, LineStyle]] = {
    "sigmoid": (VERMILLION, "-"),
    "hyperbola": (BLUE, (0, (4, 2))),
    LINE: (ORANGE, (0, (1, 1.5))),
}
POINT, SAME, CURVE, REFUSED = "training", "training, shared compounds", "curve", "no curve"
OF_SAME: dict[str, Any] = {
    "color": GREEN,
    "marker": "D",
    "markersize": 4,
    "linestyle": "none",
    "fillstyle": "none",
}
FINE = 60  # points of a curve
MIDPOINT = ("midpoint", "midpoint_low", "midpoint_high")
UNLOCATED = "midpoint not located"  # how the status of such a fit begins


def drawn_data(degradation: pd.DataFrame, fits: pd.DataFrame, encoder: str, window: str) -> pd.DataFrame:
    """Gather every training, and every fitted curve at levels between the smallest and the largest."""
    own, curves = (rows_of_sweeps(table, encoder, window) for table in (degradation, fits))
    points = _points(own, POINT)
    same = _points(rows_of_sweeps(degradation, encoder, window, part="same"), SAME)
    curves = curves[(curves["statistic"] == "pearson") & curves["form"].isin(list(LOOKS))]
    parts = [points.reindex(columns=COLUMNS), same.reindex(columns=COLUMNS)]
    for _, fit in curves.iterrows():
        of_arm = points[(points["arm"] == fit["arm"]) & (points["reference"] == fit["reference"])]
        if pd.notna(fit["r2"]):
            parts.append(_curve(fit, of_arm).reindex(columns=COLUMNS))
        elif len(of_arm):
            parts.append(pd.DataFrame([fit]).assign(kind=REFUSED).reindex(columns=COLUMNS))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _points(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    known = rows[rows["pearson"].notna()]
    percent = np.where(known["arm"] == "size", 1.0, 100.0)
    return known.assign(kind=kind, level=known["level"] * percent, r=known["pearson"], form=None, status=None)


def _curve(fit: pd.Series, points: pd.DataFrame) -> pd.DataFrame:
    level = np.linspace(points["level"].min(), points["level"].max(), FINE)
    top = points["level"].max() if fit["arm"] == "size" else 100.0
    means = points.groupby("level")["ochiai"].mean()
    ochiai = np.interp(level, means.index.to_numpy(float), means.to_numpy(float))
    form = FORMS[str(fit["form"])]
    x = ochiai if fit["form"] == LINE else 100 * level / top
    values = np.array([fit[name] for name in form.names], float)
    named = {key: fit[key] for key in ("arm", "reference", "form", "status")}
    named |= {key: fit[key] * (top / 100 if fit["arm"] == "size" else 1) for key in MIDPOINT}
    return pd.DataFrame({"level": level, "ochiai": ochiai, "r": form.curve(x, values)}).assign(kind=CURVE, **named)


@styled
def draw(degradation: pd.DataFrame, fits: pd.DataFrame, encoder: str, window: str) -> Drawing:
    """Draw a panel for each arm (column) and each reference (row).

    Parameters
    ----------
    degradation, fits : pandas.DataFrame
        Tables ``degradation`` and ``degradation_fits``.
    encoder, window : str
        Which similarities are shown.
    """
    data = drawn_data(degradation, fits, encoder, window)
    unknown = rows_of_sweeps(degradation, encoder, window)
    if data.empty:
        what = "No training of a sweep has a correlation r(G, E)."
        return nothing_drawn(what, COLUMNS, unknown["status"])
    arms = [arm for arm in ARMS if arm in set(data["arm"])]
    references = [name for name in REFERENCES if name in set(data["reference"])]
    figure = new_figure(3.1 * len(arms) + 0.4, 2.1 * len(references) + 0.9)
    grid = figure.subplots(len(references), len(arms), squeeze=False, sharey=True, sharex="col")
    for line, reference in zip(grid, references, strict=True):
        for axes, arm in zip(line, arms, strict=True):
            own, missing = (
                table[(table["arm"] == arm) & (table["reference"] == reference)] for table in (data, unknown)
            )
            _panel(axes, own, commonest(missing["status"]))
            top = 100 if arm != "size" else data.loc[data["arm"] == arm, "level"].max()
            axes.set_xlim(-0.04 * top, 1.04 * top)
        line[0].set_ylabel(f"r(G, E), E of\n{REFERENCES[reference]}")
    for arm, first, last in zip(arms, grid[0], grid[-1], strict=True):
        first.set_title(ARMS[arm][0] + ("\n" + first.get_title() if first.get_title() else ""))
        last.set_xlabel(ARMS[arm][1])
    drawn = set(data.loc[data["kind"] == CURVE, "form"])
    handles = [
        Line2D([], [], color=colour, linestyle=style, label=form)
        for form, (colour, style) in LOOKS.items()
        if form in drawn
    ]
    handles += [Line2D([], [], color=GREY, marker="o", markersize=3, linestyle="none", label="one training")]
    handles += [Line2D([], [], color="black", marker="_", markersize=7, linestyle="none", label="mean")]
    if SAME in set(data["kind"]):
        handles += [Line2D([], [], **OF_SAME, label="mean, shared compounds alone")]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(5, 3 * len(arms)))
    points = data[data["kind"] == POINT]
    seeds = points.groupby(["arm", "level"])["seed"].nunique()
    title = f"{encoder}, {count_text(points['n_pairs'], 'pair')} of tasks, {count_text(seeds, 'training')} a level"
    if _located(data).any():
        title += "\nx0: midpoint of the sigmoid, with its 95 % interval over seeds"
    figure.suptitle(title, fontsize=8)
    return Drawing(figure, data)


def _panel(axes: Axes, data: pd.DataFrame, missing: str) -> None:
    axes.axhline(0, color="black", linewidth=0.7, zorder=1)
    points = data[data["kind"] == POINT]
    axes.plot(points["level"], points["r"], "o", color=GREY, markersize=3, alpha=0.7)
    means = points.groupby("level")["r"].mean()
    axes.plot(means.index, means, "_", color="black", markersize=7)
    same = data[data["kind"] == SAME].groupby("level")["r"].mean()
    axes.plot(same.index, same, **OF_SAME)
    for form, curve in data[data["kind"] == CURVE].groupby("form"):
        colour, style = LOOKS[str(form)]
        axes.plot(curve["level"], curve["r"], color=colour, linestyle=style)
    located = data[_located(data)]
    if len(located):
        axes.set_title(_midpoint(located.iloc[0]), fontsize=7.5)
    if points.empty:
        text = fill(f"no correlation: {missing}", 36)
        axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=6, color=GREY)
    refused = data.loc[data["kind"] == REFUSED, "status"]
    if len(refused) and CURVE not in set(data["kind"]):
        axes.set_title(f"no curve: {refused.iloc[-1].split(';')[0]}", fontsize=7.5)
    plain_grid(axes)


def _located(data: pd.DataFrame) -> pd.Series:
    """Say which rows are of a sigmoid whose midpoint is known to lie among the levels."""
    sigmoid = (data["kind"] == CURVE) & (data["form"] == "sigmoid")
    return sigmoid & ~data["status"].fillna("").str.startswith(UNLOCATED)


def _midpoint(curve: pd.Series) -> str:
    unit = UNITS.get(curve["arm"], " % overlap")
    middle, low, high = (f"{curve[name]:,.0f}" for name in MIDPOINT)
    return f"x0 {middle}{unit} ({low} to {high})"

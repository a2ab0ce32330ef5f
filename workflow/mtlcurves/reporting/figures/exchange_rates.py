"""Exchange rates: how many of a task's own labels one label of another task is worth, with intervals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mtlcurves.reporting.intervals import draw_intervals
from mtlcurves.reporting.names import count_text, ordered_tasks, plural
from mtlcurves.reporting.panels import handles, metrics_of, panels
from mtlcurves.reporting.style import (
    BLUE,
    GREY,
    PURPLE,
    VERMILLION,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)
from mtlcurves.reporting.transfer_pairs import GAINS, default_rows, read_pairs
from mtlcurves.reporting.transfer_rows import in_drawn_order

COLUMNS = ["metric", "target", "name", "family", "place", "labels_of", "auxiliary", "auxiliary_name"]
COLUMNS += ["exchange_rate", "exchange_low", "exchange_high", "verdict", "status", "n_rotations"]
OTHERS, BEST = "all other tasks", "best auxiliary"
WORTH, HARM, UNSURE, OPEN = "worth labels", "costs labels", "not told from nothing", "not identified"
MOST_NAMES = 60
BELOW = 0.28  # of a row: the best auxiliary stands below all others
LOOKS = {WORTH: (BLUE, BLUE), HARM: (VERMILLION, VERMILLION), UNSURE: (GREY, "white")}


def drawn_data(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Gather the rate of all other tasks' labels, and of the best auxiliary's where it is told from 0."""
    rows = default_rows(estimates)
    order = ordered_tasks(tasks)[["task", "label", "family"]].rename(columns={"task": "target", "label": "name"})
    others = rows[rows["coefficient"] == "a_iS"].merge(order, on="target")
    others = others.assign(labels_of=OTHERS, auxiliary_name=None)
    if others.empty:
        return pd.DataFrame(columns=COLUMNS)
    others["verdict"] = [_verdict(row) for _, row in others.iterrows()]
    first = others[others["metric"] == others["metric"].iloc[0]]
    ranked = first["exchange_rate"].where(first["verdict"] != OPEN)
    ranked = first.assign(rank=ranked).sort_values(["rank", "target"], na_position="first")
    place = {target: k for k, target in enumerate(ranked["target"])}
    best = _best_auxiliaries(rows, tasks, significance).merge(order, on="target")
    found = pd.concat([others, best]) if len(best) else others
    found["place"] = found["target"].map(place).astype(float) - BELOW * (found["labels_of"] == BEST)
    return in_drawn_order(found, "place", COLUMNS)


def _verdict(row: pd.Series) -> str:
    if row["status"] != "ok" or pd.isna(row["exchange_low"]) or pd.isna(row["exchange_rate"]):
        return OPEN
    if row["exchange_low"] > 0:
        return WORTH
    return HARM if row["exchange_high"] < 0 else UNSURE


def _best_auxiliaries(rows: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Of the gains that are called, keep the one of each target that is worth most at the least."""
    pairs = read_pairs(rows, tasks, significance)
    told = (pairs["exchange_low"] > 0) & (pairs["exchange_high"] < np.inf)
    pairs = pairs[told & (pairs["verdict"] == GAINS)]
    pairs = pairs.sort_values("exchange_low", ascending=False).drop_duplicates(["metric", "target"])
    return pairs.assign(labels_of=BEST, verdict=WORTH)


@styled
def draw(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float = 0.05) -> Drawing:
    """Draw a row for each target and a column for each metric, targets sorted by their rate in the first.

    Parameters
    ----------
    estimates, tasks : pandas.DataFrame
        Tables ``transfer_estimates`` and ``tasks``.
    significance : float
        False-discovery rate over the map at which an auxiliary is called.
    """
    data = drawn_data(estimates, tasks, significance)
    if data.empty or not (data["verdict"] != OPEN).any():
        return nothing_drawn(
            "No exchange rate is identified: it needs curves with and without other tasks.", COLUMNS
        )
    metrics = metrics_of(data)
    n = data["target"].nunique()
    few = n <= MOST_NAMES
    figure = new_figure(1.2 + (4.3 if few else 3.3) * len(metrics), max(2.4, 1.5 + 0.26 * n) if few else 7.5)
    for axes, own in panels(figure, data, "own labels that one label is worth", sharey=True):
        _panel(axes, own, few)
    left = figure.axes[0]
    if few:
        first = data[(data["metric"] == metrics[0]) & (data["labels_of"] == OTHERS)]
        left.set_yticks(first["place"], first["name"])
    else:
        left.set_yticks([])
        left.set_ylabel(f"{n} tasks")
    rotations = count_text(data["n_rotations"], "rotation")
    figure.suptitle(
        f"{plural(n, 'target')}, joint estimates, {rotations}, 90 % intervals; an arrow: the interval goes on, "
        "perhaps without end",
        fontsize=8, x=0.01, ha="left",
    )  # fmt: skip
    _legend(figure, data)
    return Drawing(figure, data)


def _panel(axes: Axes, data: pd.DataFrame, few: bool) -> None:
    low, high, linear = axis_range(data)
    axes.set_xscale("symlog", linthresh=linear, linscale=0.6)
    axes.set_xlim(low, high)
    others, best = (data[data["labels_of"] == kind] for kind in (OTHERS, BEST))
    parts = [(others[others["verdict"] == verdict], "o", *look) for verdict, look in LOOKS.items()]
    for rows, marker, colour, face in [*parts, (best, "D", PURPLE, PURPLE)]:
        draw_intervals(axes, rows, ("exchange_low", "exchange_high"), (low, high), colour, 1.2 if few else 0.5)
        size = (3.6 if marker == "D" else 5) if few else 2
        axes.plot(
            rows["exchange_rate"], rows["place"], marker, color=colour, markerfacecolor=face, markersize=size
        )
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    axes.axvline(1, color="black", linewidth=0.6, linestyle=":", zorder=1)
    axes.tick_params(axis="y", length=0)
    axes.minorticks_off()
    _ticks(axes, low, high, linear)
    axes.set_ylim(-0.8, data["place"].max() + 0.8)
    plain_grid(axes, "both" if few else "x")
    if few:
        _words(axes, data)


def axis_range(data: pd.DataFrame) -> tuple[float, float, float]:
    """Choose the ends of the axis and the rate below which it is linear: all rates and most closed ends."""
    known = data[data["verdict"] != OPEN]
    rates = known["exchange_rate"].astype(float)
    ends = known[["exchange_low", "exchange_high"]].astype(float).to_numpy().ravel()
    ends = ends[np.isfinite(ends)]
    linear = 10.0 ** math.floor(math.log10(max(float(rates.abs().quantile(0.25)), 1e-6)))
    most = [float(np.quantile(ends, q)) for q in (0.1, 0.9)] if len(ends) else [0.0, 0.0]
    low = 1.5 * min(float(rates.min()), most[0], -linear / 2)
    return low, 1.5 * max(float(rates.max()), most[1], 1.0), linear


def _ticks(axes: Axes, low: float, high: float, linear: float) -> None:
    start, end = round(math.log10(linear)), math.floor(math.log10(high))
    right = [10.0**k for k in range(start, end + 1)]
    left = [-tick for tick in right if -tick >= low]
    texts = [f"{abs(tick):g}" for tick in right]
    axes.set_xticks([*left, 0.0, *right], [*(f"\N{MINUS SIGN}{-tick:g}" for tick in left), "0", *texts])


def _words(axes: Axes, data: pd.DataFrame) -> None:
    """Write the rate the other way round beside each row: the labels of all others that an own one is worth."""
    others, best = (data[data["labels_of"] == kind] for kind in (OTHERS, BEST))
    right = axes.get_yaxis_transform()
    numbers = ["place", "exchange_rate", "exchange_low", "exchange_high"]
    for (place, rate, low, high), verdict in zip(others[numbers].to_numpy(float), others["verdict"], strict=True):
        text = price(rate, low, high, verdict)
        axes.text(1.02, place, text, transform=right, va="center", fontsize=6.5, color="#333333")
    for (place, rate), name in zip(best[numbers[:2]].to_numpy(float), best["auxiliary_name"], strict=True):
        axes.annotate(
            name, (rate, place), (0, -4), textcoords="offset points", va="top", ha="center", fontsize=5.5,
            color=PURPLE,
        )  # fmt: skip


def price(rate: float, low: float, high: float, verdict: str) -> str:
    """Say how many labels of other tasks one own label is worth, as far as it is known."""
    if verdict in (OPEN, UNSURE):
        return verdict
    if verdict == HARM:
        return "others cost labels"
    far = count(1 / low) if math.isfinite(low) else "any number"
    near = count(1 / high) if math.isfinite(high) else "0"
    return f"1 own = {count(1 / rate)} of others ({near} to {far})"


def count(number: float) -> str:
    """Write a number of labels with two digits."""
    digits = max(0, 1 - math.floor(math.log10(number))) if number > 0 else 0
    return f"{number:,.{min(digits, 2)}f}" if number < 100 else f"{float(f'{number:.2g}'):,.0f}"


def _legend(figure: Figure, data: pd.DataFrame) -> None:
    texts = {WORTH: "all other tasks: worth labels", HARM: "all other tasks: cost labels", UNSURE: UNSURE}
    marks = handles(texts, LOOKS)
    if (data["labels_of"] == BEST).any():
        marks.append(Line2D([], [], color=PURPLE, marker="D", markersize=4, label="best auxiliary that is called"))
    figure.legend(handles=marks, loc="outside lower center", ncols=2)

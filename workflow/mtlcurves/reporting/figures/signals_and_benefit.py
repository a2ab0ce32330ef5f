"""Which signal tells what tasks give each other, and for which pairs: one figure for those who must choose."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mtlcurves.reporting.signals import COLUMNS, shown_signals, stratum_name, stratum_range
from mtlcurves.reporting.style import (
    BLUE,
    GREY,
    VERMILLION,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    percent,
    plain_grid,
    styled,
)

DRAWN = ["place", "column", *COLUMNS]


def drawn_data(signals: pd.DataFrame, window: str, significance: float) -> pd.DataFrame:
    """Give every signal its place, from above, and every stratum its column."""
    data = shown_signals(signals, window, significance)
    labels = list(dict.fromkeys(data["label"]))
    strata = list(dict.fromkeys(zip(data["stratum"], data["third"].fillna(""), strict=True)))
    column = [strata.index(key) for key in zip(data["stratum"], data["third"].fillna(""), strict=True)]
    return data.assign(place=data["label"].map(labels.index), column=column)[DRAWN]


@styled
def draw(signals: pd.DataFrame, window: str, significance: float) -> Drawing:
    """Draw a panel for each stratum (column) and each outcome (row): signals below each other.

    Parameters
    ----------
    signals : pandas.DataFrame
        Table ``signals_and_benefit``.
    window : str
        Logged steps of the similarities that are shown.
    significance : float
        False-discovery rate over the figure.
    """
    data = drawn_data(signals, window, significance)
    if data["spearman"].isna().all():
        what = "No signal could be set beside what tasks gain from each other."
        return nothing_drawn(what, DRAWN, data["status"])
    outcomes = list(dict.fromkeys(zip(data["outcome"], data["metric"].fillna(""), strict=True)))
    labels, n_columns = list(dict.fromkeys(data["label"])), data["column"].nunique()
    figure = new_figure(1.25 * n_columns + 2.0, (0.26 * len(labels) + 0.75) * len(outcomes) + 1.0)
    grid = figure.subplots(len(outcomes), n_columns, squeeze=False, sharey=True, sharex=True)
    for line, (outcome, metric) in zip(grid, outcomes, strict=True):
        rows = data[(data["outcome"] == outcome) & (data["metric"].fillna("") == metric)]
        for column, axes in enumerate(line):
            own = rows[rows["column"] == column]
            _panel(axes, own)
            axes.set_title(_heading(own), fontsize=7)
        line[0].set_yticks(range(len(labels)), labels)
        line[0].set_ylabel("gain in " + metric_name(metric) if metric else "designed similarity")
    grid[0][0].set_ylim(len(labels) - 0.5, -0.5)
    grid[0][0].set_xlim(-1.05, 1.05)
    grid[-1][n_columns // 2].set_xlabel("rank correlation with the signal")
    figure.suptitle(
        "Which signal tells what tasks gain from each other? n: directions; lines: 95 % intervals over tasks\n"
        f"told from nothing: by the interval, and at a false-discovery rate of {percent(significance)} here",
        fontsize=8,
    )
    figure.legend(handles=_legend(data), loc="outside lower center", ncols=3)
    return Drawing(figure, data)


def _panel(axes: Axes, data: pd.DataFrame) -> None:
    axes.axvline(0, color="black", linewidth=0.7, zorder=1)
    told, rest = data[data["told"]], data[~data["told"]]
    axes.hlines(rest["place"], rest["low"], rest["high"], color=GREY, linewidth=0.8, alpha=0.6)
    axes.plot(rest["spearman"], rest["place"], "|", color=GREY, markersize=5)
    axes.plot([0] * len(rest), rest["place"], "o", color="black", markersize=3)
    for colour, marker, own in _kinds(told):
        axes.hlines(own["place"], own["low"], own["high"], color=colour, linewidth=1.6)
        axes.plot(own["spearman"], own["place"], marker, color=colour, markersize=5)
    axes.set_xticks([-1, 0, 1], ["\N{MINUS SIGN}1", "0", "1"])
    axes.tick_params(axis="y", length=0)
    plain_grid(axes, "x")


def _kinds(told: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    """Part what follows gains from what runs against them, with colour and marker."""
    return [(BLUE, "o", told[told["spearman"] > 0]), (VERMILLION, "s", told[told["spearman"] < 0])]


def _heading(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    known = rows.loc[rows["spearman"].notna(), "n_pairs"]
    counts = sorted(set(known if len(known) else rows["n_pairs"]))
    n = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    row = rows.iloc[0]
    return "\n".join(filter(None, [stratum_name(row), stratum_range(row), f"n {n}"]))


def _legend(data: pd.DataFrame) -> list[Line2D]:
    texts = ("more where the signal is higher", "less where it is higher")
    kinds = zip(_kinds(data[data["told"]]), texts, strict=True)
    handles = [
        Line2D([], [], color=colour, marker=marker, markersize=5, label=f"told from nothing: {text}")
        for (colour, marker, own), text in kinds
        if len(own)
    ]
    nothing = {"color": "black", "marker": "o", "markersize": 3, "linestyle": "none"}
    return [*handles, Line2D([], [], **nothing, label="dot on zero: nothing shown")]  # type: ignore[arg-type]

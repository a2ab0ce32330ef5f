"""Which signal tells what tasks give each other, and for which pairs: one figure for those who must choose."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.style import (
    SERIES_COLOURS,
    SERIES_MARKERS,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["outcome", "metric", "signal", "version", "part", "label", "stratum", "third", "from_value", "to_value"]
COLUMNS += ["place", "spearman", "low", "high", "p", "n_pairs", "n_tasks"]
TRANSFER = "transfer weight"
PREFIXES = {"raw": "", "corrected": " / overlap"}


def drawn_data(signals: pd.DataFrame, window: str) -> pd.DataFrame:
    """Choose one window of the similarities, and weights of the first score; strata in the table's order."""
    versions = signals.loc[signals["signal"] == TRANSFER, "version"]
    data = signals[(signals["window"].isna() | (signals["window"] == window)) & signals["spearman"].notna()]
    data = data[(data["signal"] != TRANSFER) | (data["version"] == (versions.iloc[0] if len(versions) else ""))]
    # same-compound parts are part of the whole, and corrected cross parts have nothing to correct
    data = data[
        data["part"].isna() | (data["part"] == "all") | ((data["part"] == "cross") & (data["version"] == "raw"))
    ]
    strata = list(dict.fromkeys(zip(data["stratum"], data["third"].fillna(""), strict=True)))
    place = {stratum: k for k, stratum in enumerate(strata)}
    keys = zip(data["stratum"], data["third"].fillna(""), strict=True)
    return data.assign(place=[place[key] for key in keys], label=_labels(data))[COLUMNS].reset_index(drop=True)


def _labels(data: pd.DataFrame) -> list[str]:
    labels = []
    for signal, version, part in data[["signal", "version", "part"]].fillna("").itertuples(index=False):
        cross = ", cross part" if part == "cross" else ""
        labels.append(f"{signal}{PREFIXES.get(version, '')}{cross}")
    return labels


@styled
def draw(signals: pd.DataFrame, window: str) -> Drawing:
    """Draw a panel for each outcome: strata in rows, signals side by side.

    Parameters
    ----------
    signals : pandas.DataFrame
        Table ``signals_and_benefit``.
    window : str
        Logged steps of the similarities that are shown.
    """
    data = drawn_data(signals, window)
    if data.empty:
        return nothing_drawn("No signal stands beside what tasks gain from each other.", COLUMNS)
    outcomes = list(dict.fromkeys(zip(data["outcome"], data["metric"].fillna(""), strict=True)))
    labels, n_strata = list(dict.fromkeys(data["label"])), data["place"].nunique()
    figure = new_figure(3.0 * len(outcomes) + 1.6, 0.5 * n_strata + 1.7)
    grid = figure.subplots(1, len(outcomes), squeeze=False, sharey=True)[0]
    for axes, (outcome, metric) in zip(grid, outcomes, strict=True):
        own = data[(data["outcome"] == outcome) & (data["metric"].fillna("") == metric)]
        _panel(axes, own, labels)
        axes.set_title(f"gain in {metric_name(metric)}" if metric else "designed similarity")
        axes.set_xlabel("rank correlation with the signal")
    grid[0].set_yticks(range(n_strata), [_stratum(data[data["place"] == k]) for k in range(n_strata)])
    grid[0].invert_yaxis()
    handles = [
        Line2D([], [], color=colour, marker=marker, markersize=4, linewidth=1, label=label)
        for label, (colour, marker) in _looks(labels).items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(3, len(handles)))
    figure.suptitle("bars: 95 % interval, tasks resampled", fontsize=8)
    return Drawing(figure, data)


def _looks(labels: list[str]) -> dict[str, tuple[str, str]]:
    return {
        label: (SERIES_COLOURS[k % len(SERIES_COLOURS)], SERIES_MARKERS[k % len(SERIES_MARKERS)])
        for k, label in enumerate(labels)
    }


def _panel(axes: Axes, data: pd.DataFrame, labels: list[str]) -> None:
    axes.axvline(0, color="black", linewidth=0.7, zorder=1)
    looks = _looks(labels)
    for k, label in enumerate(labels):
        own, (colour, marker) = data[data["label"] == label], looks[label]
        place = own["place"] + 0.12 * (k - (len(labels) - 1) / 2)
        axes.hlines(place, own["low"], own["high"], color=colour, linewidth=1)
        axes.plot(own["spearman"], place, marker, color=colour, markersize=4)
    axes.set_xlim(-1.02, 1.02)
    plain_grid(axes, "x")


def _stratum(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    n = count_text(rows["n_pairs"], "direction")
    if row["stratum"] == "all":
        return f"all pairs\n{n}"
    digits = ".2f" if row["stratum"].startswith("ochiai") else ",.0f"
    name = "Ochiai overlap" if row["stratum"].startswith("ochiai") else "labels"
    return f"{name} {row['from_value']:{digits}} to {row['to_value']:{digits}}\n{n}"

"""What the figures of transfer share: rows in order, a panel for each score, a legend of what is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mtlcurves.reporting.style import metric_name

NO_WEIGHT = "No transfer weight: no task's labels were raised, or no curve could be fitted."
GAP_CLOSED = "gap closed by one fold of labels (%)"


def in_per_cent(pairs: pd.DataFrame) -> pd.DataFrame:
    """Write shares of the gap in per cent, and the labels of a fold as a number of labels (``fold_labels``)."""
    shares = ("shown", "closed", "closed_low", "closed_high", "closed_shrunken")
    return pairs.assign(fold_labels=1000 * pairs["fold"], **{name: 100 * pairs[name] for name in shares})


def in_drawn_order(rows: pd.DataFrame, by: str | list[str], columns: Sequence[str]) -> pd.DataFrame:
    """Sort rows by their place within each score, scores in the order in which they first appear."""
    metrics = {metric: place for place, metric in enumerate(rows["metric"].unique())}
    rows = rows.sort_values(by).sort_values("metric", key=lambda column: column.map(metrics), kind="stable")
    return pd.DataFrame(rows[list(columns)]).reset_index(drop=True)


def metrics_of(data: pd.DataFrame) -> list[str]:
    """Return the scores of a figure, in order."""
    return list(dict.fromkeys(data["metric"]))


def panels(figure: Figure, data: pd.DataFrame, label: str, sharey: bool) -> Iterator[tuple[Axes, pd.DataFrame]]:
    """Make a panel for each score, titled with it; yield it with its rows."""
    metrics = metrics_of(data)
    for axes, metric in zip(
        figure.subplots(1, len(metrics), squeeze=False, sharey=sharey)[0], metrics, strict=True
    ):
        axes.set_title(metric_name(metric), loc="left")
        axes.set_xlabel(label)
        yield axes, data[data["metric"] == metric]


def handles(texts: Mapping[str, str], looks: Mapping[str, tuple[str, str]]) -> list[Line2D]:
    """Make a legend's marks: what each verdict is called, with its colour and that of its face."""
    return [
        Line2D([], [], color=looks[verdict][0], marker="o", markersize=5, markerfacecolor=looks[verdict][1],
               label=text)
        for verdict, text in texts.items()
    ]  # fmt: skip

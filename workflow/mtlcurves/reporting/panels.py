"""A figure's panels, one for each score, and the marks of its legend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mtlcurves.reporting.style import metric_name


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

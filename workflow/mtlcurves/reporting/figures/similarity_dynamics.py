"""From which epoch on similarities are those of the end, and how far their noise lets that be seen."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.style import (
    BLUE,
    GREY,
    VERMILLION,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)

COLUMNS = ["encoder", "epoch", "with_final", "low", "high", "ceiling", "published", "n_trainings", "n_pairs"]
PUBLISHED_ENCODER = "gcn"


def drawn_data(dynamics: pd.DataFrame, claims: pd.DataFrame | None) -> pd.DataFrame:
    """Gather the epochs that have a correlation, with the published one where the study is of the same data."""
    data = dynamics[dynamics["with_final"].notna()]
    published = pd.Series(dtype=float)
    if claims is not None:
        own = claims[claims["table"] == "similarity_dynamics"]
        epochs = own["claim"].str.extract(r"epoch (\d+)")[0].astype(int)
        published = pd.Series(own["published"].to_numpy(float), epochs)
    own_encoder = data["encoder"] == PUBLISHED_ENCODER
    return data.assign(published=data["epoch"].map(published).where(own_encoder))[COLUMNS].reset_index(drop=True)


@styled
def draw(dynamics: pd.DataFrame, claims: pd.DataFrame | None) -> Drawing:
    """Draw a panel for each encoder.

    Parameters
    ----------
    dynamics : pandas.DataFrame
        Table ``similarity_dynamics``.
    claims : pandas.DataFrame, optional
        Table ``claims``, where the study is of published data.
    """
    data = drawn_data(dynamics, claims)
    if data.empty:
        what = "No epoch has similarities to be set beside those of the end."
        return nothing_drawn(what, COLUMNS, dynamics["status"])
    encoders = list(dict.fromkeys(data["encoder"]))
    figure = new_figure(2.9 * len(encoders) + 0.5, 3.2)
    for axes, encoder in zip(
        figure.subplots(1, len(encoders), squeeze=False, sharey=True)[0], encoders, strict=True
    ):
        own = data[data["encoder"] == encoder]
        _panel(axes, own)
        axes.set_title(
            f"{encoder}, {count_text(own['n_trainings'], 'training')}, {count_text(own['n_pairs'], 'pair')}"
        )
        axes.set_xlabel("epoch")
    figure.axes[0].set_ylabel("correlation with the end")
    handles = [
        Line2D([], [], color=BLUE, marker="o", markersize=3, label="epoch with the end, 95 % interval"),
        Line2D([], [], color=GREY, linestyle="--", label="ceiling: if all that differs were noise"),
    ]
    if data["published"].notna().any():
        handles.append(
            Line2D([], [], color=VERMILLION, marker="D", linestyle="none", markersize=4, label="published")
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=1 if len(encoders) == 1 else len(handles))
    return Drawing(figure, data)


def _panel(axes: Axes, data: pd.DataFrame) -> None:
    axes.axhline(0, color="black", linewidth=0.7, zorder=1)
    axes.fill_between(data["epoch"], data["low"], data["high"], color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(data["epoch"], data["with_final"], color=BLUE, marker="o", markersize=3)
    axes.plot(data["epoch"], data["ceiling"], color=GREY, linestyle="--")
    axes.plot(data["epoch"], data["published"], "D", color=VERMILLION, markersize=4)
    axes.set_ylim(top=1.03)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    plain_grid(axes)

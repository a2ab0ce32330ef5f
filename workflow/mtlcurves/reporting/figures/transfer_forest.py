"""The strongest gains and losses of every target, with intervals: what may be worth a purchase, what is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mtlcurves.reporting.intervals import draw_intervals
from mtlcurves.reporting.names import count_text, ordered_tasks, plural
from mtlcurves.reporting.panels import handles, metrics_of, panels
from mtlcurves.reporting.style import (
    BLACK,
    GAIN,
    GREY,
    LOSS,
    Drawing,
    new_figure,
    nothing_drawn,
    plain_grid,
    styled,
)
from mtlcurves.reporting.transfer_pairs import (
    GAINS,
    LOSES,
    NOTHING,
    UNKNOWN,
    default_rows,
    is_called,
    read_pairs,
)
from mtlcurves.reporting.transfer_rows import GAP_CLOSED, NO_WEIGHT, in_drawn_order, in_per_cent

COLUMNS = ["estimator", "metric", "target", "auxiliary", "target_name", "auxiliary_name", "target_family", "place"]
COLUMNS += ["fold_labels", "closed", "closed_low", "closed_high", "closed_shrunken", "q_map", "null_probability"]
COLUMNS += ["exchange_rate", "exchange_low", "exchange_high", "verdict", "status", "n_rotations"]
MOST_TARGETS, MOST_EACH = 12, 3
LOOKS = {GAINS: (GAIN, GAIN), LOSES: (LOSS, LOSS), NOTHING: (GREY, "white"), UNKNOWN: (GREY, "white")}


def drawn_data(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> pd.DataFrame:
    """Choose the pairs by their first metric, and give each its place from the top, in per cent of the gap."""
    pairs = read_pairs(default_rows(estimates), tasks, significance)
    if pairs.empty:
        return pd.DataFrame(columns=COLUMNS)
    first = pairs[pairs["metric"] == pairs["metric"].iloc[0]]
    chosen = _placed(_strongest(first), ordered_tasks(tasks))
    shown = pairs.merge(chosen[["target", "auxiliary", "place"]], on=["target", "auxiliary"])
    return in_drawn_order(in_per_cent(shown), "place", COLUMNS)


def _strongest(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the largest gains and losses of each target, of the targets with the largest, called ones first."""
    pairs = pairs[pairs["shown"] != 0].assign(called=is_called(pairs), size=pairs["shown"].abs())
    pairs = pairs.sort_values(["called", "size", "target", "auxiliary"], ascending=[False, False, True, True])
    targets = pairs["target"].drop_duplicates().head(MOST_TARGETS)
    pairs = pairs[pairs["target"].isin(targets)]
    return pairs.groupby(["target", np.sign(pairs["shown"])], sort=False).head(MOST_EACH)


def _placed(pairs: pd.DataFrame, order: pd.DataFrame) -> pd.DataFrame:
    """Give each row its place from the top; a target's name takes the row above its pairs."""
    rank = {task: k for k, task in enumerate(order["task"])}
    pairs = pairs.sort_values(["target", "shown"], key=lambda c: c.map(rank) if c.name == "target" else -c)
    block = pd.factorize(pairs["target"])[0] + 1
    return pairs.assign(place=np.arange(len(pairs)) + 1.4 * block - 0.4)


@styled
def draw(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float = 0.05) -> Drawing:
    """Draw a forest plot: a column for each metric, a block for each target, a row for each auxiliary.

    Parameters
    ----------
    estimates, tasks : pandas.DataFrame
        Tables ``transfer_estimates`` and ``tasks``.
    significance : float
        False-discovery rate over the map at which a pair is called.
    """
    data = drawn_data(estimates, tasks, significance)
    if data.empty:
        return nothing_drawn(NO_WEIGHT, COLUMNS)
    metrics = metrics_of(data)
    figure = new_figure(1.6 + 3.0 * len(metrics), 1.5 + 0.165 * data["place"].max())
    for axes, own in panels(figure, data, GAP_CLOSED, sharey=True):
        _forest(axes, own)
    _names(figure.axes[0], data[data["metric"] == metrics[0]])
    n_targets = estimates.loc[estimates["coefficient"] == "a_ij", "target"].nunique()
    figure.suptitle(_title(data, n_targets), fontsize=8, x=0.01, ha="left")
    _legend(figure, data, significance)
    return Drawing(figure, data)


def _forest(axes: Axes, data: pd.DataFrame) -> None:
    limits = axis_limits(data)
    for verdict, (colour, face) in LOOKS.items():
        own = data[data["verdict"] == verdict]
        draw_intervals(axes, own, ("closed_low", "closed_high"), limits, colour)
        axes.plot(
            own["closed"].clip(*limits), own["place"], "o", color=colour, markersize=4.5, markerfacecolor=face,
            markeredgewidth=1.0,
        )  # fmt: skip
    axes.plot(data["closed_shrunken"], data["place"], "|", color=BLACK, markersize=7, markeredgewidth=1.4)
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    axes.set_xlim(*limits)
    axes.set_ylim(data["place"].max() + 0.8, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(axis="y", length=0)
    plain_grid(axes, "x")


def axis_limits(data: pd.DataFrame) -> tuple[float, float]:
    """Choose limits that hold every estimate, and all intervals but those far wider."""
    inner = data[["closed", "closed_shrunken"]].abs().max().max()
    ends = data[["closed_low", "closed_high"]].abs().max().max()
    reach = 1.05 * max(inner, min(ends, 3 * inner)) if np.isfinite(ends) else 1.05 * inner
    return (-reach, reach) if reach > 0 else (-1.0, 1.0)


def _names(axes: Axes, data: pd.DataFrame) -> None:
    """Write every auxiliary with the labels of its fold beside its row, and every target above its block."""
    heads = data.drop_duplicates("target")
    titles = [
        f"{name} ({family})" if family else name
        for name, family in zip(heads["target_name"], heads["target_family"], strict=True)
    ]
    pairs = zip(data["auxiliary_name"], data["fold_labels"], strict=True)
    rows = [f"{name}, {labels:,.0f}" if np.isfinite(labels) else name for name, labels in pairs]
    axes.set_yticks([*data["place"], *(heads["place"] - 1)], [*rows, *titles], fontsize=6.5)
    for label in axes.get_yticklabels()[len(data) :]:
        label.set_fontweight("bold")


def _title(data: pd.DataFrame, n_targets: int) -> str:
    shown = data["target"].nunique()
    rotations = count_text(data["n_rotations"], "rotation")
    most = f"at most {MOST_EACH} gains and {MOST_EACH} losses each"
    which = plural(shown, "target") if shown == n_targets else f"{shown} of {n_targets} targets, the strongest"
    return (
        f"{which}, {most}; {data['estimator'].iloc[0]} estimates, {rotations}, 90 % intervals\n"
        "bold: target; below it the auxiliaries, each with the labels of one fold"
    )


def _legend(figure: Figure, data: pd.DataFrame, significance: float) -> None:
    texts = {GAINS: f"gain, q < {significance:g} over the map", LOSES: f"loss, q < {significance:g}"}
    texts |= {NOTHING: "not told from nothing"}
    marks = handles(texts, LOOKS)
    if data["closed_shrunken"].notna().any():
        marks.append(
            Line2D([], [], color=BLACK, marker="|", linestyle="none", markersize=8, markeredgewidth=1.4,
                   label="drawn together with the whole map")
        )  # fmt: skip
    figure.legend(handles=marks, loc="outside lower center", ncols=2)

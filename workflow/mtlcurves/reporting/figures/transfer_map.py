"""Transfer map: what one task's extra labels change in every other task, as a rate and as a score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from mtlcurves.reporting.names import count_text, family_edges, ordered_tasks
from mtlcurves.reporting.style import (
    DIVERGING,
    GREY,
    PALE,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    signed,
    styled,
)

COLUMNS = ["metric", "target", "auxiliary", "target_name", "auxiliary_name", "target_family", "auxiliary_family"]
COLUMNS += ["row", "column", "a_ij", "standard_error", "status", "score_change", "score_change_se", "n_rotations"]
MOST_NUMBERS = 12  # numbers in the cells up to this many tasks
MOST_NAMES = 60  # task names on the axes up to this many tasks
PANELS = (
    ("a_ij", "standard_error", "a_ij per 1,000 labels of the column's task"),
    ("score_change", "score_change_se", "change in {metric} from the raise"),
)

Matrix = npt.NDArray[np.float64]


def drawn_data(transfer: pd.DataFrame, tasks: pd.DataFrame, recipe: str) -> pd.DataFrame:
    """Gather the cells of the map: stage 3, one row for each target, auxiliary and metric, in the drawn order."""
    cells = transfer[
        (transfer["recipe"] == recipe) & (transfer["stage"] == 3) & (transfer["coefficient"] == "a_ij")
    ].rename(columns={"value": "a_ij"})
    order = ordered_tasks(tasks).reset_index(names="place").set_index("task")
    for side, place in (("target", "row"), ("auxiliary", "column")):
        cells = cells[cells[side].isin(order.index)]
        looked_up = order.loc[cells[side]]
        cells = cells.assign(
            **{
                place: looked_up["place"].to_numpy(),
                f"{side}_name": looked_up["label"].to_numpy(),
                f"{side}_family": looked_up["family"].to_numpy(),
            }
        )
    metrics = {metric: place for place, metric in enumerate(cells["metric"].unique())}
    cells = cells.sort_values(["row", "column"]).sort_values("metric", key=lambda m: m.map(metrics), kind="stable")
    return cells[COLUMNS].reset_index(drop=True)


def weight_digits(data: pd.DataFrame) -> int:
    """Choose the decimals of the weights in the cells."""
    largest = data["a_ij"].abs().quantile(0.95)
    return 3 if largest < 0.1 else 2 if largest < 10 else 1


def cell_text(number: float, digits: int) -> str:
    """Write a number short enough for a cell: ``+.012``; empty where there is none."""
    if not np.isfinite(number):
        return ""
    return signed(number, digits).replace("0.", ".", 1) if round(number, digits) else "0"


@styled
def draw(transfer: pd.DataFrame, tasks: pd.DataFrame, recipe: str = "main") -> Drawing:
    """Draw a row of two heat maps for each metric: the fitted weight, and the paired change in score.

    Parameters
    ----------
    transfer, tasks : pandas.DataFrame
        Tables ``transfer`` and ``tasks``.
    recipe : str
        Recipe to draw.
    """
    data = drawn_data(transfer, tasks, recipe)
    if data.empty:
        return nothing_drawn("No transfer weight: no auxiliary was raised, or no stage could be fitted.", COLUMNS)
    order = ordered_tasks(tasks)
    metrics = list(dict.fromkeys(data["metric"]))
    side = float(np.clip(0.42 * len(order), 2.2, 5.2))
    figure = new_figure(2 * side + 2.4, (side + 1.1) * len(metrics) + 0.5, layout="compressed")
    grid = figure.subplots(len(metrics), 2, squeeze=False)
    digits = {"a_ij": weight_digits(data), "score_change": 3}
    pad = 16 if set(order["family"]) != {""} and len(order) <= MOST_NAMES else 6
    for row, metric in zip(grid, metrics, strict=True):
        own = data[data["metric"] == metric]
        for axes, (value, error, title) in zip(row, PANELS, strict=True):
            _heat_map(axes, own, order, value, error, digits[value])
            axes.set_title(
                f"{metric_name(metric)}: {title.format(metric=metric_name(metric))}", fontsize=8, pad=pad
            )
        row[0].set_ylabel("target: the task that is scored")
        for axes in row:
            axes.set_xlabel("auxiliary: the task whose labels are added")
    figure.suptitle(_explanation(data, len(order)), fontsize=8)
    return Drawing(figure, data)


def _heat_map(axes: Axes, data: pd.DataFrame, order: pd.DataFrame, value: str, error: str, digits: int) -> None:
    n = len(order)
    fine = n > MOST_NAMES
    values = _matrix(data[data["status"] == "ok"] if fine and value == "a_ij" else data, value, n)
    # the scale follows the fits that can be trusted; others may be far outside
    sure = data.loc[(data["status"] == "ok") | (value != "a_ij"), value].abs().dropna()
    limit = float(sure.quantile(0.98)) if len(sure) else 1.0
    image = axes.imshow(
        values, cmap=DIVERGING, norm=Normalize(-(limit or 1.0), limit or 1.0), interpolation="nearest"
    )
    axes.set_facecolor(PALE)
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.8, extend="both", pad=0.02)
    bar.outline.set_visible(False)
    if value == "a_ij" and not fine:
        _hatch(axes, data[data["status"] != "ok"])
    if n <= MOST_NUMBERS:
        _numbers(axes, data, value, error, limit, digits)
    for edge in family_edges(order["family"]):
        axes.axhline(edge - 0.5, color="black", linewidth=0.3 if fine else 0.8)
        axes.axvline(edge - 0.5, color="black", linewidth=0.3 if fine else 0.8)
    _task_axes(axes, order)


def _matrix(data: pd.DataFrame, value: str, n: int) -> Matrix:
    matrix = np.full((n, n), np.nan)
    matrix[data["row"], data["column"]] = data[value]
    return matrix


def _hatch(axes: Axes, cells: pd.DataFrame) -> None:
    squares = [Rectangle((c - 0.5, r - 0.5), 1, 1) for r, c in zip(cells["row"], cells["column"], strict=True)]
    pale = (1.0, 1.0, 1.0, 0.6)  # a colour as strong as that of a known weight would be read as one
    axes.add_collection(PatchCollection(squares, facecolor=pale, edgecolor="#A6A6A6", hatch="////", linewidth=0))


def _numbers(axes: Axes, data: pd.DataFrame, value: str, error: str, limit: float, digits: int) -> None:
    for cell in data.itertuples():
        number, se = float(getattr(cell, value)), float(getattr(cell, error))
        if np.isfinite(number):
            unsure = value == "a_ij" and cell.status != "ok"
            dark = abs(number) > 0.55 * limit and not unsure
            axes.text(
                cell.column,  # type: ignore[arg-type]
                cell.row,  # type: ignore[arg-type]
                cell_text(number, digits),
                ha="center",
                va="center",
                fontsize=6,
                color="white" if dark else "#444444" if unsure else "black",
                fontweight="bold" if abs(number) > 2 * se and not unsure else "normal",
                path_effects=[withStroke(linewidth=1.2, foreground="white")] if unsure else None,
            )


def _task_axes(axes: Axes, order: pd.DataFrame) -> None:
    n = len(order)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    if n <= MOST_NAMES:
        size = float(np.clip(260 / n, 4, 7))
        axes.set_xticks(range(n), order["label"], rotation=90 if n > 3 else 0, fontsize=size)
        axes.set_yticks(range(n), order["label"], fontsize=size)
        _family_names(axes, order)
        return
    edges = [0, *family_edges(order["family"]), n]
    spans = [(low, high) for low, high in zip(edges, edges[1:], strict=False) if high - low >= n / 40]
    middles = [(low + high - 1) / 2 for low, high in spans]
    names = [order["family"].iloc[low] for low, _ in spans]
    axes.set_xticks(middles, names, rotation=90, fontsize=6)
    axes.set_yticks(middles, names, fontsize=6)


def _family_names(axes: Axes, order: pd.DataFrame) -> None:
    """Write each family above its columns, where it is wide enough for the name."""
    edges = [0, *family_edges(order["family"]), len(order)]
    column_points = 72 * min(0.42, 5.2 / len(order))
    for low, high in zip(edges, edges[1:], strict=False):
        name = order["family"].iloc[low]
        if 3.4 * len(name) <= column_points * (high - low):
            middle = (low + high - 1) / 2
            axes.text(middle, -0.6, name, ha="center", va="bottom", fontsize=6, fontstyle="italic", color=GREY)


def _explanation(data: pd.DataFrame, n_tasks: int) -> str:
    unsure = int((data["status"] != "ok").sum())
    rotations = count_text(data["n_rotations"], "rotation")
    bold = "; bold: beyond 2 standard errors" if n_tasks <= MOST_NUMBERS else ""
    own = "; grey: the task itself, or no value"
    marked, none = ("hatched and pale", own) if n_tasks <= MOST_NAMES else ("grey", "")
    return (
        f"{n_tasks} tasks, {rotations}; blue: gain, orange: loss{bold}\n"
        f"{marked}: weight not identified or at a bound ({unsure:,} of {len(data):,} cells){none}"
    )

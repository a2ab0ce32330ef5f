"""Groups of tasks with similar gradients among random ones, against all tasks in one network."""

from __future__ import annotations

import pandas as pd

from mtlcurves.reporting.figures.groupings import COLUMNS, draw_panels, drawn_data
from mtlcurves.reporting.names import count_text
from mtlcurves.reporting.style import Drawing, metric_name, nothing_drawn, styled

SEEDS = {"n_rotations": "n_seeds"}


@styled
def draw(results: pd.DataFrame) -> Drawing:
    """Draw, for each number of groups, the random partitions as dots, and below them every choice.

    Parameters
    ----------
    results : pandas.DataFrame
        Table ``gradient_grouping_results``, of which the first metric is drawn.
    """
    own = results[results["metric"] == results["metric"].iloc[0]] if len(results) else results
    titles = [
        f"{metric_name(metric)}, {n} groups" for metric, n in zip(own["metric"], own["n_groups"], strict=True)
    ]
    data = drawn_data(own.assign(metric=titles, n_rotations=own["n_seeds"]))
    if data.empty:
        return nothing_drawn("No group of tasks has a score.", [SEEDS.get(name, name) for name in COLUMNS])
    drawing = draw_panels(data, lambda own: f", {count_text(own['n_rotations'], 'seed')}")
    return Drawing(drawing.figure, data.rename(columns=SEEDS))

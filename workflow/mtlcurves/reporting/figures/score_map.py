"""Score map: what one task's labels change in every other task's score, without a curve."""

from __future__ import annotations

import pandas as pd

from mtlcurves.reporting.figures.transfer_map import draw_map, in_places
from mtlcurves.reporting.style import Drawing, styled
from mtlcurves.reporting.transfer_pairs import read_pairs

UNIT = "change of the score by one fold of labels (hundredths)"


@styled
def draw(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float = 0.05) -> Drawing:
    """Draw a heat map for each metric, of the straight lines d_ij.

    Parameters
    ----------
    estimates, tasks : pandas.DataFrame
        Tables ``transfer_estimates`` and ``tasks``.
    significance : float
        False-discovery rate over the map at which a pair is called.
    """
    rows = estimates[(estimates["recipe"] == "main") & (estimates["estimator"] == "linear")]
    data = in_places(read_pairs(rows, tasks, significance, "d_ij"), tasks)
    return draw_map(data, tasks, significance, UNIT)

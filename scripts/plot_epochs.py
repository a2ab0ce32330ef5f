"""Draw the score against the training's length."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.jobs import job
from mtlcurves.reporting.figures import epochs
from mtlcurves.reporting.style import save

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    metrics = list(snakemake.params.metrics)
    chosen = [("arm", "in", ["stl", "mtl"])]
    points = pd.read_parquet(snakemake.input.grid_points, columns=[*epochs.NEEDED, *metrics], filters=chosen)
    drawing = epochs.draw(points, metrics)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

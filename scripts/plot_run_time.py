"""Draw how many trainings there were and how long they took."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.jobs import job
from mtlcurves.reporting.figures import run_time
from mtlcurves.reporting.style import save

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    points = pd.read_parquet(snakemake.input.grid_points, columns=run_time.NEEDED)
    drawing = run_time.draw(points)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

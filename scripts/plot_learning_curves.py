"""Draw every task's learning curves, alone and together."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import learning_curves
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("mean_scores", "curves", "tasks")]
    drawing = learning_curves.draw(*tables)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

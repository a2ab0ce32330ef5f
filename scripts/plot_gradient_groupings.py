"""Draw groups of tasks with similar gradients against random ones."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import gradient_groupings
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    drawing = gradient_groupings.draw(read_table(snakemake.input.results))
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

"""Draw how many active and inactive labels every task has."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import label_counts
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    drawing = label_counts.draw(read_table(snakemake.input.tasks))
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

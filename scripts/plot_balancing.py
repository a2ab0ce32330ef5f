"""Draw what balancing the tasks changes."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import balancing
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    drawing = balancing.draw(read_table(snakemake.input.balancing))
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

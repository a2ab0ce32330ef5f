"""Draw what one task's raised labels change in every other task."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import transfer_map
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("transfer", "tasks")]
    drawing = transfer_map.draw(*tables)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

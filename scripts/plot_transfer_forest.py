"""Draw the strongest gains and losses of every target, with intervals."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import transfer_forest
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("estimates", "tasks")]
    drawing = transfer_forest.draw(*tables, significance=snakemake.params.significance)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

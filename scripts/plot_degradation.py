"""Draw what is left of the similarities as labels are taken away."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import degradation
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("degradation", "fits")]
    drawing = degradation.draw(*tables, snakemake.params.encoder, snakemake.params.window)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

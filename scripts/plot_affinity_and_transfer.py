"""Draw affinities of gradients against weights of learning curves."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import affinity_and_transfer
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("means", "estimates", "comparison", "tasks")]
    drawing = affinity_and_transfer.draw(*tables, significance=snakemake.params.significance)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

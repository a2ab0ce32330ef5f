"""Draw the affinity of every pair of tasks over the amount of data (P1 Fig. 6)."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import affinity_sizes
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("means", "tasks")]
    drawing = affinity_sizes.draw(*tables)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

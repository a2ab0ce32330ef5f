"""Draw the similarity of gradients against the correlation of labels."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import similarity_and_correlation
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("similarity", "correlation", "relation", "tasks")]
    drawing = similarity_and_correlation.draw(*tables, snakemake.params.window, snakemake.params.rows)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

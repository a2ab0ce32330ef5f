"""Draw the tasks clustered by similarity, beside their reference groups."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import pathway_recovery
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("similarity", "recovery", "tasks")]
    drawing = pathway_recovery.draw(*tables, snakemake.params.encoder, snakemake.params.window)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

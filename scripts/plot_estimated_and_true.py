"""Draw estimated weights against what tasks of a designed study truly have in common."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import estimated_and_true
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("estimates", "truth")]
    drawing = estimated_and_true.draw(*tables, significance=snakemake.params.significance)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

"""Draw what one task's labels change in every other task's score, and which pairs are called."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import score_map
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("estimates", "tasks")]
    drawing = score_map.draw(*tables, significance=snakemake.params.significance)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

"""Draw how alike the gradients of every two tasks are."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import similarity_map
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("similarity", "overlap", "tasks")]
    drawing = similarity_map.draw(*tables, snakemake.params.window)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

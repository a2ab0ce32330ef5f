"""Count the compounds that every two tasks share."""

from typing import TYPE_CHECKING

from mtlcurves.gradient_sections import Gradients
from mtlcurves.jobs import job
from mtlcurves.similarity.overlap import overlap_table
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    labels, gradients = read_table(snakemake.input.labels), Gradients(**params.gradients)
    table = overlap_table(labels, params.tasks, gradients, params.fold_count)
    for path in snakemake.output.table:
        write_table(table, path, "overlap")

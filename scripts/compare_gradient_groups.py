"""Compare groups of tasks with similar gradients with random ones, all tasks together and each alone."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.groupings import NAME, compare_gradient_groups
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    table = compare_gradient_groups(read_table(snakemake.input.groups), read_table(snakemake.input.scores))
    for path in snakemake.output:
        write_table(table, path, NAME)

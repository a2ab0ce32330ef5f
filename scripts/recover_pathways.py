"""Compare clusters of the tasks with reference groups."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.pathways import NAME, recover
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    table = recover(read_table(snakemake.input.similarity), params.groups, params.partitions)
    for path in snakemake.output:
        write_table(table, path, NAME)

"""Correlate the similarities of every epoch with those of the end."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.dynamics import NAME, follow
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    table = follow(read_table(snakemake.input.epochs))
    for path in snakemake.output:
        write_table(table, path, NAME)

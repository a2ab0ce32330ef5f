"""Correlate the similarity of gradients with the correlation of labels."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.relation import NAME, relate
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    table = relate(*(read_table(snakemake.input[name]) for name in ("similarity", "correlation")))
    for path in snakemake.output:
        write_table(table, path, NAME)

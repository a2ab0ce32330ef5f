"""Correlate the similarity of gradients with the correlation of labels."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.ceilings import with_ceilings
from mtlcurves.similarity.relation import NAME, relate
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    similarity, correlation, *noise = (
        read_table(snakemake.input[name]) for name in ("similarity", "correlation", "reliability", "log", "epochs")
    )
    table = with_ceilings(relate(similarity, correlation), *noise)
    for path in snakemake.output:
        write_table(table, path, NAME)

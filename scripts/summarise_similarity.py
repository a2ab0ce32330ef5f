"""Average the similarities of gradients over trainings."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.summary import summarise
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("log", "overlap", "views")]
    similarity = summarise(*tables, snakemake.params.batch, snakemake.params.size_overlap)
    for path in snakemake.output:
        write_table(similarity, path, "gradient_similarity")

"""Correlate gradients, lookahead steps and learning curves with what tasks gain."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.bridge import NAME, relate_signals
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = {name: read_table(path) for name, path in snakemake.input.items() if path}
    truth = tables.pop("truth", None)
    table = relate_signals(tables, snakemake.params.tasks, snakemake.params.encoder, truth)
    for path in snakemake.output:
        write_table(table, path, NAME)

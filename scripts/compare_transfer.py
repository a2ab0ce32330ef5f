"""Correlate affinities of gradients with transfer weights of learning curves."""

from typing import TYPE_CHECKING

from mtlcurves.affinity.transfer_comparison import NAME, compare_transfer
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    tables = [read_table(files[name]) for name in ("affinity", "means", "estimates")]
    staged = read_table(files.staged) if files.staged else None
    table = compare_transfer(*tables, staged, params.metrics, params.arms, params.lookahead)
    for path in snakemake.output:
        write_table(table, path, NAME)

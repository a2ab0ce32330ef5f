"""Fit the three stages of the transfer estimation."""

from typing import TYPE_CHECKING

from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.curves.transfer import fit_transfer
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    metrics = snakemake.params.metrics
    table = fit_transfer(read_scores(snakemake.input.grid_points, metrics, "main"), metrics)
    for path in snakemake.output:
        write_table(table, path, "transfer")

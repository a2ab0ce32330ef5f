"""Estimate what labels of every task are worth to every other, with intervals."""

from typing import TYPE_CHECKING

from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.estimators.transfer_table import estimate_transfer
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    points = read_scores(files.grid_points, params.metrics, "main")
    counts = read_table(files.counts)
    staged = read_table(files.staged) if files.staged else None
    counts = counts[counts["split"] == params.split]
    allocations = read_table(files.allocations)
    shuffled = read_scores(files.grid_points, params.metrics, "main", labels="shuffled")
    tables = estimate_transfer(
        points, allocations, counts, params.metrics, params.targets, staged, shuffled, params.smallest_effect
    )
    for name, table in tables._asdict().items():
        for path in snakemake.output[name]:
            write_table(table, path, name)

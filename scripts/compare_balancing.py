"""Compare every recipe that balances its tasks with the plain sum."""

from typing import TYPE_CHECKING

from mtlcurves.curves.balancing import compare_balancing, read_seconds
from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params, grid_points = snakemake.params, snakemake.input.grid_points
    table = compare_balancing(
        read_scores(grid_points, params.metrics, arms=["mtl"]),
        read_seconds(grid_points),
        params.metrics,
        params.balancings,
        params.tested_on,
        params.fold_count,
        params.margin,
    )
    for path in snakemake.output:
        write_table(table, path, "balancing")

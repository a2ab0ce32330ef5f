"""Measure how well the gains of groups are predicted from those of others."""

from typing import TYPE_CHECKING

from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.gains.evaluation import predict_gains
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, metrics = snakemake.input, snakemake.params.metrics
    table = predict_gains(
        read_table(files.groups),
        read_scores(files.group_points, metrics, "main", ["group"]),
        read_scores(files.grid_points, metrics, "main", ["stl"]),
        metrics,
        snakemake.params.size,
    )
    for path in snakemake.output.gain_prediction:
        write_table(table, path, "gain_prediction")

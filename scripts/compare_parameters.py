"""Correlate the change of curve parameters with the change of score, single- to multi-task."""

from typing import TYPE_CHECKING

from mtlcurves.curves.parameters import change_of_parameters, correlate_changes
from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    metrics = snakemake.params.metrics
    changes = change_of_parameters(read_scores(snakemake.input.grid_points, metrics, arms=["stl", "mtl"]), metrics)
    correlations = correlate_changes(changes)
    for path in snakemake.output.changes:
        write_table(changes, path, "parameter_change")
    for path in snakemake.output.correlations:
        write_table(correlations, path, "parameter_correlation")

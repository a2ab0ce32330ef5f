"""Average each task's scores over the rotations that are valid at every size."""

from typing import TYPE_CHECKING

from mtlcurves.curves.points import ARMS, mean_scores
from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    metrics = snakemake.params.metrics
    points = read_scores(snakemake.input.grid_points, metrics, arms=ARMS)
    write_table(mean_scores(points, metrics), snakemake.output.mean_scores, "mean_scores")

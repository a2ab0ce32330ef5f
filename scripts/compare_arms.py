"""Compare arms and recipes task by task, and count the tasks that gain and lose."""

from typing import TYPE_CHECKING

from mtlcurves.curves.effects import compare_arms, count_effects
from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    points = read_scores(snakemake.input.grid_points, params.metrics, arms=["stl", "mtl"])
    effects = compare_arms(points, params.metrics, params.recipes, params.fold_count)
    counts = count_effects(effects, params.significance)
    for path in snakemake.output.effects:
        write_table(effects, path, "arm_effects")
    for path in snakemake.output.counts:
        write_table(counts, path, "effect_counts")

"""Compare the curve forms: how well each describes, and how well it foretells, the learning curves."""

from typing import TYPE_CHECKING

from mtlcurves.curves.points import ARMS
from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.curves.selection import compare_forms, rank_forms
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    metrics = snakemake.params.metrics
    points = read_scores(snakemake.input.grid_points, metrics, arms=ARMS)
    forms = compare_forms(points, metrics, snakemake.params.forms, processes=snakemake.threads)
    write_table(forms, snakemake.output.forms, "forms")
    ranking = rank_forms(forms)
    for path in snakemake.output.ranking:
        write_table(ranking, path, "form_ranking")

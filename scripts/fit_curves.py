"""Fit the study's curve form to every mean learning curve."""

from typing import TYPE_CHECKING

from mtlcurves.curves.lmfit_fit import fit_curves
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    curves = fit_curves(read_table(snakemake.input.mean_scores), snakemake.params.form)
    for path in snakemake.output:
        write_table(curves, path, "curves")

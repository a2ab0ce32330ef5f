"""Measure what is left of the similarities as labels are taken away, and fit curves to it."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity import degradation, degradation_fits
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = {name: read_table(path) for name, path in snakemake.input.items() if path}
    table = degradation.degrade(**tables, size_overlap=snakemake.params.size_overlap)
    for path in snakemake.output.degradation:
        write_table(table, path, degradation.NAME)
    fits = degradation_fits.fit_degradation(table)
    for path in snakemake.output.fits:
        write_table(fits, path, degradation_fits.NAME)

"""Correlate the similarities of every two encoders."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.consistency import NAME, compare_encoders
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    table = compare_encoders(*(read_table(snakemake.input[name]) for name in ("similarity", "log", "epochs")))
    for path in snakemake.output:
        write_table(table, path, NAME)

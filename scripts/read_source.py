"""Read every measured value of the source."""

from typing import TYPE_CHECKING

from mtlcurves.data.sources import read_source
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    values, rejected = read_source(snakemake.params.source, snakemake.input.files)
    write_table(values, snakemake.output.values, "values")
    write_table(rejected, snakemake.output.rejected, "rejected")

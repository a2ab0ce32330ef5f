"""Read and clean the structures of the study's tasks."""

from typing import TYPE_CHECKING

from mtlcurves.config import Molecules
from mtlcurves.data.molecules import standardise_values
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    values = read_table(snakemake.input.values)
    settings = Molecules(**params.molecules)
    molecules, rejected = standardise_values(values, params.tasks, settings, snakemake.threads)
    write_table(molecules, snakemake.output.molecules, "molecules")
    write_table(rejected, snakemake.output.rejected, "rejected")

"""Find the scaffolds of the compounds."""

from typing import TYPE_CHECKING

from mtlcurves.data.scaffolds import assign_scaffolds
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    molecules = read_table(snakemake.input.molecules)
    scaffolds = assign_scaffolds(molecules["canonical_smiles"].tolist(), snakemake.threads)
    write_table(scaffolds, snakemake.output.scaffolds, "scaffolds")

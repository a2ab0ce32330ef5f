"""Compute the compounds' fingerprints."""

from typing import TYPE_CHECKING

from mtlcurves.data.fingerprintfile import save_fingerprints
from mtlcurves.data.fingerprints import compute_fingerprints
from mtlcurves.jobs import job
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    smiles = read_table(snakemake.input.compounds)["smiles"].tolist()
    matrix = compute_fingerprints(smiles, **snakemake.params.fingerprints, workers=snakemake.threads)
    save_fingerprints(matrix, snakemake.output.fingerprints)

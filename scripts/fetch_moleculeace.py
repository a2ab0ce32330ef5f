"""Fetch the MoleculeACE wheel."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.fetch import fetch_wheel
from mtlcurves.jobs import job

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    fetch_wheel("MoleculeACE", params.version, params.sha256, Path(snakemake.output.wheel))

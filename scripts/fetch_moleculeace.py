"""Fetch the MoleculeACE wheel."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.fetch import fetch_wheel
from mtlcurves.provenance import job_log

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job_log(snakemake.log[0]):
    params = snakemake.params
    fetch_wheel("MoleculeACE", params.version, params.sha256, Path(snakemake.output.wheel))

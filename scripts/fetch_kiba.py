"""Build the KIBA tables from the public originals."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.kiba_originals import fetch_kiba
from mtlcurves.jobs import job

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    folder = Path(snakemake.output.tables[0]).parent
    fetch_kiba(snakemake.params.source, snakemake.params.originals, folder)

"""Build the KIBA tables from the public originals."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.kiba_originals import fetch_kiba
from mtlcurves.provenance import job_log

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job_log(snakemake.log[0]):
    folder = Path(snakemake.output.tables[0]).parent
    fetch_kiba(snakemake.params.source, snakemake.params.originals, folder)

"""Fetch a user's table from its URL."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.fetch import download
from mtlcurves.provenance import job_log

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job_log(snakemake.log[0]):
    download(snakemake.params.url, snakemake.params.sha256, Path(snakemake.output.table))

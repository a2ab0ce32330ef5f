"""Fetch a user's table from its URL."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.fetch import download
from mtlcurves.jobs import job

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    download(snakemake.params.url, snakemake.params.sha256, Path(snakemake.output.table))

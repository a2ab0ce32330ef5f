"""Fetch a user's table from its URL."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.fetch import fetch_table
from mtlcurves.jobs import job

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    fetch_table(params.url, params.sha256, Path(snakemake.output.table))

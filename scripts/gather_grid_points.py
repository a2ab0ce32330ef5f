"""Join the tables of all bundles."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.training.gather import gather

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake) as log:
    rows = gather(list(snakemake.input), snakemake.output.grid_points)
    log.info("%d rows from %d bundles", rows, len(snakemake.input))

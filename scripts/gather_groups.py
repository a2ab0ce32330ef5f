"""Join the tables of all groups that were trained."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.tables import atomic
from mtlcurves.training.gather import gather

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake) as log:
    rows = gather(list(snakemake.input), snakemake.output.grid_points)
    with atomic(snakemake.output.plan, "w") as handle:
        handle.write(snakemake.params.plan)
    log.info("%d rows from %d bundles", rows, len(snakemake.input))

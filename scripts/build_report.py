"""Write the report of a study."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.page import build
from mtlcurves.tables import atomic

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    sources = {name: path for name, path in snakemake.input.items() if name != "figures"}
    page = build(sources, snakemake.input.figures, snakemake.params)
    with atomic(snakemake.output[0], "w") as handle:
        handle.write(page)

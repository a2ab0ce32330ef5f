"""Draw what multi-task learning changes in every task."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import mtl_effect
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("arm_effects", "effect_counts", "tasks")]
    drawing = mtl_effect.draw(*tables, significance=snakemake.params.significance)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

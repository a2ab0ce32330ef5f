"""Draw which signal tells what tasks gain from each other, and for which pairs."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import signals_and_benefit
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("signals",)]
    drawing = signals_and_benefit.draw(*tables, snakemake.params.window)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

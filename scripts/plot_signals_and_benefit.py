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
    signals, params = read_table(snakemake.input.signals), snakemake.params
    drawing = signals_and_benefit.draw(signals, params.window, params.significance)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

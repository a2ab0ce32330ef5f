"""Draw the curves' parameters, multi-task against single-task."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import curve_parameters
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("curves", "tasks")]
    drawing = curve_parameters.draw(*tables)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

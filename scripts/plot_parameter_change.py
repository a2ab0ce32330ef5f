"""Draw the change of each curve parameter against the change of score."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import parameter_change
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = [read_table(snakemake.input[name]) for name in ("parameter_change", "parameter_correlation", "tasks")]
    drawing = parameter_change.draw(*tables)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

"""Draw how well every curve form fits and predicts."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import form_errors
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    drawing = form_errors.draw(read_table(snakemake.input.form_ranking))
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

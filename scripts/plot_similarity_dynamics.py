"""Draw from which epoch on similarities are those of the end."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import similarity_dynamics
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    claims = read_table(snakemake.input.claims) if snakemake.input.claims else None
    drawing = similarity_dynamics.draw(read_table(snakemake.input.dynamics), claims)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

"""Draw scores under folds by scaffold and folds by compound."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.reporting.figures import split_comparison
from mtlcurves.reporting.style import save
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    scores = read_table(snakemake.input.mean_scores)
    drawing = split_comparison.draw(scores, snakemake.params.splits)
    save(drawing, snakemake.output.svg, snakemake.output.png, snakemake.output.csv)

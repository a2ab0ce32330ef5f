"""Join the logged affinities of all trainings, and average them over rotations."""

from typing import TYPE_CHECKING

from mtlcurves.affinity.summary import join, summarise
from mtlcurves.jobs import job
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    affinity = join(snakemake.input)
    write_table(affinity, snakemake.output.affinity, "affinity")
    means = summarise(affinity)
    for path in snakemake.output.means:
        write_table(means, path, "tag_affinity")

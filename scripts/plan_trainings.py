"""Spell the allocations out, and count the labels they give."""

from typing import TYPE_CHECKING

from mtlcurves.grid.counts import allocation_table, label_counts
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study = Study(snakemake.config)
    labels, compounds = read_table(snakemake.input.labels), read_table(snakemake.input.compounds)
    counts = label_counts(labels, compounds, study.tasks, study.config.folds.count)
    write_table(allocation_table(study.arms), snakemake.output.allocations, "allocations")
    write_table(counts, snakemake.output.counts, "label_counts")

"""Tell what is true of a designed study's tasks."""

from typing import TYPE_CHECKING

from mtlcurves.data.designed.truth import describe_truth
from mtlcurves.jobs import job
from mtlcurves.source_sections import DesignedSource
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    labels = read_table(snakemake.input.labels)
    pairs, tasks = describe_truth(DesignedSource(**params.source), snakemake.input.files, params.tasks, labels)
    write_table(pairs, snakemake.output.truth, "truth")
    write_table(tasks, snakemake.output.tasks, "truth_tasks")

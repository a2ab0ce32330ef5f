"""Divide merged values into active and inactive."""

from typing import TYPE_CHECKING

from mtlcurves.config import Labels
from mtlcurves.data.disagreements import list_disagreements
from mtlcurves.data.labels import make_labels
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    values, molecules = read_table(snakemake.input.values), read_table(snakemake.input.molecules)
    settings = Labels(**params.labels)
    labels, rejected = make_labels(values, molecules, settings, params.tasks)
    disagreements = list_disagreements(values, molecules, labels, settings)
    write_table(labels, snakemake.output.labels, "labels")
    write_table(rejected, snakemake.output.rejected, "rejected")
    write_table(disagreements, snakemake.output.disagreements, "disagreements")

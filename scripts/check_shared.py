"""Refuse data in which no two tasks share enough compounds."""

from typing import TYPE_CHECKING

from mtlcurves.gradient_sections import Gradients
from mtlcurves.jobs import job
from mtlcurves.similarity.enough_shared import check_shared
from mtlcurves.tables import read_table, write_json

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params, gradients = snakemake.params, Gradients(**snakemake.params.gradients)
    labels, compounds = read_table(snakemake.input.labels), read_table(snakemake.input.compounds)
    most = check_shared(labels, compounds, params.tasks, gradients, params.fold_count)
    write_json({rows: pair._asdict() for rows, pair in most.items()}, snakemake.output.shared)

"""Train all tasks with a shared encoder, and log the similarity of their gradients."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.gradient_runs import GradientRun
from mtlcurves.gradients.problem import load_labelled
from mtlcurves.gradients.run import train_gradients
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study, names, params = Study(snakemake.config), snakemake.wildcards, snakemake.params
    tables = train_gradients(
        load_labelled(Path(snakemake.input.compounds).parent, params.tasks, params.fold_count),
        study.config.gradients,
        params.kind,
        GradientRun(names.encoder, names.view, int(names.rotation), int(names.seed)),
    )
    write_table(tables.log, snakemake.output.log, "gradient_log")
    write_table(tables.epochs, snakemake.output.epochs, "gradient_epochs")
    write_table(tables.scores, snakemake.output.scores, "gradient_scores")

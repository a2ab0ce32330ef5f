"""Train the groups of some partitions with a shared encoder."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.gradient_runs import FULL, GradientRun
from mtlcurves.gradients.problem import load_labelled
from mtlcurves.gradients.run import train_sets
from mtlcurves.grouping.gradient_groups import groups_of_bundle
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study, names, params = Study(snakemake.config), snakemake.wildcards, snakemake.params
    train_sets(
        load_labelled(Path(snakemake.input.compounds).parent, params.tasks, params.fold_count),
        study.config.gradients,
        params.kind,
        GradientRun(names.encoder, FULL, int(names.rotation), int(names.seed)),
        groups_of_bundle(read_table(snakemake.input.groups), names.bundle),
        study.config.gradients.groups.epochs,
        snakemake.output.scores,
    )

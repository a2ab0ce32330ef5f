"""Train the networks of one bundle."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.dataset import load_dataset
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.training.run import train_bundle

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study, names = Study(snakemake.config), snakemake.wildcards
    train_bundle(
        load_dataset(Path(snakemake.input.compounds).parent),
        study.bundle(names.recipe, names.arm, int(names.rotation), int(names.replicate), names.bundle),
        study.recipes[names.recipe],
        snakemake.output.points,
        study=study.name,
        backend=study.config.backend,
        fold_count=study.config.folds.count,
        n_threads=snakemake.threads,
    )

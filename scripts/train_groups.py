"""Train the groups of one bundle."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.data.dataset import load_dataset
from mtlcurves.grid.bundles import Bundle
from mtlcurves.grid.groups import trained_groups
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import read_table
from mtlcurves.training.run import train_bundle

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study, names = Study(snakemake.config), snakemake.wildcards
    groups = read_table(snakemake.input.groups)
    members = trained_groups(groups.itertuples(), names.bundle, study.group_size)
    train_bundle(
        load_dataset(Path(snakemake.input.compounds).parent),
        Bundle("main", "group", int(names.rotation), 0, names.bundle, members),
        study.recipes["main"],
        snakemake.output.points,
        study=study.name,
        backend=study.config.backend,
        fold_count=study.config.folds.count,
        n_threads=snakemake.threads,
    )

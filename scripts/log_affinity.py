"""Train all tasks at one size and rotation, and log their affinities."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.affinity.run import log_affinity
from mtlcurves.data.dataset import load_dataset
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study, names = Study(snakemake.config), snakemake.wildcards
    table = log_affinity(
        load_dataset(Path(snakemake.input.compounds).parent),
        study.config.affinity,
        study.recipes["main"],
        int(names.size),
        int(names.rotation),
        study.config.folds.count,
    )
    write_table(table, snakemake.output[0], "affinity")

"""Refuse folds that got no compound."""

from typing import TYPE_CHECKING

from mtlcurves.config import Folds
from mtlcurves.data.folds import check_folds, fold_sizes
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_json

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    compounds, folds = read_table(snakemake.input.compounds), Folds(**snakemake.params.folds)
    split = snakemake.wildcards.split
    check_folds(compounds, [split], folds)
    write_json(fold_sizes(compounds, split, folds.count), snakemake.output.sizes)

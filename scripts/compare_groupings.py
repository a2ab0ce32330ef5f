"""Compare partitions of the tasks with all tasks in one network and with each task alone."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.curves.effects import folds_ratio
from mtlcurves.curves.score_arrays import read_scores
from mtlcurves.grouping.results import compare_groupings
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    groups = pd.concat([read_table(path) for path in files.groups], ignore_index=True)
    results = compare_groupings(
        groups,
        read_scores(files.group_points, params.metrics, "main", ["group"]),
        read_scores(files.grid_points, params.metrics, "main", ["stl", "mtl"]),
        params.metrics,
        params.size,
        folds_ratio({"test_on": params.test_on}, params.size, params.fold_count),
    )
    for path in snakemake.output.groups:
        write_table(groups, path, "groups")
    for path in snakemake.output.results:
        write_table(results, path, "grouping_results")

"""Choose groups of tasks by the similarity of their gradients, and draw random ones."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.gradient_logs import with_enough_batches
from mtlcurves.gradient_sections import GradientGroups
from mtlcurves.grouping.gradient_groups import make_gradient_groups
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params = snakemake.params
    logs = pd.concat([read_table(path) for path in snakemake.input.logs], ignore_index=True)
    groups = make_gradient_groups(
        with_enough_batches(logs, params.min_batches),
        params.tasks,
        params.window,
        GradientGroups.model_validate(params.settings),
        params.per_bundle,
    )
    write_table(groups, snakemake.output.groups, "gradient_groups")

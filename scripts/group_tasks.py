"""Choose groups of tasks, or draw random ones."""

from typing import TYPE_CHECKING

from mtlcurves.grouping.groups import make_groups
from mtlcurves.grouping_sections import Grouping
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    groups = make_groups(
        snakemake.wildcards.method,
        params.tasks,
        Grouping.model_validate(params.settings),
        params.per_bundle,
        params.size,
        params.metric,
        read_table(files.affinity) if files.affinity else None,
    )
    write_table(groups, snakemake.output.groups, "groups")

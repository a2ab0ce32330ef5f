"""List the source's tasks with their labels."""

import sys
from typing import TYPE_CHECKING

from mtlcurves.data.task_list import describe_task_list, list_tasks
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake) as log:
    values, rejected = read_table(snakemake.input.values), read_table(snakemake.input.rejected)
    params = snakemake.params
    table, rejected = list_tasks(values, rejected, params.molecules, params.labels, snakemake.threads)
    write_table(table, snakemake.output.tasks, "task_list")
    summary = f"{describe_task_list(table, rejected, params.labels['min_labels'])}\n{snakemake.output.tasks}"
    log.info("%s", summary)
    print(summary, file=sys.stderr)

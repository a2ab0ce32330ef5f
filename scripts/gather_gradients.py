"""Join the logs and scores of all trainings of all tasks."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.gradient_logs import with_enough_batches
from mtlcurves.jobs import job
from mtlcurves.tables import atomic, read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    for name in snakemake.input.keys():  # noqa: SIM118 (not a dict)
        whole = pd.concat([read_table(part) for part in snakemake.input[name]], ignore_index=True)
        enough = with_enough_batches(whole, snakemake.params.min_batches) if name == "gradient_log" else whole
        write_table(enough, snakemake.output[name], name)
    with atomic(snakemake.output.plan, "w") as handle:
        handle.write(snakemake.params.plan)

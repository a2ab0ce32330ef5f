"""Join the scores of all tasks alone and in pairs."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.jobs import job
from mtlcurves.tables import atomic, read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    scores = pd.concat([read_table(part) for part in snakemake.input], ignore_index=True)
    write_table(scores, snakemake.output.scores, "gradient_scores")
    with atomic(snakemake.output.plan, "w") as handle:
        handle.write(snakemake.params.plan)

"""Join the counts of all label views."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    whole = pd.concat([read_table(path) for path in snakemake.input], ignore_index=True)
    write_table(whole, snakemake.output.views, "label_views")

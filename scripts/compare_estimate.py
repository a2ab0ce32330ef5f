"""Set what the study took beside its estimate."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.estimate.actual import NEEDED, beside_estimate
from mtlcurves.estimate.plan import other_jobs
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params, made = snakemake.params, Path(snakemake.params.estimate)
    tables = [
        snakemake.input.grid_points,
        *([snakemake.input.group_points] if snakemake.input.group_points else []),
    ]
    points = pd.concat([pd.read_parquet(path, columns=NEEDED) for path in tables], ignore_index=True)
    estimate = read_table(made) if made.is_file() else None
    rules = other_jobs(Study(snakemake.config))
    table = beside_estimate(points, Path(params.benchmarks), rules, estimate)
    for path in snakemake.output:
        write_table(table, path, "estimate_and_actual")

"""Set what the study took beside its estimate."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.estimate.actual import ENCODER_NEEDED, NEEDED, beside_estimate
from mtlcurves.estimate.plan import ENCODER_RULES, other_jobs
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params, made = snakemake.input, snakemake.params, Path(snakemake.params.estimate)
    points = [pd.DataFrame(columns=NEEDED), *(pd.read_parquet(path, columns=NEEDED) for path in files.points)]
    tables = {rule: path for rule in ENCODER_RULES if (path := files.get(rule))}
    scores = {rule: pd.read_parquet(path, columns=ENCODER_NEEDED) for rule, path in tables.items()}
    estimate = read_table(made) if made.is_file() else None
    rules = other_jobs(Study(snakemake.config))
    table = beside_estimate(pd.concat(points, ignore_index=True), scores, Path(params.benchmarks), rules, estimate)
    for path in snakemake.output:
        write_table(table, path, "estimate_and_actual")

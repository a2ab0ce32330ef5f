"""Estimate what the study will cost, and print it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.estimate.actual import folder_bytes, rule_seconds
from mtlcurves.estimate.calibration import read_calibration
from mtlcurves.estimate.layout import page
from mtlcurves.estimate.plan import DATA_RULES
from mtlcurves.estimate.predict import estimate, most, totals, training_seconds
from mtlcurves.estimate.trainings import planned_trainings
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import atomic, read_table, write_json, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study, params = Study(snakemake.config), snakemake.params
    calibration = read_calibration(snakemake.input.calibration, study.config.backend)
    trainings = planned_trainings(study, read_table(snakemake.input.counts))
    trainings = training_seconds(study, trainings, calibration)
    prepared = rule_seconds(Path(params.benchmarks), DATA_RULES).set_index("rule")["core_seconds"]
    table = estimate(study, trainings, calibration, prepared, folder_bytes(Path(snakemake.input.card).parent))
    for path in snakemake.output.table:
        write_table(table, path, "estimate")
    write_json(totals(table) | {"most": most(table), "plan": params.plan}, snakemake.output.totals)
    text = page(study.config, table, trainings, calibration, params.memory_mb)
    with atomic(snakemake.output.page, "w") as handle:
        handle.write(text)
    sys.stdout.write(f"\n{text}\n")

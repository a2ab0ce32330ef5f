"""Estimate what the study will cost, and print it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.estimate.actual import folder_bytes, rule_seconds
from mtlcurves.estimate.calibration import read_calibration
from mtlcurves.estimate.layout import page
from mtlcurves.estimate.plan import DATA_RULES
from mtlcurves.estimate.predict import estimate, most, totals
from mtlcurves.estimate.timed import jobs_that_train, timed_trainings
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import atomic, write_json, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study, params = Study(snakemake.config), snakemake.params
    calibration = read_calibration(snakemake.input.calibration, study.config.backend)
    dataset = Path(snakemake.input.card).parent
    trainings = timed_trainings(study, calibration, dataset.parent)
    prepared = rule_seconds(Path(params.benchmarks), DATA_RULES).set_index("rule")["core_seconds"]
    table = estimate(study, trainings, calibration, prepared, folder_bytes(dataset))
    for path in snakemake.output.table:
        write_table(table, path, "estimate")
    write_json(totals(table) | {"most": most(table), "plan": params.plan}, snakemake.output.totals)
    text = page(study.config, table, jobs_that_train(trainings, calibration), calibration, params.memory_mb)
    with atomic(snakemake.output.page, "w") as handle:
        handle.write(text)
    sys.stdout.write(f"\n{text}\n")

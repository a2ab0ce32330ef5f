"""Measure what pairs of tasks give each other, and whether similarity foretells it."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity import benefit, prediction, thresholds
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params, output = snakemake.params, snakemake.output
    gains = benefit.pair_benefits(
        read_table(snakemake.input.scores), params.tasks, params.margin, params.test_to_train
    )
    both = (read_table(snakemake.input.similarity), gains, params.tasks)
    tables = {
        benefit.NAME: gains,
        prediction.PREDICTION: prediction.predict(*both),
        prediction.CALIBRATION: prediction.calibrate(*both),
        thresholds.NAME: thresholds.judge_thresholds(*both),
    }
    for name, table in tables.items():
        for path in output[name]:
            write_table(table, path, name)

"""Time a few trainings of the study on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.estimate.measure import calibrate
from mtlcurves.estimate.trainings import planned_trainings
from mtlcurves.jobs import job
from mtlcurves.study import Study
from mtlcurves.tables import read_table, write_json

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study = Study(snakemake.config)
    trainings = planned_trainings(study, read_table(snakemake.input.counts[0]) if study.arms else None)
    found = calibrate(study, trainings, Path(snakemake.input.compounds).parent, snakemake.threads)
    write_json(found.model_dump(mode="json"), snakemake.output.calibration)

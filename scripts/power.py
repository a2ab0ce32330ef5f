"""Compare designs by the effects that they detect and the trainings that they cost, and print it."""

import sys
from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.power.candidates import OWN, candidates, own_design
from mtlcurves.power.noise import measured_noise
from mtlcurves.power.page import page
from mtlcurves.power.precision import Assumptions, power_table
from mtlcurves.study import Study
from mtlcurves.tables import atomic, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    study = Study(snakemake.config)
    config, settings, own = study.config, study.config.power, own_design(study)
    noise, source = settings.noise, "power.noise"
    if isinstance(noise, str):
        noise, source = measured_noise(noise), f"measured on {noise}"
    rounds = len(study.rotations) * len(study.replicates)
    level, folds = config.curves.significance, study.training_folds
    given = Assumptions(noise, settings.gap, settings.own_closes, settings.wanted_error, level, rounds, folds)
    designs = ({OWN: own} if own else {}) | candidates(study.tasks, folds)
    table = power_table(designs, study.tasks, given)
    for path in snakemake.output.table:
        write_table(table, path, "power")
    text = page(study.name, table, len(study.tasks), given, source)
    with atomic(snakemake.output.page, "w") as handle:
        handle.write(text)
    sys.stdout.write(f"\n{text}\n")

"""Draw the folds, and digest each task's labels."""

import sys
from typing import TYPE_CHECKING

from mtlcurves.config import Folds
from mtlcurves.data.folds import assign_folds, task_table
from mtlcurves.data.usability import scarce_classes
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_table
from mtlcurves.task_info import TaskInfo

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

SHOWN = 10  # warnings on the screen; the log has all

with job(snakemake) as log:
    params = snakemake.params
    scaffolds, labels = read_table(snakemake.input.scaffolds), read_table(snakemake.input.labels)
    compounds = assign_folds(scaffolds, labels, Folds(**params.folds))
    tasks = task_table(compounds, labels, [TaskInfo(*info) for info in params.tasks])
    notes = scarce_classes(tasks, params.folds["count"])
    for note in notes:
        log.warning("%s", note)
    for note in [*notes[:SHOWN], *([f"{len(notes) - SHOWN} more in {snakemake.log[0]}"] * (len(notes) > SHOWN))]:
        print(f"warning: {note}", file=sys.stderr)
    write_table(compounds, snakemake.output.compounds, "compounds")
    write_table(tasks, snakemake.output.tasks, "tasks")

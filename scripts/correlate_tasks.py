"""Correlate the labels of every two tasks, in every label view."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.data.views import view_labels
from mtlcurves.gradient_runs import folds_of_rows, label_draws
from mtlcurves.gradient_sections import Gradients
from mtlcurves.jobs import job
from mtlcurves.similarity.correlation import LabelTable
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    labels, compounds = read_table(snakemake.input.labels), read_table(snakemake.input.compounds)
    params, correlations, reliabilities = snakemake.params, [], []
    gradients = Gradients(**params.gradients)
    fold = f"fold_{gradients.split}"
    for view, rotation, seed in label_draws(gradients):
        drawn = view_labels(labels, compounds, view, seed, gradients)
        table = LabelTable(drawn, compounds, params.tasks, gradients.min_shared)
        rows, keys = folds_of_rows(rotation, params.fold_count), {"view": view, "rotation": rotation, "seed": seed}
        correlations.append(table.correlations(fold, rows).assign(**keys))
        reliabilities.append(table.reliabilities(fold, rows).assign(**keys))
    output = snakemake.output
    for path in output.correlation:
        write_table(pd.concat(correlations, ignore_index=True), path, "task_correlation")
    write_table(pd.concat(reliabilities, ignore_index=True), output.reliability, "correlation_reliability")

"""Draw every label view once, and count what it holds."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.data.views import view_labels
from mtlcurves.gradient_runs import label_draws
from mtlcurves.gradient_sections import Gradients
from mtlcurves.jobs import job
from mtlcurves.similarity.overlap import label_view_row
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    labels, compounds = read_table(snakemake.input.labels), read_table(snakemake.input.compounds)
    gradients, tasks = Gradients(**snakemake.params.gradients), snakemake.params.tasks
    rows = [
        {"view": view, "seed": seed} | label_view_row(view_labels(labels, compounds, view, seed, gradients), tasks)
        for view, rotation, seed in label_draws(gradients)
        if rotation == 0
    ]
    write_table(pd.DataFrame(rows), snakemake.output.views, "label_views")

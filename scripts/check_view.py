"""Draw a label view once, and count what it holds."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.data.views import view_labels
from mtlcurves.gradient_sections import Gradients
from mtlcurves.jobs import job
from mtlcurves.similarity.overlap import label_view_row
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params, view = snakemake.input, snakemake.params, snakemake.wildcards.view
    seed, gradients = int(snakemake.wildcards.seed), Gradients(**params.gradients)
    labels = view_labels(read_table(files.labels), read_table(files.compounds), view, seed, gradients)
    row = {"view": view, "seed": seed} | label_view_row(labels, params.tasks)
    write_table(pd.DataFrame([row]), snakemake.output.row, "label_views")

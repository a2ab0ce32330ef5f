"""Draw a label view once, and count what it holds."""

from typing import TYPE_CHECKING

import pandas as pd
from mtlcurves.data.views import check_sweeps, view_labels
from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import Gradients
from mtlcurves.jobs import job
from mtlcurves.similarity.overlap import label_view_row
from mtlcurves.study import Study
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    params, view, seed = snakemake.params, snakemake.wildcards.view, int(snakemake.wildcards.seed)
    labels, compounds = read_table(snakemake.input.labels), read_table(snakemake.input.compounds)
    try:
        drawn = view_labels(labels, compounds, view, seed, Gradients(**params.gradients))
    except DataError:
        # of all levels that there are too few compounds for, not of this one alone
        check_sweeps(labels, compounds, Study(snakemake.config).config.gradients)
        raise
    row = {"view": view, "seed": seed} | label_view_row(drawn, params.tasks)
    write_table(pd.DataFrame([row]), snakemake.output.row, "label_views")

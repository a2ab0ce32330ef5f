"""Say which pairs of tasks share enough compounds to compare their gradients, and print it."""

import sys
from typing import TYPE_CHECKING

from mtlcurves.gradient_sections import Gradients
from mtlcurves.jobs import job
from mtlcurves.similarity.overlap_page import overlap_page
from mtlcurves.tables import atomic, read_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    table, tasks, compounds = read_table(files.table), read_table(files.tasks), read_table(files.compounds)
    text = overlap_page(params.study, table, tasks, len(compounds), Gradients(**params.gradients))
    with atomic(snakemake.output.page, "w") as handle:
        handle.write(text)
    sys.stdout.write(f"\n{text}\n")

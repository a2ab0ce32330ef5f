"""Set what the papers claim beside what the study found."""

from typing import TYPE_CHECKING

from mtlcurves.jobs import job
from mtlcurves.similarity.claims import NAME, check_claims
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    tables = {name: read_table(path) for name, path in snakemake.input.items()}
    params = snakemake.params
    table = check_claims(tables, params.study, params.n_tasks, params.series)
    for path in snakemake.output:
        write_table(table, path, NAME)

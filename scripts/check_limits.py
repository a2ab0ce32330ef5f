"""Refuse a study that is estimated to exceed its limits."""

from typing import TYPE_CHECKING

from mtlcurves.estimate.layout import check, totals
from mtlcurves.provenance import job_log
from mtlcurves.sections import Limits
from mtlcurves.tables import read_table, write_json

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job_log(snakemake.log[0]):
    limits, estimates = Limits(**snakemake.params.limits), snakemake.input
    tables = [read_table(path) for path in estimates]
    for table in tables:
        check(table, limits)
    kept = {"limits": snakemake.params.limits, "estimated": [totals(table) for table in tables]}
    write_json(kept, snakemake.output.limits)

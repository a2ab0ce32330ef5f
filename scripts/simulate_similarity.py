"""Train networks on simulated tasks, and correlate the similarities of gradients with the true ones."""

from typing import TYPE_CHECKING

from mtlcurves.gradient_sections import SyntheticTruth
from mtlcurves.gradients.synthetic import run
from mtlcurves.jobs import job
from mtlcurves.similarity.rivals import SYNTHETIC, relate_synthetic
from mtlcurves.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    pairs = run(SyntheticTruth.model_validate(snakemake.params.settings))
    write_table(pairs, snakemake.output.pairs, "synthetic_pairs")
    table = relate_synthetic(pairs)
    for path in snakemake.output.relation:
        write_table(table, path, SYNTHETIC)

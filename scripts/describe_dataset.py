"""Write the data card, and list all that was left out."""

from typing import TYPE_CHECKING

from mtlcurves.data.card import data_card, gather_rejected
from mtlcurves.data.fingerprintfile import load_fingerprints
from mtlcurves.jobs import job
from mtlcurves.tables import read_table, write_json, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files = snakemake.input
    names = ["values", "molecules", "scaffolds", "labels", "disagreements", "compounds", "tasks"]
    tables = {name: read_table(files[name]) for name in names}
    rejected = gather_rejected(files.rejected)
    card = data_card(tables, load_fingerprints(files.fingerprints), rejected, snakemake.params.settings)
    write_json(card, snakemake.output.card)
    write_table(rejected, snakemake.output.rejected, "rejected")

"""Embed tasks by Task2Vec, and correlate how alike they are with the correlation of labels."""

from typing import TYPE_CHECKING

from mtlcurves.data.fingerprintfile import load_fingerprints
from mtlcurves.gradients.task2vec import compare_embeddings, training_table
from mtlcurves.jobs import job
from mtlcurves.similarity.rivals import TASK2VEC, relate_task2vec
from mtlcurves.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    compounds, labels, correlation = (read_table(files[name]) for name in ("compounds", "labels", "correlation"))
    fingerprints = load_fingerprints(files.fingerprints)
    data = training_table(fingerprints, compounds, labels, params.tasks, params.kind, params.split)
    embedded = compare_embeddings(*data, params.tasks, params.kind, params.seeds)
    write_table(embedded, snakemake.output.pairs, "task2vec")
    table = relate_task2vec(embedded, correlation)
    for path in snakemake.output.relation:
        write_table(table, path, TASK2VEC)

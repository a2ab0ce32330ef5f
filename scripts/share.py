"""Put a study's configuration, tables and provenance into one file."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.archive import Parts, write_archive
from mtlcurves.jobs import job

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake) as log:
    files, params = snakemake.input, snakemake.params
    root = Path(snakemake.output[0]).parent
    parts = Parts(
        study=root.name,
        root=root,
        shared=[Path(file) for file in files.shared],
        withheld=[Path(file) for file in files.withheld],
        sources=[Path(file) for file in files.sources],
        further=[Path(file) for file in [files.lock, *files.get("tasks", [])]],
        given=params.given,
        resolved=params.resolved,
    )
    manifest = write_archive(parts, snakemake.output[0])
    tables = [*manifest["shared"].values(), *manifest["withheld"].values()]
    commits = {table["origin"].get("commit", "unknown") for table in tables if "origin" in table}
    log.info("%d files, made at %s", len(tables), ", ".join(sorted(commits)))

"""Put a study's configuration, tables and provenance into one file."""

from pathlib import Path
from typing import TYPE_CHECKING

from mtlcurves.archive import Parts, write_archive
from mtlcurves.jobs import job

if TYPE_CHECKING:
    from snakemake.script import Snakemake

    snakemake: Snakemake

with job(snakemake) as log:
    shared, withheld, sources = (map(Path, snakemake.input[kind]) for kind in ("shared", "withheld", "sources"))
    root = Path(snakemake.output[0]).parent
    parts = Parts(root.name, root, list(shared), list(withheld), list(sources), snakemake.params.texts)
    manifest = write_archive(parts, snakemake.output[0])
    described = [*manifest["shared"].values(), *manifest["withheld"].values()]
    commits = sorted({file["origin"].get("commit", "unknown") for file in described if "origin" in file})
    log.info("%d tables, written at %s", len(described), ", ".join(commits))

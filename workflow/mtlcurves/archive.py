"""A study in one file, to hand over: its configuration, its tables, and where all of it comes from."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from mtlcurves.errors import DataError
from mtlcurves.jobs import origin
from mtlcurves.tables import atomic, read_origin, read_table

# Columns that tell one run from another and not its results from another's
RUN_COLUMNS = ["seconds", "seconds_ratio", "backend", "device", "versions", "training_id"]
MANIFEST, RESULTS = "manifest.json", "results/"
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every member, so that equal contents are equal archives

README = """\
Study {study}, handed over by mtlcurves {version}.

manifest.json      every table with its digests and its origin: commit, configuration, versions, processor, seeds
study.yaml         the study as it was given; this is what `snakemake --configfile` takes
resolved.json      the same with every default filled in and every recipe as it is trained
requirements.lock  the packages at their versions
results/           the tables

A table of tasks, where study.yaml names one, is here too.

Not in here: the source's structures and measured values, which may not be ours to pass on. The manifest has the
SHA-256 of the source's files, and digests of the tables that were made of them.

To reproduce it, take mtlcurves at the commit that the manifest names, put the source (and the table of tasks, if
there is one) where study.yaml looks for it, run the study, and compare:

    snakemake share --cores all --configfile study.yaml
    python -m mtlcurves.compare {study}-share.zip results/{study}
"""


@dataclass(frozen=True)
class Parts:
    """What goes into an archive.

    Attributes
    ----------
    study : str
        Name of the study.
    root : Path
        Its folder of results.
    shared : sequence of Path
        Files below `root` that are handed over.
    withheld : sequence of Path
        Tables below `root` that are named with their digests alone.
    sources : sequence of Path
        Files that the study was made of; named with their digests alone.
    further : sequence of Path
        Further members: the lock, and the table of tasks if there is one.
    given, resolved : dict
        The configuration as Snakemake read it, and with every default filled in.
    """

    study: str
    root: Path
    shared: Sequence[Path]
    withheld: Sequence[Path]
    sources: Sequence[Path]
    further: Sequence[Path]
    given: Mapping[str, Any]
    resolved: Mapping[str, Any]


def write_archive(parts: Parts, path: Path | str) -> dict[str, Any]:
    """Write a study's archive.

    Equal contents give equal archives, byte for byte.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    OSError
        When a file cannot be read or written.
    """
    manifest = _manifest(parts)
    given = json.loads(json.dumps(parts.given))  # plain, whatever mappings Snakemake reads into
    texts = {
        "README.txt": README.format(study=parts.study, version=manifest["written"]["mtlcurves"]),
        MANIFEST: json.dumps(manifest, indent=2) + "\n",
        "study.yaml": yaml.safe_dump(given, sort_keys=False, allow_unicode=True),
        "resolved.json": json.dumps(parts.resolved, indent=2) + "\n",
    }
    files = {file.name: file for file in parts.further}
    files |= {f"{RESULTS}{file.relative_to(parts.root)}": file for file in parts.shared}
    with atomic(path) as handle, zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(_member(parts.study, name), text)
        for name, file in files.items():
            with (
                archive.open(_member(parts.study, name), "w", force_zip64=True) as member,
                file.open("rb") as source,
            ):
                shutil.copyfileobj(source, member)
    return manifest


def _member(study: str, name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(f"{study}-share/{name}", EPOCH)
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return member


def _manifest(parts: Parts) -> dict[str, Any]:
    return {
        "study": parts.study,
        "written": origin(),
        "sources": {file.name: sha256_of(file) for file in parts.sources},
        "shared": {str(file.relative_to(parts.root)): describe(file) for file in parts.shared},
        "withheld": {str(file.relative_to(parts.root)): describe(file) for file in parts.withheld},
    }


def describe(file: Path) -> dict[str, Any]:
    """Describe a file: the digest of its bytes; of a parquet table also its rows, content and origin."""
    described: dict[str, Any] = {"sha256": sha256_of(file)}
    if file.suffix == ".parquet":
        table = read_table(file)
        described |= {"rows": len(table), "content": content_digest(table), "origin": read_origin(file)}
        if "device" in table:
            described["devices"] = sorted(table["device"].dropna().unique())
    return described


def content_digest(table: pd.DataFrame) -> str:
    """Digest what a table says: the SHA-256 of its csv, without the columns that tell runs apart.

    Numbers are written so that they come back to the last bit, so equal digests are equal bits.
    """
    told = table.drop(columns=RUN_COLUMNS, errors="ignore")
    hashed = hashlib.sha256()
    for start in range(0, max(len(told), 1), 100_000):
        hashed.update(told.iloc[start : start + 100_000].to_csv(index=False, header=start == 0).encode())
    return hashed.hexdigest()


def sha256_of(file: Path) -> str:
    """Digest the bytes of a file."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


class Archive:
    """An archive that was handed over.

    Parameters
    ----------
    path : Path
        Written by :func:`write_archive`.

    Raises
    ------
    mtlcurves.errors.DataError
        When it is none.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            (name,) = (name for name in self._zip.namelist() if name.endswith(f"-share/{MANIFEST}"))
            self.manifest: dict[str, Any] = json.loads(self._zip.read(name))
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise DataError(
                f"{path}: is no archive of a study ({error}); needed is what the target `share` writes"
            ) from error
        self._folder = name.removesuffix(MANIFEST)

    def table(self, name: str) -> pd.DataFrame:
        """Read one of its parquet tables."""
        with self._zip.open(f"{self._folder}{RESULTS}{name}") as member:
            return pd.read_parquet(member)

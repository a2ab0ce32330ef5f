"""Where a study's source files lie: given by the user, or fetched into resources/.

Light on purpose: the rules ask it while Snakemake parses them.
"""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path, PurePosixPath

from mtlcurves.config import Config
from mtlcurves.source_sections import DesignedSource, KibaSource, MoleculeAceSource, Source, TableSource

RESOURCES = Path("resources")
KIBA_BUILT = RESOURCES / "kiba"
KIBA_FILES = ("kiba_tang2014_values.csv.gz", "kiba_tang2014_compounds.csv.gz", "kiba_tang2014_targets.csv.gz")
WHEEL_TABLES = PurePosixPath("MoleculeACE/Data/benchmark_data")
SCHEMES = ("http", "https", "ftp", "file")


def is_remote(path: str) -> bool:
    """Tell a URL from a local path."""
    return "://" in path


def name_in(url: str) -> str:
    """Return the file name that a URL or path ends in."""
    path = urllib.parse.unquote(urllib.parse.urlsplit(url).path) if is_remote(url) else url
    return Path(path).name


def wheel_file(source: MoleculeAceSource) -> Path:
    """Where the MoleculeACE wheel is fetched to."""
    return RESOURCES / "moleculeace" / f"MoleculeACE-{source.version}-py3-none-any.whl"


def table_file(source: TableSource) -> Path:
    """Where a user's table lies, or is fetched to when it is a URL."""
    if not is_remote(source.path):
        return Path(source.path)
    # the digest in the path keeps tables of one name apart
    return RESOURCES / "tables" / str(source.sha256)[:16] / name_in(source.path)


def kiba_folder(data_dir: str | None) -> Path:
    """Folder of the KIBA tables: given, named by MTLCURVES_DATA, or the one fetch_kiba builds."""
    return Path(data_dir or os.environ.get("MTLCURVES_DATA") or KIBA_BUILT)


def wheel_of(source: Source) -> MoleculeAceSource | None:
    """Say which MoleculeACE wheel a source is read from; None for a source that needs none."""
    if isinstance(source, DesignedSource) and source.molecules == "moleculeace":
        return MoleculeAceSource(kind="moleculeace")
    return source if isinstance(source, MoleculeAceSource) else None


def source_files(config: Config) -> list[str]:
    """List the files that the study's source is read from; RDKit's own molecules are none."""
    source = config.source
    if wheel := wheel_of(source):
        return [str(wheel_file(wheel))]
    if isinstance(source, KibaSource):
        folder = kiba_folder(config.data_dir)
        return [str(folder / name) for name in KIBA_FILES]
    if isinstance(source, TableSource):
        return [str(table_file(source))]
    assert isinstance(source, DesignedSource)
    return [] if source.molecules == "nci" else [source.molecules]

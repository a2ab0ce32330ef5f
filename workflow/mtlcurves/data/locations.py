"""Where a study's source files lie: given by the user, or fetched into resources/.

Light on purpose: the rules ask it while Snakemake parses them.
"""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path, PurePosixPath

from mtlcurves.config import Config
from mtlcurves.source_sections import (
    ChemblSource,
    DesignedSource,
    KibaSource,
    MoleculeAceSource,
    Source,
    TableSource,
)

RESOURCES = Path("resources")
KIBA_BUILT = RESOURCES / "kiba"
KIBA_FILES = ("kiba_tang2014_values.csv.gz", "kiba_tang2014_compounds.csv.gz", "kiba_tang2014_targets.csv.gz")
WHEEL_TABLES = PurePosixPath("MoleculeACE/Data/benchmark_data")
DATA_DIR = "{data_dir}"
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


def table_file(source: TableSource, data_dir: str | None = None) -> Path:
    """Where a user's table lies, or is fetched to when it is a URL."""
    if not is_remote(source.path):
        return Path(local_path(source.path, data_dir))
    # the digest in the path keeps tables of one name apart
    return RESOURCES / "tables" / (source.sha256 or "unpinned")[:16] / name_in(source.path)


def named_folder(data_dir: str | None) -> str | None:
    """Folder of data that the configuration's key or MTLCURVES_DATA names; None where neither does."""
    return data_dir or os.environ.get("MTLCURVES_DATA") or None


def local_path(path: str, data_dir: str | None) -> str:
    """Put the folder of data in the place of ``{data_dir}``; a path stays what it is where no folder is named."""
    folder = named_folder(data_dir)
    return path if folder is None else path.replace(DATA_DIR, folder, 1)


def kiba_folder(data_dir: str | None) -> Path:
    """Folder of the KIBA tables: given, named by MTLCURVES_DATA, or the one fetch_kiba builds."""
    return Path(named_folder(data_dir) or KIBA_BUILT)


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
        return [str(table_file(source, config.data_dir))]
    if isinstance(source, ChemblSource):
        return [local_path(path, config.data_dir) for path in (source.activities, source.compounds)]
    assert isinstance(source, DesignedSource)
    return [] if source.molecules == "nci" else [source.molecules]

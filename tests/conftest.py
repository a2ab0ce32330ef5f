"""Fixtures of all tests."""

import copy
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock
from mtlcurves.data.fetch import fetch_wheel, sha256_of
from mtlcurves.data.locations import wheel_file
from mtlcurves.errors import DataError
from mtlcurves.source_sections import MoleculeAceSource
from workplace import ROOT, Workplace

PAGE = ROOT / "docs/verification.md"
HEADER = """\
# Verification

What is checked besides the tests, because it takes long or needs data that the project does not carry.
Written by `make verify`; a check that was not run anew keeps the row of its last run.

| check | expected | found | seconds | holds | on |
| --- | --- | --- | ---: | --- | --- |
"""

Record = Callable[[str, str, str, float, bool], None]

# Without a GPU Triton interprets its kernels. It decides when first imported, which torch may do in any test.
if not Path("/dev/nvidiactl").exists():
    os.environ["TRITON_INTERPRET"] = "1"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the KIBA tables: MTLCURVES_DATA, or ../shared/data beside the project."""
    folder = Path(os.environ.get("MTLCURVES_DATA") or Path(__file__).parents[2] / "shared/data")
    if not (folder / "kiba_tang2014_values.csv.gz").is_file():
        pytest.skip(f"no KIBA tables in {folder}; MTLCURVES_DATA names their folder")
    return folder


@pytest.fixture(scope="session")
def moleculeace_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The MoleculeACE wheel: the one that the default study fetched, or fetched now."""
    source = MoleculeAceSource(kind="moleculeace")
    fetched = Path(__file__).parents[1] / wheel_file(source)
    if fetched.is_file() and sha256_of(fetched) == source.sha256:
        return fetched
    wheel = tmp_path_factory.mktemp("wheel") / fetched.name
    try:
        fetch_wheel("MoleculeACE", source.version, source.sha256, wheel)
    except DataError as error:
        pytest.skip(f"no MoleculeACE wheel: {error}")
    return wheel


@pytest.fixture(scope="session")
def tiny_config() -> dict[str, Any]:
    config = yaml.safe_load((ROOT / "tests/data/tiny.yaml").read_text())
    config["source"]["path"] = str(ROOT / config["source"]["path"])
    return config


@pytest.fixture(scope="session")
def tiny_study(tiny_config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The tiny study, finished, with a copy of its table; tests must not change it.

    It takes minutes, so the first of the tests' workers to ask runs it for all of them.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tiny-study"
    with FileLock(f"{folder}.lock"):
        if (folder / "finished").exists():
            return Workplace(folder, yaml.safe_load((folder / "study.yaml").read_text()))
        place = Workplace(folder, copy.deepcopy(tiny_config))
        place.take_table()
        place.succeed()
        (folder / "finished").touch()
    return place


@pytest.fixture
def finished(tiny_study: Workplace, workplace: Callable[[dict[str, Any]], Workplace]) -> Workplace:
    """A copy of the finished tiny study that a test may change."""
    place = workplace(copy.deepcopy(tiny_study.config))
    shutil.copytree(tiny_study.folder, place.folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    return place


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], Workplace]:
    """Make a fresh folder for a study: ``workplace(configuration)``."""
    return lambda config: Workplace(tmp_path_factory.mktemp(config["study"]), config)


@pytest.fixture(scope="session")
def record() -> Iterator[Record]:
    """Note one check: what, expected, found, seconds, whether it holds. The page is written at the end."""
    lines = PAGE.read_text().splitlines() if PAGE.is_file() else []
    rows = {line.split(" | ")[0]: line for line in lines if line.startswith("| ")}
    for key in ("| check", "| ---"):
        rows.pop(key, None)
    here = f"{date.today()}, Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"

    def note(check: str, expected: str, found: str, seconds: float, holds: bool) -> None:
        verdict = "yes" if holds else "**no**"
        rows[f"| {check}"] = f"| {check} | {expected} | {found} | {seconds:.0f} | {verdict} | {here} |"

    yield note
    PAGE.write_text(HEADER + "".join(f"{row}\n" for row in rows.values()))

"""Fixtures of all tests."""

import os
from pathlib import Path

import pytest
from mtlcurves.data.fetch import fetch_wheel, sha256_of
from mtlcurves.data.locations import wheel_file
from mtlcurves.errors import DataError
from mtlcurves.source_sections import MoleculeAceSource

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

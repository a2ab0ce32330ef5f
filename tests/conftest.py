"""Fixtures of all tests."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the KIBA tables: MTLCURVES_DATA, or ../shared/data beside the project."""
    folder = Path(os.environ.get("MTLCURVES_DATA") or Path(__file__).parents[2] / "shared/data")
    if not (folder / "kiba_tang2014_values.csv.gz").is_file():
        pytest.skip(f"no KIBA tables in {folder}; MTLCURVES_DATA names their folder")
    return folder

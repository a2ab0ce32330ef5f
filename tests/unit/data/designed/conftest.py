"""A small designed source, of the molecules that come with RDKit."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from mtlcurves.data.designed import pool
from mtlcurves.data.sources import read_source
from mtlcurves.source_sections import DesignedSource

SMALL: dict[str, Any] = {
    "kind": "designed",
    "molecules": "nci",
    "n_compounds": 400,
    "n_tasks": 12,
    "groups": 2,
    "labels_per_task": {"least": 50, "median": 100, "most": 200},
}


@pytest.fixture(scope="session", autouse=True)
def small_reference() -> Any:
    """Two hundred compounds of reference are enough here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "REFERENCE", 200)
        yield


@pytest.fixture(scope="session")
def design() -> Callable[..., DesignedSource]:
    return lambda **keys: DesignedSource(**(SMALL | keys))


@pytest.fixture(scope="session")
def simulated(design: Callable[..., DesignedSource]) -> Callable[..., pd.DataFrame]:
    """Values of the small source with some keys changed."""
    return lambda **keys: read_source(design(**keys).model_dump(), [])[0]


@pytest.fixture(scope="session")
def values(simulated: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return simulated()

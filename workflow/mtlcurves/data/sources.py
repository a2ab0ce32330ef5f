"""A study's source, whatever its kind, as the two tables ``values`` and ``rejected``."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from mtlcurves.data.chembl import read_chembl
from mtlcurves.data.designed.assays import simulate
from mtlcurves.data.kiba import read_kiba
from mtlcurves.data.moleculeace import read_wheel
from mtlcurves.data.usertables import read_user_table
from mtlcurves.errors import DataError
from mtlcurves.source_sections import ChemblSource, DesignedSource, MoleculeAceSource, Source, TableSource

log = logging.getLogger(__name__)


def read_source(source: Mapping[str, Any], files: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all tasks of a source.

    Parameters
    ----------
    source : mapping
        Configuration section ``source``.
    files : sequence of str
        The source's files, as :func:`mtlcurves.data.locations.source_files` names them.

    Returns
    -------
    values : pandas.DataFrame
        Schema ``values``: one row per measured value, of every task.
    rejected : pandas.DataFrame
        Schema ``rejected``: what was left out, with reasons.

    Raises
    ------
    DataError
        When a file cannot be read as what it should be, or holds no value at all.
    """
    model: Any = TypeAdapter(Source).validate_python(dict(source))
    if isinstance(model, MoleculeAceSource):
        collected = read_wheel(files[0])
    elif isinstance(model, TableSource):
        collected = read_user_table(model, files[0])
    elif isinstance(model, ChemblSource):
        collected = read_chembl(model, files[0], files[1])
    elif isinstance(model, DesignedSource):
        collected = simulate(model, files)
    else:
        collected = read_kiba(files[0], files[1])
    values, rejected = collected.frames()
    if values.empty:
        reasons = ", ".join(f"{n} x {reason}" for reason, n in rejected["reason"].value_counts().items())
        raise DataError(f"{files[0]}: no measured value in it; left out: {reasons or 'nothing'}")
    log.info("%d values of %d tasks, %d rejected", len(values), values["task"].nunique(), len(rejected))
    return values, rejected

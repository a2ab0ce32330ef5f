"""The compounds of a designed source, drawn from a set of real molecules."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from rdkit import RDConfig

from mtlcurves.config import Molecules
from mtlcurves.data.designed.draws import keyed_state
from mtlcurves.data.folds import compound_keys
from mtlcurves.data.measured import Collector
from mtlcurves.data.moleculeace import read_wheel
from mtlcurves.data.molecules import STEP, standardise
from mtlcurves.data.tablefiles import reading
from mtlcurves.errors import DataError
from mtlcurves.grid.seeds import absorb
from mtlcurves.source_sections import DesignedSource

log = logging.getLogger(__name__)

# Compounds that scores are standardised on: the first that the source's seed draws, whatever n_compounds is.
REFERENCE = 1000
NCI = Path(RDConfig.RDDataDir) / "NCI" / "first_5K.smi"


class Pool(NamedTuple):
    """Compounds in the order in which they are drawn.

    Attributes
    ----------
    compounds : pandas.DataFrame
        Columns ``row``, ``compound`` (its id in the set), ``smiles`` (standardised, each once).
    rejected : pandas.DataFrame
        Structures of the set that cannot be used: ``row``, ``compound``, ``smiles``, ``reason``.
    """

    compounds: pd.DataFrame
    rejected: pd.DataFrame

    @property
    def reference(self) -> list[str]:
        """SMILES of the compounds that scores are standardised on."""
        return list(self.compounds["smiles"][:REFERENCE])


def draw_pool(source: DesignedSource, files: Sequence[str], n_compounds: int) -> Pool:
    """Draw compounds from the source's molecules, at least as many as the reference needs.

    Parameters
    ----------
    source : DesignedSource
        Where the molecules come from, and the seed.
    files : sequence of str
        The file they are in; empty for those that come with RDKit.
    n_compounds : int
        Compounds wanted. Of two numbers, the larger draws all of the smaller, in the same order.

    Raises
    ------
    DataError
        When there are fewer distinct compounds, or the file cannot be read.
    """
    where = files[0] if files else str(NCI)
    molecules = _read(source, where)
    keys = absorb(keyed_state(source.seed, "molecules"), compound_keys(molecules["smiles"]))
    molecules = molecules.iloc[np.argsort(keys, kind="stable")].reset_index(drop=True)
    wanted, used = max(n_compounds, REFERENCE), 0
    kept, refused = molecules[:0], molecules[:0].assign(reason="")
    # those that cannot be used or are drawn already are replaced by the next, until none is left
    while len(kept) < wanted and used < len(molecules):
        batch = molecules[used : used + wanted - len(kept)]
        used += len(batch)
        good, bad = _standardised(batch)
        kept = pd.concat([kept, good]).drop_duplicates("smiles")
        refused = pd.concat([refused, bad])
    if len(kept) < n_compounds:
        raise DataError(
            f"source.n_compounds: asked for {n_compounds}, but {where} has {len(kept)} distinct compounds that "
            f"can be used ({len(molecules)} distinct structures, {len(refused)} of them unusable)"
        )
    log.info("%s: %d distinct structures; looked at %d, refused %d", where, len(molecules), used, len(refused))
    return Pool(kept.reset_index(drop=True), refused.reset_index(drop=True))


def collect_rejected(rejected: pd.DataFrame, collected: Collector) -> None:
    """List the structures that were drawn and cannot be used."""
    given = rejected[["row", "compound", "smiles", "reason"]].itertuples(index=False, name=None)
    for row, compound, smiles, reason in given:
        collected.reject(reason, row=row, compound=compound, smiles=smiles, step=STEP)


def _standardised(batch: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Standardise as a study does by default, so that a label belongs to the structure that is scored."""
    settings = Molecules()
    good, bad = standardise(batch["smiles"].tolist(), settings.standardise, settings.max_heavy_atoms, 1)
    canonical = batch["smiles"].map(good.set_index("smiles")["canonical_smiles"])
    reasons = batch["smiles"].map(bad.set_index("smiles")["reason"])
    kept = canonical.notna()
    return batch[kept].assign(smiles=canonical[kept]), batch[~kept].assign(reason=reasons[~kept])


def _read(source: DesignedSource, path: str) -> pd.DataFrame:
    """Read the distinct structures of a set: columns row, compound, smiles."""
    if source.molecules == "moleculeace":
        found = read_wheel(path).frames()[0][["row", "compound", "smiles"]]
    else:
        found = _read_smiles(path)
    return found.drop_duplicates("smiles", ignore_index=True)


def _read_smiles(path: str) -> pd.DataFrame:
    with reading(path):
        content = Path(path).read_bytes()
        text = (gzip.decompress(content) if path.endswith(".gz") else content).decode("utf-8-sig")
    lines = enumerate(map(str.split, text.splitlines()), start=1)
    rows = [(row, cells[1] if len(cells) > 1 else cells[0], cells[0]) for row, cells in lines if cells]
    if not rows:
        raise DataError(f"{path}: no structure in it; one SMILES a line is expected")
    return pd.DataFrame(rows, columns=["row", "compound", "smiles"])

"""Structures: read, cleaned, and named by their canonical SMILES."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, NamedTuple

import pandas as pd
from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

from mtlcurves.config import Molecules
from mtlcurves.data.parallel import map_chunks
from mtlcurves.schemas import SCHEMAS

log = logging.getLogger(__name__)

STEP = "standardise_molecules"
UNREADABLE_OWN = "RDKit cannot read back its own canonical SMILES"


class Outcome(NamedTuple):
    """What became of one structure: a canonical SMILES, or a reason."""

    canonical_smiles: str | None
    n_heavy_atoms: int
    found: str
    reason: str


def standardise(
    smiles: Sequence[str | None], mode: str, max_heavy_atoms: int, workers: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn structures into canonical SMILES, each distinct one once.

    Parameters
    ----------
    smiles : sequence of str
        Structures as the source gives them; several may be equal, missing ones are rejected.
    mode : str
        ``canonical``: RDKit's canonical SMILES; ``full``: cleanup (hydrogens, metals, functional groups, charges),
        fragment parent (the largest fragment) and neutralisation first.
    max_heavy_atoms : int
        Larger molecules, as standardised, are rejected.
    workers : int
        Processes; the result does not depend on them.

    Returns
    -------
    molecules : pandas.DataFrame
        Schema ``molecules``, sorted by the source's SMILES.
    rejected : pandas.DataFrame
        Schema ``rejected``, the reason in RDKit's own words where it refused.
    """
    given = {text if isinstance(text, str) else "" for text in smiles}
    distinct = sorted(given)
    work = partial(_standardise_all, mode=mode, max_heavy_atoms=max_heavy_atoms)
    outcomes = map_chunks(work, distinct, workers, "structures standardised")
    table = pd.DataFrame(outcomes, columns=list(Outcome._fields))
    table.insert(0, "smiles", pd.Series(distinct, dtype="str"))
    kept = table["canonical_smiles"].notna()
    molecules = table.loc[kept, list(SCHEMAS["molecules"].columns)].reset_index(drop=True)
    refused = table.loc[~kept].reset_index(drop=True)
    rejected = pd.DataFrame(
        {"step": STEP, "smiles": refused["smiles"], "value": refused["found"], "reason": refused["reason"]},
        columns=list(SCHEMAS["rejected"].columns),
    )
    log.info(
        "%d structures: %d kept as %d compounds, %d rejected",
        *(len(distinct), len(molecules), molecules["canonical_smiles"].nunique(), len(rejected)),
    )
    return molecules, rejected


def standardise_values(
    values: pd.DataFrame, tasks: Collection[str], settings: Molecules, workers: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Standardise the structures that have a value in some tasks, naming the compounds of those rejected.

    Parameters
    ----------
    values : pandas.DataFrame
        Schema ``values``.
    tasks : collection of str
        Tasks of the study.
    settings : mtlcurves.config.Molecules
        How to standardise.
    workers : int
        Processes.

    Returns
    -------
    molecules, rejected : pandas.DataFrame
        As :func:`standardise` gives them; `rejected` has the source's compounds, and its row where it is one.
    """
    measured = values[values["task"].isin(list(tasks))]
    smiles = measured["smiles"].drop_duplicates().tolist()
    molecules, rejected = standardise(smiles, settings.standardise, settings.max_heavy_atoms, workers)
    refused = measured.assign(smiles=measured["smiles"].fillna(""))
    refused = refused[refused["smiles"].isin(rejected["smiles"])]
    of = refused.groupby("smiles")
    compounds = of["compound"].agg(lambda ids: "; ".join(dict.fromkeys(map(str, ids))))
    rows = of["row"].agg(["min", "max"])
    rejected["compound"] = rejected["smiles"].map(compounds)
    rejected["row"] = rejected["smiles"].map(rows["min"].where(rows["min"] == rows["max"])).astype("Int64")
    return molecules, rejected


def _standardise_all(smiles: Sequence[str], mode: str, max_heavy_atoms: int) -> list[Outcome]:
    return [_standardise(text, mode, max_heavy_atoms) for text in smiles]


def _standardise(smiles: str, mode: str, max_heavy_atoms: int) -> Outcome:
    if not smiles.strip():
        return Outcome(None, 0, smiles, "no structure")
    with captured_errors() as errors:
        molecule: Any = Chem.MolFromSmiles(smiles)
    if molecule is None:
        return Outcome(None, 0, smiles, f"unreadable SMILES: {rdkit_reason(errors.messages)}")
    if mode == "full":
        with captured_errors() as errors:
            try:
                molecule = _parent(molecule)
            except (ValueError, RuntimeError) as error:
                return Outcome(
                    None, 0, smiles, f"cannot be standardised: {rdkit_reason(errors.messages or str(error))}"
                )
    heavy = molecule.GetNumHeavyAtoms()
    if heavy == 0:
        return Outcome(None, 0, smiles, "no heavy atoms")
    if heavy > max_heavy_atoms:
        return Outcome(None, heavy, f"{heavy} heavy atoms", f"more than {max_heavy_atoms} heavy atoms")
    with captured_errors() as errors:
        again: Any = Chem.MolFromSmiles(Chem.MolToSmiles(molecule))
    if again is None:  # everything after this step starts from the canonical SMILES
        reason = f"{UNREADABLE_OWN}: {rdkit_reason(errors.messages)}"
        return Outcome(None, heavy, smiles, reason)
    return Outcome(Chem.MolToSmiles(again), heavy, "", "")


def _parent(molecule: Any) -> Any:
    """Neutral, cleaned largest fragment: rdMolStandardize's Cleanup, FragmentParent and Uncharger.

    Cleanup makes its tools anew for each molecule; its steps with tools made once are 1.7 times as fast.
    """
    disconnector, normaliser, reioniser, chooser, uncharger = _tools()
    molecule = Chem.RemoveHs(molecule)
    molecule = disconnector.Disconnect(molecule)
    molecule = normaliser.normalize(molecule)
    molecule = reioniser.reionize(molecule)
    Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
    return uncharger.uncharge(chooser.choose(molecule))


@cache
def _tools() -> tuple[Any, ...]:
    return (
        rdMolStandardize.MetalDisconnector(),
        rdMolStandardize.Normalizer(),
        rdMolStandardize.Reionizer(),
        rdMolStandardize.LargestFragmentChooser(),
        rdMolStandardize.Uncharger(),
    )


@contextmanager
def captured_errors() -> Iterator[Any]:
    """Keep RDKit's messages from the terminal; its errors are in the yielded object's ``messages``."""
    with rdBase.BlockLogs(), rdBase.CaptureErrorLog() as errors:
        yield errors


def rdkit_reason(messages: str) -> str:
    r"""Condense RDKit's error messages to one line.

    Examples
    --------
    >>> rdkit_reason("[03:31:32] Can't kekulize mol.  Unkekulized atoms: 0 1 2\n[03:31:32] \n")
    "Can't kekulize mol. Unkekulized atoms: 0 1 2"
    """
    lines = [re.sub(r"^\[[\d:]+\]\s*", "", line) for line in messages.splitlines()]
    lines = [re.sub(r"\s+", " ", line).strip() for line in lines]
    lines = [line for line in lines if line]
    where = next((line.rstrip(":") for line in lines if "around position" in line), None)
    first = lines[0] if lines else "RDKit gives no reason"
    return f"{first} ({where.removeprefix('SMILES Parse Error: ')})" if where else first

"""Scaffolds: the groups that must not be divided between training and test."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors
from rdkit.Chem.Scaffolds import MurckoScaffold, rdScaffoldNetwork

from mtlcurves.data.molecules import captured_errors, rdkit_reason
from mtlcurves.data.parallel import map_chunks

log = logging.getLogger(__name__)

PREFERRED_RINGS = 3
MACROCYCLE = 9


class Found(NamedTuple):
    """A scaffold, and why it is only a fallback (empty where it is not)."""

    scaffold: str
    problem: str


def assign_scaffolds(smiles: Sequence[str], workers: int) -> pd.DataFrame:
    """Find the Murcko and the preferred scaffold of each compound.

    The preferred scaffold is that of Simm et al. 2021 (J. Cheminform. 13:96): the Murcko scaffold where it has at
    most three rings, else the node of its scaffold network that :func:`preference` puts first. Stereochemistry
    is left out, so that stereoisomers stay together. An acyclic compound is its own scaffold.

    Parameters
    ----------
    smiles : sequence of str
        Canonical SMILES; several may be equal.
    workers : int
        Processes; the result does not depend on them.

    Returns
    -------
    pandas.DataFrame
        Schema ``scaffolds``, one row per distinct compound, sorted by SMILES.

    Notes
    -----
    Where RDKit fails on a network, the Murcko scaffold is used; where it fails on that, the compound itself. The
    log says so.
    """
    compounds = sorted(set(smiles))
    murckos = murcko_scaffolds(compounds, workers)
    distinct = sorted({found.scaffold for found in murckos} - {""})
    # small chunks: one large network takes as long as hundreds of small ones
    found_preferred = map_chunks(_preferred_all, distinct, workers, "preferred scaffolds", chunk=32)
    preferred = dict(zip(distinct, found_preferred, strict=True))
    _log_problems("Murcko scaffold", "the compound itself", zip(compounds, murckos, strict=True))
    _log_problems("scaffold network", "the Murcko scaffold", preferred.items())
    scaffolds = [
        preferred[found.scaffold].scaffold if found.scaffold else compound
        for compound, found in zip(compounds, murckos, strict=True)
    ]
    log.info(
        "%d compounds: %d Murcko and %d preferred scaffolds, acyclic compounds (%d) one each",
        *(len(compounds), len(distinct), len({found.scaffold for found in preferred.values()})),
        sum(not found.scaffold for found in murckos),
    )
    murcko = [found.scaffold for found in murckos]
    return pd.DataFrame({"smiles": compounds, "murcko": murcko, "scaffold": scaffolds}, dtype="str")


def murcko_scaffolds(smiles: Sequence[str], workers: int) -> list[Found]:
    """Find the Murcko scaffolds of compounds, each as :func:`murcko_scaffold` does."""
    return map_chunks(_murcko_all, smiles, workers, "Murcko scaffolds")


def murcko_scaffold(smiles: str) -> str:
    """Murcko scaffold as SMILES without stereochemistry; empty for an acyclic compound."""
    murcko_of: Callable[[Any], Any] = MurckoScaffold.GetScaffoldForMol
    return str(Chem.MolToSmiles(murcko_of(Chem.MolFromSmiles(smiles)), isomericSmiles=False))


def preferred_scaffold(murcko: str) -> str:
    """Preferred scaffold of a Murcko scaffold, about three rings large.

    Parameters
    ----------
    murcko : str
        SMILES of the Murcko scaffold.
    """
    molecule = Chem.MolFromSmiles(murcko)
    if rdMolDescriptors.CalcNumRings(molecule) <= PREFERRED_RINGS:
        return murcko
    network = rdScaffoldNetwork.CreateScaffoldNetwork([molecule], _network_parameters())
    return min(map(str, network.nodes), key=preference)


def preference(smiles: str) -> tuple[float | str, ...]:
    """Rank a node of a scaffold network; the smallest is preferred.

    In this order: number of rings near three; with a macrocycle (a ring of more than nine atoms); few rotatable
    bonds; many bridgehead atoms; many spiro atoms; with a ring of other than five or six atoms; many heterocycles;
    few aromatic rings; SMILES.
    """
    molecule = Chem.MolFromSmiles(smiles)
    sizes = [len(ring) for ring in molecule.GetRingInfo().AtomRings()]
    return (
        abs(rdMolDescriptors.CalcNumRings(molecule) - PREFERRED_RINGS),
        -any(size > MACROCYCLE for size in sizes),
        rdMolDescriptors.CalcNumRotatableBonds(molecule, strict=False),
        -rdMolDescriptors.CalcNumBridgeheadAtoms(molecule),
        -rdMolDescriptors.CalcNumSpiroAtoms(molecule),
        -any(size not in (5, 6) for size in sizes),
        -rdMolDescriptors.CalcNumHeterocycles(molecule),
        rdMolDescriptors.CalcNumAromaticRings(molecule),
        smiles,
    )


def _murcko_all(compounds: Sequence[str]) -> list[Found]:
    return [_or_fallback(murcko_scaffold, compound, "") for compound in compounds]


def _preferred_all(murckos: Sequence[str]) -> list[Found]:
    return [_or_fallback(preferred_scaffold, murcko, murcko) for murcko in murckos]


def _or_fallback(rule: Callable[[str], str], smiles: str, fallback: str) -> Found:
    with captured_errors() as errors:
        try:
            return Found(rule(smiles), "")
        except Exception as error:  # RDKit's exceptions share no base but this
            return Found(fallback, rdkit_reason(errors.messages or str(error)))


def _log_problems(what: str, instead: str, found: Any) -> None:
    for smiles, outcome in found:
        if outcome.problem:
            log.warning("no %s of %s (%s); took %s", what, smiles, outcome.problem, instead)


@cache
def _network_parameters() -> Any:
    """Isotopes flattened, pruned before fragmenting, no generic scaffolds, none with attachment points."""
    parameters: Any = rdScaffoldNetwork.ScaffoldNetworkParams()
    parameters.flattenIsotopes = True
    parameters.pruneBeforeFragmenting = True
    parameters.includeGenericScaffolds = False
    parameters.includeGenericBondScaffolds = False
    parameters.includeScaffoldsWithAttachments = False
    parameters.includeScaffoldsWithoutAttachments = True
    parameters.collectMolCounts = False
    return parameters

"""Scaffolds: known preferred scaffolds, each level of the order, fallbacks."""

import logging

import pandas as pd
import pytest
from mtlcurves.data import scaffolds
from mtlcurves.data.scaffolds import assign_scaffolds, murcko_scaffold, preference, preferred_scaffold
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors
from rdkit.Chem.Scaffolds import rdScaffoldNetwork

IMATINIB = "Cc1ccc(cc1Nc2nccc(n2)c3cccnc3)NC(=O)c4ccc(cc4)CN5CCN(CC5)C"
# What MELLODDY-TUNER 3, the reference implementation, prints for them in its own tests
PUBLISHED = {
    IMATINIB: "c1ccc(Nc2nccc(-c3cccnc3)n2)cc1",
    "Oc1ccccc1C=Nn1c(O)c2c(c1O)C1C=CC2CC1": "C1=CC2CCC1c1c[nH]cc12",
    "COc1ccccc1-c1ccc(CNC(=O)NC2CCN(Cc3ccc(C)cc3)CC2)cc1": "O=C(NCc1ccc(-c2ccccc2)cc1)NC1CCNCC1",
    "O=C1Nc2ccccc2Nc2cc(-c3ccccc3O)ccc21": "O=C1Nc2ccccc2Nc2ccccc21",
    "O=C(c1ccc2c3c(cccc13)CC2)C1CCCN(Cc2ncc[nH]2)C1": "c1cc2c3c(cccc3c1)CC2",
    "COc1nc2ccc(C)cc2cc1-c1noc(-c2cccnc2)n1": "c1ccc2ncc(-c3ncon3)cc2c1",
    "c1ccc(-c2ccnc3nc(-n4cccc4)nn23)cc1": "c1ccn(-c2nc3ncccn3n2)c1",
    "O=C(CCCN1CCC2(C=Cc3ccccc32)CC1)NCc1cc(C(F)(F)F)cc(C(F)(F)F)c1": "C1=CC2(CCNCC2)c2ccccc21",
    "CC(C)CC1NCCOc2ccccc2CCCNC(=O)C(CCC(=O)O)NC(=O)C2(CCCC2)NC1=O": (
        "O=C1CNC(=O)C2(CCCC2)NC(=O)CNCCOc2ccccc2CCCN1"
    ),
}
# Each pair is decided by its level: equal before it, and after it the second would be preferred
ORDER = {
    "three rings rather than four": ("c1ccc(-c2ccc(-c3ccccc3)cc2)cc1", "c1ccc2c(c1)c1ccccc1c1ccccc21"),
    "three rings rather than two": ("c1ccc(-c2ccc(-c3ccccc3)cc2)cc1", "c1ccc2ccccc2c1"),
    "a macrocycle": ("C1CCCCCC(CCc2ccccc2)CCCC1", "c1ccc(-c2ccccc2)cc1"),
    "few rotatable bonds": ("c1ccc2ccccc2c1", "c1ccc2cc(CC3CC4CCC3C4)ccc2c1"),
    "many bridgeheads": ("C1CC2CCC1C2", "C1CCC2(CC1)CCCC2"),
    "many spiro atoms": ("C1CCC2(CC1)CCCCC2", "C1CCC2CCCC2CC1"),
    "a ring of other than 5 or 6 atoms": ("C1CCC2CCCC2CC1", "C1CCC2CNCC2N1"),
    "many heterocycles": ("c1ccc2[nH]ccc2c1", "C1CCC2CCCC2C1"),
    "few aromatic rings": ("N1CCC2CCCCC21", "C1Cc2ccccc2N1"),
    "the SMILES": ("C1CCC2CCCC2C1", "C1CCC2CCCCC2C1"),
}
MANY_RINGS = [
    *PUBLISHED,
    "c1ccc(cc1)-c1c(-c2ccncc2)c(-c2ccoc2)c(-c2ccsc2)c(-c2ncccn2)c1C1CCCCC1",
    "C1CC2CC1C1C2C2CC1C1CCCC21",
    "C1CCC2(CC1)OCC1(CO2)COC2(CCCCC2)OC1",
    "O=C(c1ccc2c(c1)CCC1(CCNCC1)O2)N1CCC(c2ccc3ccccc3c2)CC1",
]


@pytest.mark.parametrize("smiles", PUBLISHED)
def test_preferred_scaffolds_are_those_of_the_reference_implementation(smiles: str) -> None:
    assert preferred_scaffold(murcko_scaffold(smiles)) == PUBLISHED[smiles]


@pytest.mark.parametrize("level", ORDER)
def test_order_of_preference(level: str) -> None:
    first, second = ORDER[level]
    one, other = preference(first), preference(second)
    assert one < other
    decided_at = next(place for place in range(len(one)) if one[place] != other[place])
    assert decided_at == max(list(ORDER).index(level) - 1, 0)


@pytest.mark.parametrize("smiles", MANY_RINGS)
def test_preferred_scaffold_is_first_in_a_sorted_table_of_all_nodes(smiles: str) -> None:
    murcko = Chem.MolFromSmiles(murcko_scaffold(smiles))
    parameters = rdScaffoldNetwork.ScaffoldNetworkParams()
    parameters.includeGenericScaffolds = parameters.includeScaffoldsWithAttachments = False
    nodes = []
    for node in rdScaffoldNetwork.CreateScaffoldNetwork([murcko], parameters).nodes:
        molecule = Chem.MolFromSmiles(node)
        sizes = pd.Series([len(ring) for ring in molecule.GetRingInfo().AtomRings()])
        nodes.append(
            {
                "from_three": abs(rdMolDescriptors.CalcNumRings(molecule) - 3),
                "macrocycle": (sizes > 9).any(),
                "rotatable": rdMolDescriptors.CalcNumRotatableBonds(molecule, False),
                "bridgeheads": rdMolDescriptors.CalcNumBridgeheadAtoms(molecule),
                "spiro": rdMolDescriptors.CalcNumSpiroAtoms(molecule),
                "unusual": (~sizes.isin([5, 6])).any(),
                "heterocycles": rdMolDescriptors.CalcNumHeterocycles(molecule),
                "aromatic": rdMolDescriptors.CalcNumAromaticRings(molecule),
                "smiles": node,
            }
        )
    table = pd.DataFrame(nodes)
    rising = [name in ("from_three", "rotatable", "aromatic", "smiles") for name in table]
    expected = table.sort_values(list(table), ascending=rising)["smiles"].iloc[0]
    assert preferred_scaffold(murcko_scaffold(smiles)) == expected


def test_up_to_three_rings_the_murcko_scaffold_stays() -> None:
    murcko = "O=C(CCc1ccccc1)NCCc1c[nH]c2ccccc12"
    assert preferred_scaffold(murcko) == murcko


def test_acyclic_compounds_are_their_own_scaffolds() -> None:
    table = assign_scaffolds(["CCO", "CCN", "CCCc1ccccc1"], 1).set_index("smiles")
    assert table.loc[["CCO", "CCN"], "scaffold"].tolist() == ["CCO", "CCN"]
    assert table["murcko"].to_dict() == {"CCCc1ccccc1": "c1ccccc1", "CCN": "", "CCO": ""}


def test_stereoisomers_share_a_scaffold() -> None:
    table = assign_scaffolds(["C[C@H]1CC[C@@H](c2ccccc2)O1", "C[C@H]1CC[C@H](c2ccccc2)O1"], 1)
    assert table["scaffold"].nunique() == 1


def test_result_does_not_depend_on_workers_or_order() -> None:
    smiles = [f"{'C' * n}c1ccc(-c2ccc(OCC3CCN(c4ncccn4)CC3){atom}c2)cc1" for n in range(150) for atom in "cn"]
    pd.testing.assert_frame_equal(assign_scaffolds(smiles, 1), assign_scaffolds(smiles[::-1] + smiles, 3))


def test_where_rdkit_fails_the_murcko_scaffold_serves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("Pre-condition Violation")

    monkeypatch.setattr(scaffolds.rdScaffoldNetwork, "CreateScaffoldNetwork", fail)
    with caplog.at_level(logging.WARNING):
        table = assign_scaffolds([IMATINIB], 1)
    assert table["scaffold"].item() == table["murcko"].item() == murcko_scaffold(IMATINIB)
    assert "no scaffold network of" in caplog.text and "Pre-condition Violation" in caplog.text

    monkeypatch.setattr(scaffolds.MurckoScaffold, "GetScaffoldForMol", fail)
    with caplog.at_level(logging.WARNING):
        table = assign_scaffolds([IMATINIB], 1)
    assert table["scaffold"].item() == IMATINIB
    assert "took the compound itself" in caplog.text

"""Structures: merged by canonical SMILES, cleaned as RDKit's standardiser does, rejected with a reason."""

import logging

import pandas as pd
import pytest
from mtlcurves.config import Molecules
from mtlcurves.data.molecules import standardise, standardise_values
from rdkit import Chem
from rdkit.Chem.MolStandardize import rdMolStandardize

TO_CLEAN = [
    "CC(=O)[O-].[Na+]",
    "CC(=O)Oc1ccccc1C(=O)O.OCCN",
    "[NH3+]CC([O-])=O",
    "C[N+](C)(C)C.[Cl-]",
    "O=N(=O)c1ccccc1",
    "CC(=O)O[Na]",
    "C[S+](C)[O-]",
    "C[C@H](N)C(=O)O.Cl",
    "[13CH3]O[H]",
    "[O-]c1ccccc1.[K+].O",
    "C1=CC=CC=C1N",
    "F/C=C/F",
    "CN=[N+]=[N-]",
    "OC(=O)c1ccccc1.C1CCNCC1",
]


def canonical(smiles: str, mode: str = "canonical") -> str:
    molecules, _ = standardise([smiles], mode, 100, 1)
    return molecules["canonical_smiles"].item()


def test_spellings_of_one_molecule_become_one_compound() -> None:
    spellings = ["OCC", "C(O)C", "[CH3][CH2][OH]", "CCO", "CCO"]
    molecules, rejected = standardise(spellings, "canonical", 100, 1)
    assert molecules["smiles"].tolist() == sorted(set(spellings))
    assert set(molecules["canonical_smiles"]) == {"CCO"}
    assert set(molecules["n_heavy_atoms"]) == {3}
    assert rejected.empty


def test_canonical_mode_keeps_salts_charges_and_stereochemistry() -> None:
    assert canonical("CC(=O)[O-].[Na+]") == "CC(=O)[O-].[Na+]"
    assert canonical("C[C@H](N)O") != canonical("C[C@@H](N)O")


@pytest.mark.parametrize("smiles", TO_CLEAN)
def test_full_mode_equals_the_standardiser_of_rdkit(smiles: str) -> None:
    cleaned = rdMolStandardize.Cleanup(Chem.MolFromSmiles(smiles))
    parent = rdMolStandardize.Uncharger().uncharge(rdMolStandardize.FragmentParent(cleaned, skipStandardize=True))
    assert canonical(smiles, "full") == Chem.CanonSmiles(Chem.MolToSmiles(parent))


@pytest.mark.parametrize(
    ("smiles", "parent"),
    [
        ("CC(=O)[O-].[Na+]", "CC(=O)O"),
        ("[NH3+]CC([O-])=O", "NCC(=O)O"),
        ("O=N(=O)c1ccccc1", "O=[N+]([O-])c1ccccc1"),
    ],
)
def test_full_mode_gives_neutral_parents(smiles: str, parent: str) -> None:
    assert canonical(smiles, "full") == parent


@pytest.mark.parametrize("mode", ["canonical", "full"])
def test_standardising_again_changes_nothing(mode: str) -> None:
    once = [canonical(smiles, mode) for smiles in TO_CLEAN]
    assert [canonical(smiles, mode) for smiles in once] == once


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("c1cccc1", "unreadable SMILES: Can't kekulize mol. Unkekulized atoms: 0 1 2 3 4"),
        ("CN(C)(C)(C)C", "unreadable SMILES: Explicit valence for atom # 1 N, 5, is greater than permitted"),
        ("C1CC", "unreadable SMILES: SMILES Parse Error: unclosed ring for input: 'C1CC'"),
        (
            "CCx",
            "unreadable SMILES: SMILES Parse Error: syntax error while parsing: CCx "
            "(check for mistakes around position 3)",
        ),
        ("", "no structure"),
        ("   ", "no structure"),
        (None, "no structure"),
        ("[H][H]", "no heavy atoms"),
        ("*", "no heavy atoms"),
    ],
)
def test_what_is_no_molecule_is_rejected_in_the_words_of_rdkit(
    smiles: str | None, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    molecules, rejected = standardise([smiles, "CCO"], "full", 100, 1)
    assert molecules["canonical_smiles"].tolist() == ["CCO"]
    assert rejected[["step", "smiles", "reason"]].to_numpy().tolist() == [
        ["standardise_molecules", smiles or "", reason]
    ]
    assert capfd.readouterr().err == ""


def test_a_molecule_that_rdkit_writes_but_cannot_read_is_rejected_with_what_it_said(monkeypatch) -> None:
    monkeypatch.setattr(Chem, "MolToSmiles", lambda molecule: "c1cccc1")
    molecules, rejected = standardise(["CCO"], "canonical", 100, 1)
    assert molecules.empty
    assert rejected["reason"].tolist() == [
        "RDKit cannot read back its own canonical SMILES: Can't kekulize mol. Unkekulized atoms: 0 1 2 3 4"
    ]


def test_size_counts_the_heavy_atoms_of_the_standardised_molecule() -> None:
    molecules, rejected = standardise(["C" * 12, "C" * 13, "C" * 12 + ".C" * 9, "[2H]C[2H]"], "full", 12, 1)
    assert dict(zip(molecules["smiles"], molecules["n_heavy_atoms"], strict=True)) == {
        "C" * 12: 12,
        "C" * 12 + ".C" * 9: 12,
        "[2H]C[2H]": 1,
    }
    assert rejected[["value", "reason"]].to_numpy().tolist() == [["13 heavy atoms", "more than 12 heavy atoms"]]
    _, rejected = standardise(["C" * 12 + ".C" * 9], "canonical", 12, 1)
    assert rejected["value"].tolist() == ["21 heavy atoms"]


def test_result_does_not_depend_on_workers(caplog: pytest.LogCaptureFixture) -> None:
    smiles = ["C" * n + end for n in range(1, 130) for end in ("O", "N(", "c1ccccc1", "[O-].[Na+]", "Cl")]
    with caplog.at_level(logging.INFO):
        alone = standardise(smiles, "full", 60, 1)
    together = standardise(smiles[::-1], "full", 60, 3)
    for one, other in zip(alone, together, strict=True):
        pd.testing.assert_frame_equal(one, other)
    # chains of up to 59 carbons with O, O- and Cl, of up to 54 with a ring; O and O- are one compound
    assert "645 structures: 231 kept as 172 compounds" in caplog.text


def test_nothing_in_nothing_out() -> None:
    molecules, rejected = standardise([], "full", 100, 2)
    assert molecules.empty and rejected.empty


def test_rejected_structures_name_their_compounds_and_row() -> None:
    values = pd.DataFrame(
        [
            (1, "A", "CCO", "t", 1.0),
            (2, "B", "C1CC", "t", 1.0),
            (3, "C", "C1CC", "u", 1.0),
            (4, "D", "xyz", "u", 1.0),
            (5, "E", "c1cccc1", "other", 1.0),
            (6, "F", None, "t", 1.0),
        ],
        columns=["row", "compound", "smiles", "task", "value"],
    )
    molecules, rejected = standardise_values(values, ["t", "u"], Molecules(), 1)
    assert molecules["smiles"].tolist() == ["CCO"]
    found = {row.smiles: (row.compound, row.row) for row in rejected.itertuples()}
    assert found.keys() == {"", "C1CC", "xyz"}
    assert found["xyz"] == ("D", 4)
    assert found[""] == ("F", 6)
    assert found["C1CC"][0] == "B; C" and pd.isna(found["C1CC"][1])

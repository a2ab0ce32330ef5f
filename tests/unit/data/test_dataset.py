"""The data stage from values to a loaded data set, its card, and what does not fit together."""

import json

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from mtlcurves.config import Fingerprints, Folds, Labels, Molecules
from mtlcurves.data.card import data_card, gather_rejected
from mtlcurves.data.dataset import load_dataset
from mtlcurves.data.disagreements import list_disagreements
from mtlcurves.data.fingerprintfile import load_fingerprints, save_fingerprints
from mtlcurves.data.fingerprints import compute_fingerprints
from mtlcurves.data.folds import assign_folds, compound_keys, task_table
from mtlcurves.data.labels import make_labels
from mtlcurves.data.molecules import standardise_values
from mtlcurves.data.scaffolds import assign_scaffolds
from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_json, write_table
from mtlcurves.task_info import TaskInfo

TASKS = [TaskInfo("second", "Second", "family"), TaskInfo("first", "First", "")]
VALUES = pd.DataFrame(
    [
        (1, "A", "CCO", "first", 5.0),
        (1, "A", "CCO", "second", 7.0),
        (2, "B", "OCC", "first", 8.0),
        (3, "C", "c1ccccc1CC", "first", 4.0),
        (3, "C", "c1ccccc1CC", "second", 6.5),
        (3, "C", "c1ccccc1CC", "third", 6.5),
        (4, "D", "c1ccccc1C.Cl", "second", 1.0),
        (5, "E", "C1CC", "second", 1.0),
        (6, "F", "C" * 31, "second", 1.0),
        (7, "G", "CCCC", "third", 1.0),
    ],
    columns=["row", "compound", "smiles", "task", "value"],
)
SETTINGS = {
    "study": "made",
    "source": "table",
    "molecules": Molecules(max_heavy_atoms=30).model_dump(),
    "labels": Labels(threshold=6.0, min_labels=2).model_dump(),
    "folds": Folds(count=3).model_dump(),
    "fingerprints": Fingerprints(columns=64).model_dump(),
}


@pytest.fixture
def prepared(tmp_path):
    """Folder of a small data set, with all its tables in memory too."""
    molecules, unreadable = standardise_values(VALUES, ["first", "second"], Molecules(max_heavy_atoms=30), 1)
    labels, refused = make_labels(VALUES, molecules, Labels(threshold=6.0, min_labels=2), ["second", "first"])
    scaffolds = assign_scaffolds(molecules["canonical_smiles"].tolist(), 1)
    compounds = assign_folds(scaffolds, labels, Folds(count=3))
    tasks = task_table(compounds, labels, TASKS)
    for name, table in {"labels": labels, "compounds": compounds, "tasks": tasks}.items():
        write_table(table, tmp_path / f"{name}.parquet", name)
    write_table(unreadable, tmp_path / "rejected-molecules.parquet", "rejected")
    write_table(refused, tmp_path / "rejected-labels.parquet", "rejected")
    fingerprints = compute_fingerprints(compounds["smiles"].tolist(), 3, 64, 1)
    save_fingerprints(fingerprints, tmp_path / "fingerprints.arrow")
    tables = {"values": VALUES, "molecules": molecules, "scaffolds": scaffolds, "labels": labels}
    tables["disagreements"] = list_disagreements(VALUES, molecules, labels, Labels(threshold=6.0))
    return tmp_path, tables | {"compounds": compounds, "tasks": tasks}, fingerprints


def test_loaded_data_set_is_what_was_prepared(prepared) -> None:
    folder, tables, fingerprints = prepared
    dataset = load_dataset(folder)
    assert dataset.smiles.tolist() == ["CCO", "CCc1ccccc1", "Cc1ccccc1"]
    np.testing.assert_array_equal(dataset.keys, compound_keys(dataset.smiles))
    assert dataset.tasks == ["second", "first"]
    found = {task: (rows.tolist(), classes.tolist()) for task, (rows, classes) in dataset.labels.items()}
    assert found == {"second": ([0, 1, 2], [1, 1, 0]), "first": ([0, 1], [1, 0])}
    assert {rows.dtype for rows, _ in dataset.labels.values()} == {np.dtype(np.int32)}
    assert {classes.dtype for _, classes in dataset.labels.values()} == {np.dtype(np.int8)}
    for split in ("scaffold", "compound"):
        assert dataset.folds[split].tolist() == tables["compounds"][f"fold_{split}"].tolist()
    assert dataset.folds["scaffold"][1] == dataset.folds["scaffold"][2]
    assert dataset.digests == dict(zip(tables["tasks"]["task"], tables["tasks"]["digest"], strict=True))
    assert (dataset.fingerprints != fingerprints).nnz == 0
    assert dataset.fingerprints.indices.dtype == np.int32


def test_fingerprints_of_another_data_set_are_refused(prepared) -> None:
    folder, _, fingerprints = prepared
    save_fingerprints(fingerprints[:2], folder / "fingerprints.arrow")
    with pytest.raises(DataError, match="fingerprints.arrow: 2 rows for the 3 compounds"):
        load_dataset(folder)


def test_labels_of_another_data_set_are_refused(prepared) -> None:
    folder, tables, _ = prepared
    labels = tables["labels"].replace({"smiles": {"CCO": "CCCCCO"}})
    write_table(labels, folder / "labels.parquet", "labels")
    with pytest.raises(DataError, match="compound 'CCCCCO' is not in compounds.parquet"):
        load_dataset(folder)


def test_card_counts_what_is_left_after_every_step(prepared) -> None:
    folder, tables, fingerprints = prepared
    rejected = gather_rejected([folder / "rejected-molecules.parquet", folder / "rejected-labels.parquet"])
    card = data_card(tables, fingerprints, rejected, SETTINGS)
    assert card["source"] == {"kind": "table", "values": 10, "compounds": 7, "structures": 7, "tasks": 3}
    assert card["study_tasks"] == {"values": 8, "compounds": 6, "structures": 6, "tasks": 2}
    counts = {key: card["structures"][key] for key in ("read", "rejected_too_large", "rejected_otherwise", "kept")}
    assert counts == {"read": 6, "rejected_too_large": 1, "rejected_otherwise": 1, "kept": 4}
    assert card["structures"]["distinct_compounds"] == 3
    keys = ("values_merged", "labels", "labels_of_several_values", "active_labels", "inactive_labels", "rejected")
    assert [card["labels"][key] for key in keys] == [6, 5, 1, 3, 2, 0]
    assert card["labels"]["missing_share"] == round(1 / 6, 4)
    assert card["compounds"] == {
        "compounds": 3,
        "scaffolds": 2,
        "compounds_of_largest_scaffold": 2,
        "acyclic": 1,
        "in_several_tasks": 2,
        "in_several_tasks_share": 0.6667,
    }
    assert sum(card["folds"]["compounds_by_scaffold"]) == sum(card["folds"]["compounds_by_compound"]) == 3
    assert card["fingerprints"]["mean_bits"] == round(fingerprints.sum() / 3, 4)
    assert card["rejected"] == {"standardise_molecules": {"more than 30 heavy atoms": 1, "unreadable SMILES": 1}}
    # the two values of CCO in the task first, 5 and 8, are merged to 6.5; both tasks are small for three folds
    assert card["labels"]["labels_of_values_of_both_classes"] == 1
    assert [note.split(":")[0] for note in card["notes"]] == ["task 'second'", "task 'first'", "task 'first'"]
    assert card["notes"][-1] == "task 'first': 1 label was merged from values of both classes"
    assert card["tasks"][0] == {
        "task": "second",
        "name": "Second",
        "family": "family",
        "n": 3,
        "n_active": 2,
        "prevalence": 2 / 3,
    }
    assert "rdkit" in card["versions"]


def test_card_is_plain_json_and_its_digest_follows_the_labels(prepared, tmp_path) -> None:
    folder, tables, fingerprints = prepared
    rejected = gather_rejected([folder / "rejected-molecules.parquet"])
    card = data_card(tables, fingerprints, rejected, SETTINGS)
    write_json(card, tmp_path / "card.json")
    assert json.loads((tmp_path / "card.json").read_text()) == card
    labels = tables["labels"].assign(label=1)
    tasks = task_table(tables["compounds"], labels, TASKS)
    other = data_card(tables | {"labels": labels, "tasks": tasks}, fingerprints, rejected, SETTINGS)
    assert other["digest"] != card["digest"]


def test_card_of_values_counts_no_classes(prepared, tmp_path) -> None:
    folder, tables, fingerprints = prepared
    rejected = gather_rejected([folder / "rejected-molecules.parquet"])
    labels = tables["labels"].assign(label=pd.NA)
    tasks = task_table(tables["compounds"], labels, TASKS)
    card = data_card(tables | {"labels": labels, "tasks": tasks}, fingerprints, rejected, SETTINGS)
    write_json(card, tmp_path / "card.json")
    card = json.loads((tmp_path / "card.json").read_text())
    assert card["labels"]["active_labels"] is None and card["labels"]["labels"] == 5
    assert card["tasks"][0]["n_active"] is None and card["tasks"][0]["n"] == 3
    assert not any("active" in note for note in card["notes"])


def test_lists_of_nothing_rejected_gather_to_nothing(tmp_path) -> None:
    nothing = pd.DataFrame(columns=list(SCHEMAS["rejected"].columns))
    write_table(nothing, tmp_path / "none.parquet", "rejected")
    rejected = gather_rejected([tmp_path / "none.parquet", tmp_path / "none.parquet"])
    assert rejected.empty and list(rejected.columns) == list(SCHEMAS["rejected"].columns)


def test_no_bits_is_an_empty_row(tmp_path) -> None:
    save_fingerprints(scipy.sparse.csr_array((0, 8), dtype=np.uint8), tmp_path / "empty.arrow")
    assert load_fingerprints(tmp_path / "empty.arrow").shape == (0, 8)

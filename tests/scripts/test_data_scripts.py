"""The data stage through Snakemake, as a user with an imperfect table meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml
from mtlcurves.data.dataset import load_dataset

ROOT = Path(__file__).parents[2]
RINGS = [
    "c1ccccc1",
    "c1ccncc1",
    "c1ccoc1",
    "c1ccsc1",
    "C1CCCCC1",
    "C1CCNCC1",
    "c1ccc2ccccc2c1",
    "c1ccc2[nH]ccc2c1",
]
GOOD = [(f"{'C' * n}{ring}", n % 2, n // 2 % 2) for ring in RINGS for n in range(1, 9)]


def prepare(folder, rows, **keys):
    """Run the target `dataset` for a 0/1 table; return the exit code and what was printed."""
    table = pd.DataFrame([(f"m{i}", *row) for i, row in enumerate(rows)], columns=["id", "smiles", "A", "B"])
    table.to_csv(folder / "assays.csv", index=False)
    config = {
        "study": "new",
        "source": {"kind": "table", "path": "assays.csv", "layout": "wide", "compound": "id"},
        "tasks": ["B", "A"],
        "labels": {"min_labels": 20},
        "folds": {"count": 3},
        "grid": {"sizes": [1, 2], "rotations": 3, "stl": {}, "mtl": {}},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(config | keys))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
    done = subprocess.run(
        [*command, "--configfile", "study.yaml", "--", "dataset"], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_an_imperfect_table_is_prepared_and_all_that_is_left_out_is_listed(tmp_path):
    imperfect = [
        ("Cc1cccc1", 1, ""),
        ("C" * 101, "", 1),
        ("CCl", 1, 0),
        ("ClC", 0, 0),
        ("CC(=O)[O-].[Na+]", 1, ""),
        ("CC(=O)O", 1, 1),
    ]
    code, printed = prepare(tmp_path, [*GOOD, *imperfect])
    assert code == 0, printed
    folder = tmp_path / "results/new/dataset"
    rejected = pd.read_parquet(folder / "rejected.parquet")
    found = {(r.step, r.compound, r.value): r.reason.split(":")[0] for r in rejected.itertuples()}
    assert found == {
        ("standardise_molecules", "m64", "Cc1cccc1"): "unreadable SMILES",
        ("standardise_molecules", "m65", "101 heavy atoms"): "more than 100 heavy atoms",
        ("make_labels", "m66; m67", "0; 1"): "conflicting labels",
    }
    dataset = load_dataset(folder)
    assert dataset.tasks == ["B", "A"]
    assert {task: len(rows) for task, (rows, _) in dataset.labels.items()} == {"B": 66, "A": 65}
    card = json.loads((folder / "card.json").read_text())
    assert card["source"]["values"] == 2 * 64 + 9
    # of the values, two belong to no molecule, two contradict each other, and two repeat another
    assert card["labels"]["values_merged"] == card["source"]["values"] - 4
    assert card["labels"]["labels"] == 131 == card["labels"]["values_merged"] - 2
    counts = pd.read_parquet(tmp_path / "results/new/label_counts.parquet")
    trained_and_tested = counts[counts["folds"].isin([0, 2])].groupby(["split", "rotation", "task"])["n"].sum()
    assert set(trained_and_tested.xs("A", level="task")) == {65}


def test_a_task_with_too_few_labels_stops_the_data_stage(tmp_path):
    code, printed = prepare(tmp_path, GOOD, labels={"min_labels": 65})
    assert code != 0 and "Traceback" not in printed
    assert "error: tasks: 2 of the study's 2 have fewer than 65 labels" in printed
    # once more in one block, after all that Snakemake has to say
    at_end = printed.split("WorkflowError")[-1].split("1 problem in the data of the study new:\n  - tasks: 2 of")[
        1
    ]
    assert "- 'B': 64 labels" in at_end and "- 'A': 64 labels" in at_end
    assert not (tmp_path / "results/new/dataset/labels.parquet").exists()


def test_a_threshold_beyond_all_values_stops_the_data_stage(tmp_path):
    code, printed = prepare(tmp_path, GOOD, labels={"min_labels": 20, "threshold": 6})
    assert code != 0 and "Traceback" not in printed
    assert "error: tasks: 2 of the study's 2 have labels of one class only; labels.threshold or" in printed
    assert "- 'A': 0 of 64 labels are active at threshold 6 (its values run from 0 to 1)" in printed


def test_what_is_doubtful_is_said_and_noted(tmp_path):
    few = [(smiles, int(n < 2), b) for n, (smiles, _, b) in enumerate(GOOD)]
    # the spelling of the first compound in which it is outvoted
    rows = [*few, (few[0][0], 1, ""), (few[0][0], 0, "")]
    code, printed = prepare(tmp_path, rows, folds={"count": 3, "seed": 1})
    assert code == 0, printed
    note = "task 'A': 2 of its 64 labels are active, for 3 folds"
    assert f"warning: {note}" in printed
    folder = tmp_path / "results/new/dataset"
    doubtful = pd.read_parquet(folder / "disagreements.parquet")
    assert doubtful[["task", "values", "label"]].to_numpy().tolist() == [["A", "0; 1; 1", 1]]
    notes = json.loads((folder / "card.json").read_text())["notes"]
    assert notes[0].startswith(note)
    assert notes[1] == "task 'A': 1 label was merged from values of both classes"


def test_empty_folds_stop_the_data_stage(tmp_path):
    code, printed = prepare(tmp_path, GOOD, folds={"count": 20})
    assert code != 0 and "Traceback" not in printed
    assert "error: folds by scaffold: of the folds 0 .. 19, " in printed
    assert "got none of the 64 compounds, which have 8 scaffolds; use fewer folds (folds.count)" in printed
    assert not (tmp_path / "results/new/dataset/steps/fold_sizes-scaffold.json").exists()

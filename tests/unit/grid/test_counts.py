"""Label counts against counting one by one; allocations spelt out."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.grid.allocations import augmented, multi_task, single_task
from mtlcurves.grid.counts import allocation_table, label_counts, last_fold, training_folds

COUNT = 5


@pytest.fixture(scope="module")
def made() -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(3)
    smiles = [f"C{i}" for i in range(80)]
    folds = {f"fold_{split}": random.integers(0, COUNT, 80) for split in ("scaffold", "compound")}
    cells = [(s, task, int(random.integers(2))) for s in smiles for task in "abz" if random.random() < 0.6]
    return pd.DataFrame(cells, columns=["smiles", "task", "label"]), pd.DataFrame({"smiles": smiles} | folds)


def test_counts_equal_counting_one_by_one(made) -> None:
    labels, compounds = made
    table = label_counts(labels, compounds, ["b", "a"], COUNT)
    assert len(table) == 2 * COUNT * COUNT * 2
    assert not table.duplicated(["split", "rotation", "folds", "task"]).any()
    both = labels.merge(compounds, on="smiles")
    for row in table.itertuples():
        fold = both[f"fold_{row.split}"]
        place = (fold - row.rotation) % COUNT
        chosen = place == COUNT - 1 if row.folds == 0 else place < row.folds
        cells = both[chosen & (both["task"] == row.task)]
        assert (row.n, row.n_active) == (len(cells), cells["label"].sum())


@pytest.mark.parametrize("rotation", range(COUNT))
def test_the_test_fold_is_never_trained_on(rotation: int) -> None:
    largest = training_folds(rotation, COUNT - 1, COUNT)
    assert sorted([*largest, last_fold(rotation, COUNT)]) == list(range(COUNT))
    for size in range(1, COUNT):
        assert training_folds(rotation, size, COUNT) == largest[:size]


def test_all_folds_together_are_all_labels(made) -> None:
    labels, compounds = made
    table = label_counts(labels, compounds, ["a", "b"], COUNT)
    parts = table[table["folds"].isin([0, COUNT - 1])].groupby(["split", "rotation", "task"])["n"].sum()
    totals = labels["task"].value_counts()
    for (_, _, task), n in parts.items():
        assert n == totals[task]


def test_allocations_are_spelt_out() -> None:
    arms = {
        "stl": list(single_task(["a"], [2])),
        "mtl": list(multi_task("all", ["a", "b"], [1])),
        "augmented": list(augmented(["a", "b"], ["b"], [1], "full", 4)),
    }
    assert allocation_table(arms).to_numpy().tolist() == [
        ["a@2", "stl", "a", 2],
        ["all@1", "mtl", "a", 1],
        ["all@1", "mtl", "b", 1],
        ["all@1+b@4", "augmented", "a", 1],
        ["all@1+b@4", "augmented", "b", 4],
    ]

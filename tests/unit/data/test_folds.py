"""Folds: uniform, stable, never dividing a scaffold; digests of tasks."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.config import Folds
from mtlcurves.data.folds import assign_folds, check_folds, compound_keys, draw_fold, fold_sizes, task_table
from mtlcurves.errors import DataError
from mtlcurves.task_info import TaskInfo

HOW = st.builds(Folds, count=st.integers(3, 20), seed=st.integers(-(2**70), 2**70))
COMPOUNDS = st.dictionaries(st.text(min_size=1), st.text(min_size=1, max_size=2), min_size=1, max_size=40)


def scaffold_table(scaffold_of: dict[str, str]) -> pd.DataFrame:
    table = pd.DataFrame({"smiles": list(scaffold_of), "scaffold": list(scaffold_of.values())}, dtype="str")
    return table.assign(murcko=table["scaffold"])


def label_table(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["smiles", "task", "label"])


def folds_of(scaffold_of: dict[str, str], settings: Folds) -> pd.DataFrame:
    labels = label_table(*[(smiles, "t", 1) for smiles in scaffold_of])
    return assign_folds(scaffold_table(scaffold_of), labels, settings).set_index("smiles")


@settings(max_examples=40, deadline=None)
@given(COMPOUNDS, HOW)
def test_every_compound_is_in_one_fold_and_no_scaffold_is_divided(scaffold_of, how) -> None:
    folds = folds_of(scaffold_of, how)
    assert sorted(folds.index) == sorted(scaffold_of)
    assert folds["fold_scaffold"].between(0, how.count - 1).all()
    assert folds["fold_compound"].between(0, how.count - 1).all()
    assert (folds.groupby("scaffold")["fold_scaffold"].nunique() == 1).all()


@settings(max_examples=40, deadline=None)
@given(COMPOUNDS, COMPOUNDS, HOW)
def test_folds_stay_when_compounds_are_added(scaffold_of, added, how) -> None:
    before = folds_of(scaffold_of, how)
    after = folds_of(added | scaffold_of, how).loc[before.index]
    columns = ["key", "fold_scaffold", "fold_compound"]
    pd.testing.assert_frame_equal(before[columns], after[columns])


@pytest.mark.parametrize("split", ["scaffold", "compound"])
@pytest.mark.parametrize("seed", [0, 1, -5])
def test_draws_are_uniform_and_independent_between_seeds_and_splits(split: str, seed: int) -> None:
    names = [f"C{i}" for i in range(20_000)]
    drawn = np.array([draw_fold(name, split, Folds(count=10, seed=seed)) for name in names])
    other_seed = np.array([draw_fold(name, split, Folds(count=10, seed=seed + 1)) for name in names])
    other_split = np.array([draw_fold(name, "other", Folds(count=10, seed=seed)) for name in names])
    # sd of a fold's share is 0.0021, of a pair's agreement too
    assert np.abs(np.bincount(drawn, minlength=10) / 20_000 - 0.1).max() < 0.01
    assert abs((drawn == other_seed).mean() - 0.1) < 0.01
    assert abs((drawn == other_split).mean() - 0.1) < 0.01


def test_keys_are_the_first_eight_bytes_of_the_digest() -> None:
    expected = int.from_bytes(hashlib.blake2b(b"CCO").digest()[:8], "little")
    assert compound_keys(["CCN", "CCO"])[1] == expected
    assert compound_keys(["CCO"]).dtype == np.uint64


def test_compounds_without_a_label_are_left_out_and_the_rest_sorted() -> None:
    labels = label_table(("b", "t", 1), ("A", "t", 0), ("b", "u", 0))
    compounds = assign_folds(scaffold_table({"b": "x", "a": "x", "A": "y"}), labels, Folds())
    assert compounds["smiles"].tolist() == ["A", "b"]
    assert compounds["n_labels"].tolist() == [1, 2]


def test_empty_folds_are_refused_with_a_way_out() -> None:
    scaffold_of = {f"C{i}": f"s{i % 6}" for i in range(60)}
    seeds = (Folds(count=4, seed=seed) for seed in range(100))
    empty = next(s for s in seeds if len({draw_fold(f"s{i}", "scaffold", s) for i in range(6)}) < 4)
    compounds = folds_of(scaffold_of, empty).reset_index()
    check_folds(compounds, ["compound"], empty)
    with pytest.raises(DataError) as error:
        check_folds(compounds, ["compound", "scaffold"], empty)
    missing = ", ".join(str(f) for f, n in enumerate(fold_sizes(compounds, "scaffold", 4)) if n == 0)
    message = str(error.value)
    assert message.startswith(f"folds by scaffold: of the folds 0 .. 3, {missing} got none of the 60 compounds, ")
    assert "6 scaffolds" in message and "fewer folds (folds.count)" in message and "split: compound" in message
    seed = int(message.split("folds.seed: ")[1].split(",")[0])
    check_folds(folds_of(scaffold_of, Folds(count=4, seed=seed)).reset_index(), ["scaffold"], Folds(count=4))


def test_no_seed_is_promised_where_there_are_too_few_scaffolds() -> None:
    with pytest.raises(DataError) as error:
        check_folds(folds_of({"a": "x", "b": "y"}, Folds(count=3)).reset_index(), ["scaffold"], Folds(count=3))
    assert "folds.seed" not in str(error.value)


def tasks_of(labels: pd.DataFrame, settings: Folds | None = None) -> pd.DataFrame:
    scaffolds = scaffold_table({f"C{i}": f"s{i // 3}" for i in range(30)})
    compounds = assign_folds(scaffolds, labels, settings or Folds())
    return task_table(compounds, labels, [TaskInfo("t", "Tea", "drinks"), TaskInfo("u", "u", "")]).set_index(
        "task"
    )


LABELS = label_table(*[(f"C{i}", task, i % 2) for i in range(20) for task in "tu" if task == "t" or i < 9])


def test_task_table_counts() -> None:
    table = tasks_of(LABELS)
    assert table.loc["t", ["name", "family", "n", "n_active", "prevalence"]].tolist() == [
        "Tea",
        "drinks",
        20,
        10,
        0.5,
    ]
    assert table.loc["u", ["n", "n_active"]].tolist() == [9, 4]


def test_a_digest_stays_what_it_is() -> None:
    """Trainings of other days are found by it."""
    found = tasks_of(LABELS)["digest"].to_dict()
    assert found == {"t": "59333df38f95b2cbcb11ea0733231c11", "u": "7f89ddc78fa88accf0c6999f8475b4d8"}


def test_values_are_digested_where_there_are_no_classes() -> None:
    labels = LABELS.assign(label=pd.NA, value=np.arange(len(LABELS)) / 3)
    table = tasks_of(labels)
    assert table["n"].tolist() == [20, 9] and table[["n_active", "prevalence"]].isna().all(axis=None)
    other = tasks_of(labels.assign(value=labels["value"].where(labels["task"] == "t", 0)))
    assert (other["digest"] == table["digest"]).to_dict() == {"t": True, "u": False}


def test_digest_knows_labels_and_folds_and_nothing_else() -> None:
    before = tasks_of(LABELS)["digest"]
    assert tasks_of(LABELS.sample(frac=1, random_state=1))["digest"].equals(before)
    more = pd.concat([LABELS, label_table(("C25", "u", 1))], ignore_index=True)
    assert (tasks_of(more)["digest"] == before).to_dict() == {"t": True, "u": False}
    flipped = LABELS.assign(label=LABELS["label"].where(LABELS.index != 0, 1 - LABELS["label"]))
    assert (tasks_of(flipped)["digest"] == before).to_dict() == {"t": False, "u": True}
    assert (tasks_of(LABELS, Folds(seed=1))["digest"] != before).all()

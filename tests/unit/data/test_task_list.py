"""The list of tasks of a new data set."""

import pandas as pd
import pytest
from mtlcurves.config import Labels, Molecules
from mtlcurves.data.sources import read_source
from mtlcurves.data.task_list import describe_task_list, list_tasks
from mtlcurves.tables import read_table, write_table

CUT = "liver, all (incl. bile)"
COLUMNS = ["task", "n_values", "n", "n_active", "usable", "reason"]


@pytest.fixture
def source(tmp_path):
    # C and [CH4] are one compound; ring is no structure at all; note is no task
    path = tmp_path / "t.csv"
    rows = [("C", 7, 4), ("[CH4]", 4, ""), ("CC", 5, 6), ("CCC", 2, ""), ("ring", 9, 9), ("CCCC", ">5", "")]
    pd.DataFrame(rows, columns=["smiles", CUT, "kinase"]).assign(note="x").to_csv(path, index=False)
    return read_source({"kind": "table", "path": "t.csv", "layout": "wide"}, [str(path)])


def listed(source, **labels):
    settings = Labels(**{"threshold": 5, "min_labels": 3} | labels).model_dump()
    return list_tasks(*source, Molecules().model_dump(), settings, 1)


def test_labels_are_counted_as_a_study_would(source):
    table, _ = listed(source)
    # median of 7 and 4 is 5.5: active, as is 5 itself
    assert table[COLUMNS].values.tolist() == [
        [CUT, 5, 3, 2, True, ""],
        ["kinase", 3, 2, 1, False, "too few labels"],
    ]


def test_threshold_direction_and_least_labels_are_the_study_s(source):
    table, _ = listed(source, active="below", min_labels=1, merge="max")
    assert table[COLUMNS].values.tolist() == [[CUT, 5, 3, 2, True, ""], ["kinase", 3, 2, 1, True, ""]]
    table, _ = listed(source, active="below", threshold=2.0, min_labels=4)
    few = "too few labels"
    assert table[COLUMNS].values.tolist() == [[CUT, 5, 3, 1, False, few], ["kinase", 3, 2, 0, False, few]]


def test_a_task_of_one_class_is_not_usable(source):
    table, rejected = listed(source, threshold=100, min_labels=2)
    assert table["usable"].tolist() == [False, False]
    assert table["reason"].tolist() == ["no active label"] * 2
    text = describe_task_list(table, rejected, 2)
    assert text.splitlines()[0] == "0 of 2 tasks have at least 2 labels, of both classes"
    assert text.count("no active label") == 2
    assert "one class only: 2 tasks; are labels.threshold and labels.active right for them?" in text
    assert listed(source, threshold=-1, min_labels=2)[0]["reason"].tolist() == ["no inactive label"] * 2


def test_values_need_no_classes(source):
    table, rejected = listed(source, kind="value")
    assert table["n_active"].isna().all()
    assert table["reason"].isin(["", "too few labels", "one value only"]).all() and table["usable"].any()
    text = describe_task_list(table, rejected, 2)
    assert "of several values" in text.splitlines()[0] and "active" not in text


def test_all_that_was_left_out_is_there(source):
    _, rejected = listed(source)
    reasons = rejected["reason"].str.split(":").str[0].tolist()
    assert sorted(reasons) == ["censored", "column skipped", "unreadable SMILES"]


def test_the_list_can_name_a_study_s_tasks(source, tmp_path):
    table, _ = listed(source)
    write_table(table, tmp_path / "task_list.csv", "task_list")
    assert read_table(tmp_path / "task_list.csv")["task"].tolist() == [CUT, "kinase"]


def test_description(source):
    table, rejected = listed(source)
    text = describe_task_list(table, rejected, 3)
    assert text.splitlines()[0] == "1 of 2 tasks have at least 3 labels, of both classes"
    assert text.splitlines()[2].split()[-3:] == ["5", "3", "2"]
    assert "too few" in text.splitlines()[3] and "too few" not in text.splitlines()[2]
    assert "they hold too few numbers: 'note'" in text
    assert "  left out: 1 value: censored" in text
    assert "  left out: 1 structure: unreadable SMILES, such as 'ring' (SMILES Parse Error: syntax error" in text


def test_what_is_left_out_is_counted_in_its_own_unit(source):
    table, _ = listed(source)
    rows = [
        ("read_source", "censored: a bound", ">5", ""),
        ("read_source", "censored: a bound", ">6", ""),
        ("read_source", "no structure", "3 values", ""),
        ("read_source", "no structure", "1 value", ""),
        ("standardise_molecules", "more than 9 heavy atoms", "12 heavy atoms", "C" * 12),
        ("standardise_molecules", "more than 9 heavy atoms", "10 heavy atoms", "C" * 10),
        ("make_labels", "value is neither 0 nor 1", "0.5", ""),
        ("make_labels", "conflicting labels", "0; 1", ""),
        ("make_labels", "conflicting labels", "0; 1", ""),
    ]
    rejected = pd.DataFrame(rows, columns=["step", "reason", "value", "smiles"], dtype="string").assign(task="t")
    assert describe_task_list(table, rejected, 3).splitlines()[-5:] == [
        "  left out: 2 values: censored",
        "  left out: 4 values: no structure",
        "  left out: 2 structures: more than 9 heavy atoms",
        "  left out: 1 value: value is neither 0 nor 1",
        "  left out: 2 compounds in a task: conflicting labels",
    ]


def test_long_lists_and_names_are_cut():
    table = pd.DataFrame({"task": [f"{'x' * 80}{i}" for i in range(50)]})
    table = table.assign(n_values=5, n=3, n_active=1, usable=True, reason="")
    rejected = pd.DataFrame(columns=["step", "reason", "task", "value", "smiles"], dtype="string")
    lines = describe_task_list(table, rejected, 3).splitlines()
    assert lines[-1] == "  ... and 20 more"
    assert max(map(len, lines)) < 100

"""From values to labels: merging, thresholds, 0/1 tables, tasks with too few labels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.config import Labels
from mtlcurves.data.disagreements import list_disagreements
from mtlcurves.data.labels import has_classes, make_labels
from mtlcurves.data.usability import scarce_classes
from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS

MOLECULES = pd.DataFrame(
    {
        "smiles": ["OCC", "CCO", "CCN", "CCC"],
        "canonical_smiles": ["CCO", "CCO", "CCN", "CCC"],
        "n_heavy_atoms": [3, 3, 3, 3],
    }
)


def values(*rows: tuple[str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["smiles", "task", "value"])
    return table.assign(row=range(1, len(table) + 1), compound=[f"M{i}" for i in range(len(table))])


def labelled(
    table: pd.DataFrame, tasks: list[str] | None = None, **settings: object
) -> dict[tuple[str, str], int]:
    labels, _ = make_labels(table, MOLECULES, Labels(**({"min_labels": 1} | settings)), tasks)
    return {(row.smiles, row.task): row.label for row in labels.itertuples()}


def test_the_threshold_itself_is_active_on_either_side() -> None:
    table = values(("CCO", "t", 2.9), ("CCN", "t", 3.0), ("CCC", "t", 3.1))
    above = {("CCO", "t"): 0, ("CCN", "t"): 1, ("CCC", "t"): 1}
    below = {("CCO", "t"): 1, ("CCN", "t"): 1, ("CCC", "t"): 0}
    assert labelled(table, threshold=3.0, active="above") == above
    assert labelled(table, threshold=3.0, active="below") == below


@pytest.mark.parametrize(("merge", "merged"), [("median", 2.0), ("mean", 4.0), ("min", 1.0), ("max", 9.0)])
def test_values_of_one_compound_are_merged_across_spellings(merge: str, merged: float) -> None:
    table = values(("CCO", "t", 1.0), ("OCC", "t", 9.0), ("OCC", "t", 2.0), ("CCO", "u", 7.0))
    labels, rejected = make_labels(table, MOLECULES, Labels(threshold=3, merge=merge, min_labels=1), None)
    assert labels.to_dict("records") == [
        {"smiles": "CCO", "task": "t", "value": merged, "n_values": 3, "label": int(merged >= 3)},
        {"smiles": "CCO", "task": "u", "value": 7.0, "n_values": 1, "label": 1},
    ]
    assert rejected.empty


def test_refuse_keeps_what_agrees_and_lists_what_does_not() -> None:
    table = values(("CCO", "t", 4.0), ("OCC", "t", 5.0), ("CCN", "t", 6.0), ("CCN", "t", 6.0), ("CCC", "t", 1.0))
    labels, rejected = make_labels(table, MOLECULES, Labels(threshold=3, merge="refuse", min_labels=1), ["t"])
    assert dict(zip(labels["smiles"], labels["n_values"], strict=True)) == {"CCN": 2, "CCC": 1}
    assert rejected[["step", "smiles", "compound", "task", "value", "reason"]].to_numpy().tolist() == [
        ["make_labels", "CCO", "M0; M1", "t", "4; 5", "several values that differ (labels.merge: refuse)"]
    ]


def test_a_tie_of_given_classes_is_listed_and_a_majority_is_not() -> None:
    table = values(("CCO", "t", 1), ("OCC", "t", 0), ("CCN", "t", 1), ("CCN", "t", 1), ("CCN", "t", 0))
    labels, rejected = make_labels(table, MOLECULES, Labels(min_labels=1), None)
    assert labels[["smiles", "label"]].to_numpy().tolist() == [["CCN", 1]]
    assert rejected[["smiles", "value", "reason"]].to_numpy().tolist() == [["CCO", "0; 1", "conflicting labels"]]


def test_a_few_values_that_are_no_class_are_listed_by_row() -> None:
    table = values(("CCO", "t", 1), ("CCN", "t", 0), ("CCC", "t", 0.5), ("CCC", "t", 0))
    labels, rejected = make_labels(table, MOLECULES, Labels(min_labels=1), ["t"])
    assert dict(zip(labels["smiles"], labels["label"], strict=True)) == {"CCO": 1, "CCN": 0, "CCC": 0}
    assert rejected[["row", "compound", "value", "reason"]].to_numpy().tolist() == [
        [3, "M2", "0.5", "value is neither 0 nor 1"]
    ]


def test_values_are_not_divided() -> None:
    table = values(("CCO", "t", 1.5), ("OCC", "t", 2.5), ("CCN", "t", 0), ("CCC", "t", -7))
    asked = Labels(kind="value", min_labels=3)
    labels, rejected = make_labels(table, MOLECULES, asked, ["t"])
    assert dict(zip(labels["smiles"], labels["value"], strict=True)) == {"CCC": -7, "CCN": 0, "CCO": 2}
    assert labels["label"].isna().all() and not has_classes(labels)
    assert rejected.empty and list_disagreements(table, MOLECULES, labels, asked).empty


def test_values_that_are_all_the_same_are_refused() -> None:
    table = values(("CCO", "t", 5), ("CCN", "t", 5), ("CCC", "u", 4))
    with pytest.raises(DataError) as error:
        make_labels(table, MOLECULES, Labels(kind="value", min_labels=2), ["t", "u"])
    assert str(error.value).splitlines()[1:] == [
        "  - 'u': 1 label",
        "tasks: 1 of the study's 2 have one value only; take them out of tasks:",
        "  - 't': all 2 values are 5",
    ]


def test_a_forgotten_threshold_is_an_error() -> None:
    table = values(("CCO", "t", 6.3), ("CCN", "t", 7.1), ("CCC", "t", 1))
    with pytest.raises(DataError, match=r"labels.threshold: is empty.* 2 of 3 are not \(row 1, task 't': 6.3\)"):
        make_labels(table, MOLECULES, Labels(min_labels=1), ["t"])


def test_values_of_rejected_structures_and_other_tasks_give_no_label() -> None:
    table = values(("CCO", "t", 1), ("xyz", "t", 1), ("CCN", "other", 1))
    assert labelled(table, ["t"], one_class="keep") == {("CCO", "t"): 1}
    assert labelled(table) == {("CCO", "t"): 1, ("CCN", "other"): 1}


def test_all_tasks_with_too_few_labels_are_named_at_once() -> None:
    table = values(
        *[(smiles, "many", value) for smiles, value in (("CCO", 5), ("CCN", 4), ("CCC", 5))],
        *[("CCO", "few", 5), ("OCC", "few", 6), ("xyz", "none", 5), ("CCN", "other", 5)],
    )
    with pytest.raises(DataError) as error:
        make_labels(table, MOLECULES, Labels(threshold=5, min_labels=2), ["few", "many", "none"])
    found = str(error.value).splitlines()
    assert found == [
        "tasks: 2 of the study's 3 have fewer than 2 labels (labels.min_labels) after cleaning and merging; "
        "take them out of tasks:",
        "  - 'few': 1 label",
        "  - 'none': 0 labels",
    ]


def test_tasks_of_one_class_are_named_with_the_values_that_made_it() -> None:
    table = values(
        *[
            (smiles, task, n)
            for task in ("low", "low too", "both")
            for n, smiles in enumerate(("CCO", "CCN", "CCC"))
        ],
        *[("CCO", "high", 9), ("CCN", "high", 6), ("CCO", "few", 6)],
    )
    tasks = ["low", "high", "few", "low too"]
    with pytest.raises(DataError) as error:
        make_labels(table, MOLECULES, Labels(threshold=6, min_labels=2), tasks)
    assert str(error.value).splitlines() == [
        "tasks: 1 of the study's 4 have fewer than 2 labels (labels.min_labels) after cleaning and merging; "
        "take them out of tasks:",
        "  - 'few': 1 label",
        "tasks: 3 of the study's 4 have labels of one class only; labels.threshold or labels.active is wrong for "
        "them; else take them out of tasks, or train them without a score (labels.one_class: keep):",
        "  - 'low': 0 of 3 labels are active at threshold 6 (its values run from 0 to 2)",
        "  - 'high': 2 of 2 labels are active at threshold 6 (its values run from 6 to 9)",
        "  - 'low too': 0 of 3 labels are active at threshold 6 (its values run from 0 to 2)",
    ]
    kept = Labels(threshold=6, min_labels=2, one_class="keep")
    assert len(make_labels(table, MOLECULES, kept, ["low", "high"])[0]) == 5


def test_given_classes_that_are_all_the_same() -> None:
    table = values(("CCO", "t", 1), ("CCN", "t", 1))
    with pytest.raises(DataError, match=r"only; take them out.*\n  - 't': 2 of 2 labels are active \(its values"):
        make_labels(table, MOLECULES, Labels(min_labels=2), ["t"])


def test_a_class_with_fewer_labels_than_folds_is_noted() -> None:
    tasks = pd.DataFrame({"task": ["a", "b", "c"], "n": [100, 100, 100], "n_active": [10, 3, 98]})
    assert scarce_classes(tasks.assign(n_active=pd.NA), 10) == []
    assert scarce_classes(tasks, 10) == [
        "task 'b': 3 of its 100 labels are active, for 10 folds; a fold without active labels gives it no score",
        "task 'c': 2 of its 100 labels are inactive, for 10 folds; "
        "a fold without inactive labels gives it no score",
    ]


def disagreements(table: pd.DataFrame, **settings: object) -> list[list[object]]:
    labels_config = Labels(**({"min_labels": 1} | settings))
    labels, _ = make_labels(table, MOLECULES, labels_config, None)
    listed = list_disagreements(table, MOLECULES, labels, labels_config)
    assert list(listed.columns) == list(SCHEMAS["disagreements"].columns)
    return listed.to_numpy().tolist()


def test_labels_of_values_on_both_sides_of_the_threshold_are_kept_and_listed(caplog) -> None:
    table = values(
        *[("CCO", "t", 9), ("OCC", "t", 4), ("CCN", "t", 7), ("CCN", "t", 8), ("CCC", "t", 1)],
        *[("CCN", "u", 5), ("CCN", "u", 6), ("CCN", "u", 5)],
    )
    with caplog.at_level("INFO"):
        assert disagreements(table, threshold=6) == [
            ["CCN", "M5; M6; M7", "u", "5; 5; 6", 5.0, 0, "values on both sides of the threshold; median taken"],
            ["CCO", "M0; M1", "t", "4; 9", 6.5, 1, "values on both sides of the threshold; median taken"],
        ]
    assert "task 'u': 1 label was merged from values on both sides of the threshold" in caplog.text
    assert disagreements(table, threshold=6, merge="refuse") == []
    assert disagreements(table, threshold=20) == []


def test_given_classes_outvoted_are_listed_and_ties_are_not() -> None:
    table = values(("CCO", "t", 1), ("OCC", "t", 0), ("CCN", "t", 1), ("CCN", "t", 1), ("CCN", "t", 0))
    assert disagreements(table) == [
        ["CCN", "M2; M3; M4", "t", "0; 1; 1", 1.0, 1, "values of both classes; median taken"]
    ]


def test_too_few_labels_mention_cells_left_out() -> None:
    table = values(("CCO", "t", 1), ("OCC", "t", 0), ("CCN", "t", 1))
    with pytest.raises(DataError, match="'t': 1 label, 1 left out"):
        make_labels(table, MOLECULES, Labels(min_labels=2), ["t"])


def test_unknown_tasks_are_named_with_their_nearest() -> None:
    table = values(("CCO", "CHEMBL234", 1), ("CCO", "CHEMBL219", 1))
    with pytest.raises(DataError, match="2 of the study's 3 are not among the source's 2") as error:
        make_labels(table, MOLECULES, Labels(min_labels=1), ["CHEMBL243", "CHEMBL219", "P00533"])
    assert "- 'CHEMBL243'; nearest: 'CHEMBL234'" in str(error.value)
    assert "- 'P00533'; nothing like it" in str(error.value)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["OCC", "CCO", "CCN", "CCC"]), st.sampled_from("tu"), st.floats(-9, 9)),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
    st.sampled_from(["median", "mean", "min", "max", "refuse"]),
)
def test_labels_do_not_depend_on_the_order_of_the_values(rows, random, merge) -> None:
    table = values(*rows)
    shuffled = table.sample(frac=1, random_state=random.randrange(2**31))
    settings = Labels(threshold=0, merge=merge, min_labels=1)
    (one, left_out), (other, also_left_out) = (
        make_labels(t, MOLECULES, settings, None) for t in (table, shuffled)
    )
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert len(left_out) == len(also_left_out)
    cells = {({"OCC": "CCO"}.get(smiles, smiles), task) for smiles, task, _ in rows}
    assert len(one) + len(left_out) == len(cells)
    assert not one.duplicated(["smiles", "task"]).any()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=9))
def test_the_median_is_that_of_numpy(found) -> None:
    labels, _ = make_labels(values(*[("CCO", "t", v) for v in found]), MOLECULES, Labels(threshold=0), None)
    assert labels["value"].item() == np.median(found)
    assert labels["label"].item() == (np.median(found) >= 0)

"""From values to labels: merging, thresholds, 0/1 tables, tasks with too few labels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.config import Labels
from mtlcurves.data.labels import make_labels
from mtlcurves.errors import DataError

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
    labels, rejected = make_labels(table, MOLECULES, Labels(threshold=3, merge=merge, min_labels=1), ["t", "u"])
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
    labels, rejected = make_labels(table, MOLECULES, Labels(min_labels=1), ["t"])
    assert labels[["smiles", "label"]].to_numpy().tolist() == [["CCN", 1]]
    assert rejected[["smiles", "value", "reason"]].to_numpy().tolist() == [["CCO", "0; 1", "conflicting labels"]]


def test_a_few_values_that_are_no_class_are_listed_by_row() -> None:
    table = values(("CCO", "t", 1), ("CCN", "t", 0), ("CCC", "t", 0.5), ("CCC", "t", 0))
    labels, rejected = make_labels(table, MOLECULES, Labels(min_labels=1), ["t"])
    assert dict(zip(labels["smiles"], labels["label"], strict=True)) == {"CCO": 1, "CCN": 0, "CCC": 0}
    assert rejected[["row", "compound", "value", "reason"]].to_numpy().tolist() == [
        [3, "M2", "0.5", "value is neither 0 nor 1"]
    ]


def test_a_forgotten_threshold_is_an_error() -> None:
    table = values(("CCO", "t", 6.3), ("CCN", "t", 7.1), ("CCC", "t", 1))
    with pytest.raises(DataError, match=r"labels.threshold: is empty.* 2 of 3 are not \(row 1, task 't': 6.3\)"):
        make_labels(table, MOLECULES, Labels(min_labels=1), ["t"])


def test_values_of_rejected_structures_and_other_tasks_give_no_label() -> None:
    table = values(("CCO", "t", 1), ("xyz", "t", 1), ("CCN", "other", 1))
    assert labelled(table, ["t"]) == {("CCO", "t"): 1}
    assert labelled(table) == {("CCO", "t"): 1, ("CCN", "other"): 1}


def test_all_tasks_with_too_few_labels_are_named_at_once() -> None:
    table = values(
        *[(smiles, "many", 5) for smiles in ("CCO", "CCN", "CCC")],
        *[("CCO", "few", 5), ("OCC", "few", 6), ("xyz", "none", 5), ("CCN", "other", 5)],
    )
    with pytest.raises(DataError) as error:
        make_labels(table, MOLECULES, Labels(threshold=5, min_labels=2), ["few", "many", "none"])
    assert str(error.value).splitlines() == [
        "tasks: 2 of the study's 3 have fewer than 2 labels (labels.min_labels) after cleaning and merging; "
        "take them out of tasks:",
        "  - 'few': 1 labels",
        "  - 'none': 0 labels",
    ]


def test_too_few_labels_mention_cells_left_out() -> None:
    table = values(("CCO", "t", 1), ("OCC", "t", 0), ("CCN", "t", 1))
    with pytest.raises(DataError, match="'t': 1 labels, 1 left out"):
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

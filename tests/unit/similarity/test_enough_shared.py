"""Data in which no two tasks share enough compounds are refused before anything is trained."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import Gradients
from mtlcurves.similarity.enough_shared import MostShared, check_shared

FOLDS = 5
COMPOUNDS = pd.DataFrame({"smiles": [f"C{i}" for i in range(50)], "fold_scaffold": np.arange(50) % FOLDS})


def checked(min_shared, rotations=1, rows="heldout", **tasks):
    labels = pd.DataFrame(
        [(f"C{i}", task) for task, own in tasks.items() for i in own], columns=["smiles", "task"]
    )
    gradients = Gradients(min_shared=min_shared, rotations=rotations, rows=rows)
    return check_shared(labels, COMPOUNDS, list(tasks), gradients, FOLDS)


def test_the_most_that_two_tasks_share_is_counted_by_rows():
    found = checked(8, a=range(20), b=range(30), c=range(40, 50))
    assert found == {"all": MostShared(20, "a", "b"), "train": (12, "a", "b"), "heldout": (8, "a", "b")}


def test_a_minimum_above_every_pair_is_refused_with_what_is_allowed():
    with pytest.raises(DataError) as told:
        checked(9, a=range(20), b=range(30), c=range(40, 50))
    assert str(told.value).startswith(
        "gradients.min_shared: found 9; no two tasks share so many compounds of the rows heldout (gradients.rows),"
        " the most are 8, of a and b; allowed: up to 8, 12 with gradients.rows: train, 20 with gradients.rows: all"
    )
    with pytest.raises(DataError, match=r"so many compounds, the most are 20, of a and b; allowed: up to 20; "):
        checked(21, rows="all", a=range(20), b=range(30), c=range(40, 50))


def test_one_rotation_with_enough_of_them_will_do():
    shared = [i for i in range(50) if i % FOLDS == 0]  # the test fold of rotation 1
    with pytest.raises(DataError, match="the most are 0, of a and b; allowed: up to 10 with"):
        checked(5, a=shared, b=shared)
    assert checked(5, rotations=2, a=shared, b=shared)["heldout"].n == 10


def test_tasks_without_a_compound_in_common_cannot_be_compared():
    with pytest.raises(DataError, match="no compound has labels of two tasks"):
        checked(1, a=range(20), b=range(20, 50))

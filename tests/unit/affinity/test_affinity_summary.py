"""Means over rotations, by hand."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.affinity.summary import summarise
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table

NULL = "fewer than 5 logged steps with labels of both"


def rows(rotation: int, values: dict[tuple[str | None, str], float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "recipe": "main",
            "size": 9,
            "rotation": rotation,
            "replicate": 0,
            "source": ["complement" if source is None else "task" for source, _ in values],
            "from": [source for source, _ in values],
            "onto": [onto for _, onto in values],
            "affinity": list(values.values()),
            "n_steps": 7,
            "linearity_error": 0.5,
            "status": ["ok" if np.isfinite(value) else NULL for value in values.values()],
        }
    )


def test_means_errors_and_centred_values_by_hand(tmp_path):
    first = {("a", "a"): 90.0, ("b", "a"): 1.0, ("c", "a"): 3.0, (None, "a"): 5.0, ("a", "b"): np.nan}
    second = {("a", "a"): 70.0, ("b", "a"): 3.0, ("c", "a"): np.nan, (None, "a"): 7.0, ("a", "b"): np.nan}
    table = summarise(pd.concat([rows(0, first), rows(1, second)]))
    found = table.set_index(["from", "onto"])
    assert found["mean"].tolist()[:4] == [80, 2, 3, 6]
    assert found["standard_error"].tolist()[1] == 1  # 1 and 3: standard deviation sqrt(2), over sqrt(2)
    assert found["n_rotations"].tolist() == [2, 2, 1, 2, 0]
    # onto a, the others' mean is 2.5; its own step is centred by that, and does not count in it
    assert found["centred"].tolist()[:3] == [77.5, -0.5, 0.5]
    assert found["centred"].isna().tolist() == [False, False, False, True, True]
    # onto a, b is 1 below its rotation's mean and at it; Nadeau and Bengio: 1/2 + 1/9 for nine folds
    assert found["centred_error"].iloc[1] == pytest.approx(np.sqrt((1 / 2 + 1 / 9) / 2))
    assert found["centred_error"].isna().tolist() == [False, False, True, True, True]
    assert found["status"].tolist() == ["ok"] * 4 + [f"in no rotation: {NULL}"]
    write_table(table, tmp_path / "tag_affinity.parquet", "tag_affinity")
    assert set(table.columns) == SCHEMAS["tag_affinity"].columns.keys()


def test_sizes_are_centred_apart():
    pair = {("b", "a"): 1.0, ("c", "a"): 3.0}
    table = summarise(pd.concat([rows(0, pair), rows(0, {key: 10 * v for key, v in pair.items()}).assign(size=1)]))
    assert table.set_index(["size", "from"])["centred"].to_dict() == {
        (9, "b"): -1,
        (9, "c"): 1,
        (1, "b"): -10,
        (1, "c"): 10,
    }


def test_what_a_rotation_has_in_common_is_no_error_of_centred_values():
    values = {("b", "a"): 1.0, ("c", "a"): 2.0, ("d", "a"): 6.0}
    parts = [rows(r, {key: v + shift for key, v in values.items()}) for r, shift in enumerate((0, 10, 50))]
    table = summarise(pd.concat(parts))
    assert table["centred"].tolist() == [-2, -1, 3]
    assert (table["standard_error"] > 10).all() and (table["centred_error"] == 0).all()

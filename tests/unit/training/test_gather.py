"""Joining the tables of bundles."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table
from mtlcurves.training import gather as module
from mtlcurves.training.gather import gather


def shard(path, arm, n, auxiliary=None):
    """A table of n grid points, every column filled with something of its type."""
    filler = {"string": "x", "bool": True}
    table = pd.DataFrame(
        {name: [filler.get(c.dtype, 1)] * n for name, c in SCHEMAS["grid_points"].columns.items()}
    )
    write_table(table.assign(arm=arm, auxiliary=auxiliary, seconds=np.arange(n)), path, "grid_points")
    return path


def test_rows_follow_in_the_order_of_the_shards(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROWS", 7)
    shards = [
        shard(tmp_path / "b.parquet", "stl", 5),
        shard(tmp_path / "a.parquet", "augmented", 4, "task"),
        shard(tmp_path / "c.parquet", "mtl", 3),
    ]
    assert gather(shards, tmp_path / "all.parquet") == 12
    expected = pd.concat([pd.read_parquet(path) for path in shards], ignore_index=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "all.parquet"), expected)


def test_same_shards_same_bytes(tmp_path):
    shards = [shard(tmp_path / f"{i}.parquet", "stl", 3 + i) for i in range(3)]
    gather(shards, tmp_path / "one.parquet")
    gather(shards, tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize("position", [0, 1])
def test_a_damaged_shard_is_named_and_nothing_is_written(tmp_path, position):
    shards = [shard(tmp_path / f"{i}.parquet", "stl", 3) for i in range(2)]
    shards[position].write_bytes(shards[position].read_bytes()[:-50])
    with pytest.raises(DataError, match=f"{position}.parquet: cannot be read .*delete it and run again"):
        gather(shards, tmp_path / "all.parquet")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.parquet", "1.parquet"]


def test_a_shard_of_other_columns_is_named(tmp_path):
    good = shard(tmp_path / "good.parquet", "stl", 3)
    pd.DataFrame({"task": ["a"]}).to_parquet(tmp_path / "odd.parquet")
    with pytest.raises(DataError, match=r"odd\.parquet: has the columns task, not study, recipe"):
        gather([good, tmp_path / "odd.parquet"], tmp_path / "all.parquet")


def test_no_trainings(tmp_path):
    with pytest.raises(DataError, match="no trainings"):
        gather([], tmp_path / "all.parquet")

"""Balancing against the plain sum: hand-made scores, verdicts, what has none."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.curves.balancing import compare_balancing, read_seconds
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table
from scipy import stats

FOLD = {"split": "scaffold", "test_on": "fold"}
AGAINST = {"surgery": {"balancing": "pcgrad", "reference": "main"}}


def compared(differences, margin=0.005, seconds=(2.0, 1.0)):
    """Compare by differences[size]: an array [task, rotation]."""
    rng = np.random.default_rng(0)
    rows = []
    for size, values in differences.items():
        for (task, rotation), difference in np.ndenumerate(np.asarray(values, float)):
            score = rng.uniform(0.6, 0.8)
            keys = {"arm": "mtl", "subset": "all", "size": size, "rotation": rotation, "replicate": 0}
            keys |= {"task": f"T{task}", "n_target": 9, "n_complement": 9}
            rows.append(keys | {"recipe": "main", "auroc": score, "seconds": seconds[1]})
            rows.append(keys | {"recipe": "surgery", "auroc": score + difference, "seconds": seconds[0]})
    points = pd.DataFrame(rows)
    tested_on = {"main": FOLD, "surgery": FOLD}
    return compare_balancing(
        points.sample(frac=1, random_state=1), points, ["auroc"], AGAINST, tested_on, 10, margin
    )


def test_a_rotation_counts_once_with_its_mean_over_tasks():
    # means over tasks 0.01, 0.02, 0.03, whatever the tasks do beside it
    row = compared({9: [[0.0, 0.03, 0.01], [0.02, 0.01, 0.05]]}).iloc[0]
    assert row["difference"] == pytest.approx(0.02)
    assert row["sd"] == pytest.approx(0.01)
    assert row["standard_error"] == pytest.approx(0.01 * np.sqrt(1 / 3 + 1 / 9))
    half = stats.t.ppf(0.95, 2) * row["standard_error"]
    assert (row["low"], row["high"]) == pytest.approx((0.02 - half, 0.02 + half))
    assert (row["n_tasks"], row["n_rotations"], row["seconds_ratio"]) == (2, 3, 2.0)


def test_many_tasks_of_one_network_do_not_narrow_the_interval():
    few = compared({9: [[0.0, 0.02, 0.01]]}).iloc[0]
    many = compared({9: [[0.0, 0.02, 0.01]] * 50}).iloc[0]
    assert many["standard_error"] == pytest.approx(few["standard_error"])


def test_all_sizes_are_averaged_within_a_rotation():
    table = compared({3: [[0.01, 0.03]], 9: [[0.03, 0.01]]}).set_index("size", drop=False)
    assert table["size"].isna().sum() == 1
    whole = table[table["size"].isna()].iloc[0]
    assert whole["difference"] == pytest.approx(0.02)
    assert whole["sd"] == pytest.approx(0, abs=1e-12)
    # of one size alone, it is that size
    alone = compared({3: [[0.01, 0.03]]})
    assert alone["standard_error"].iloc[1] == pytest.approx(alone["standard_error"].iloc[0])


@pytest.mark.parametrize(
    ("shift", "spread", "verdict"),
    [
        (0.0, 0.001, "equivalent"),
        (0.003, 0.0002, "equivalent"),  # told from 0, and yet within the margin
        (0.0, 0.02, "undecided"),
        (0.02, 0.002, "better"),
        (-0.02, 0.002, "worse"),
        (0.0, 0.0, "equivalent"),
    ],
)
def test_verdicts(shift, spread, verdict):
    table = compared({9: shift + spread * np.array([[-1, 0, 1, 0.5, -0.5]])})
    assert set(table["verdict"]) == {verdict}
    # two one-sided tests at 5 % say the same as the 90 % interval
    assert ((table["p_equivalence"] < 0.05) == (verdict == "equivalent")).all()


def test_the_margin_is_the_studys():
    differences = {9: [[0.009, 0.010, 0.011]]}
    assert compared(differences)["verdict"].iloc[0] == "better"
    assert compared(differences, margin=0.05)["verdict"].iloc[0] == "equivalent"


def test_one_rotation_has_no_verdict_but_a_reason():
    row = compared({9: [[0.01], [0.02]]}).iloc[0]
    assert row["difference"] == pytest.approx(0.015)
    assert pd.isna(row["low"]) and pd.isna(row["verdict"])
    assert "1 rotation" in row["undefined"]


def test_scores_that_one_recipe_lacks_leave_their_pair_out():
    row = compared({9: [[0.01, 0.02, 0.03], [np.nan, 0.02, np.nan]]}).iloc[0]
    assert row["difference"] == pytest.approx(0.02)
    assert row["n_tasks"] == 2


def test_the_table_has_its_schema_and_seconds_are_read_once_a_training(tmp_path):
    write_table(compared({1: [[0.01, 0.02]], 9: [[0.01, 0.02]]}), tmp_path / "table.parquet", "balancing")
    assert list(pd.read_parquet(tmp_path / "table.parquet").columns) == list(SCHEMAS["balancing"].columns)
    keys = {"recipe": "main", "arm": "mtl", "subset": "all", "size": 1, "rotation": 0, "replicate": 0}
    rows = [keys | {"task": task, "last_epoch": last, "seconds": 3.0} for task in "ab" for last in (True, False)]
    pd.DataFrame(rows).to_parquet(tmp_path / "points.parquet")
    assert read_seconds(tmp_path / "points.parquet")["seconds"].tolist() == [3.0]

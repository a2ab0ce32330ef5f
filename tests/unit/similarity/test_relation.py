"""r(G, E): found where it is, with a P-value of tasks, for every version and choice of compounds."""

import numpy as np
import pytest
from mtlcurves.similarity.relation import NAME, relate
from mtlcurves.tables import read_table, write_table
from scipy import stats


@pytest.fixture(scope="module")
def related(make_tables):
    tables = make_tables()
    similarity = tables.summary(tables.log(parts=("all", "cross")), 0.5)
    return relate(similarity, tables.correlation())


def test_every_similarity_meets_every_correlation_of_labels(related, tmp_path):
    assert len(related) == 3 * 2 * 3  # all raw, all corrected, cross raw; rows; phi_of_most is unknown
    write_table(related, tmp_path / "table.parquet", NAME)
    assert set(read_table(tmp_path / "table.parquet")["measure"]) == {"pearson", "spearman", "size"}


def test_tasks_turned_round_hide_from_the_correlation_and_not_from_its_size(tables):
    similarity, correlation = tables.summary(tables.log(noise=0.0)), tables.correlation()
    sign = np.resize([1, -1], len(correlation))
    turned = correlation.assign(pearson=sign * (1 + correlation["pearson"]))
    rows = (
        relate(similarity, turned).set_index(["window", "part", "version", "rows", "measure"])["pearson"].unstack()
    )
    x, y = (np.array([numbers[pair] for pair in tables.pairs]) for numbers in (tables.truth, tables.labels))
    np.testing.assert_allclose(rows["size"], stats.pearsonr(x, y).statistic)
    assert (rows["pearson"].abs() < 0.4).all()


def test_the_correlation_is_that_of_the_pairs(tables, related):
    similarity = tables.summary(tables.log(noise=0.0))
    row = relate(similarity, tables.correlation()).iloc[0]
    x, y = (np.array([numbers[pair] for pair in tables.pairs]) for numbers in (tables.truth, tables.labels))
    assert row["pearson"] == pytest.approx(stats.pearsonr(x, y).statistic)
    assert row["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic)
    assert (row["n_pairs"], row["n_tasks"], row["status"]) == (28, 8, "ok")
    assert row["pearson_low"] < row["pearson"] < row["pearson_high"] and row["pearson_p"] < 0.01


def test_equal_overlaps_correct_nothing_that_matters(related):
    whole = related[related["part"] == "all"]
    wide = whole.pivot(index=["rows", "measure"], columns="version", values="pearson")
    np.testing.assert_allclose(wide["raw"], wide["corrected"])


def test_three_tasks_have_a_reason_and_no_number(make_tables):
    few = make_tables(["a", "b", "c"])
    table = relate(few.summary(few.log()), few.correlation())
    assert table["pearson"].isna().all() and set(table["status"]) == {
        "3 tasks are known on both sides; 4 are needed"
    }


def test_a_correlation_that_is_missing_names_what_the_gradients_lack(make_tables):
    tables = make_tables()
    few = "fewer than 10 logged batches with labels of both"
    similarity = tables.summary(tables.log().assign(similarity=np.nan, status=few))
    expected = f"0 tasks are known on both sides; 4 are needed; gradients: in no training: {few}"
    assert set(relate(similarity, tables.correlation())["status"]) == {expected}

"""Reference groups against clusters: exact values, the published matrix, and what chance gives."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.grouping.matrices import distances
from mtlcurves.similarity.matrices import tasks_of
from mtlcurves.similarity.pathways import MEASURES, NAME, _scores, clusters, complete, recover
from mtlcurves.tables import write_table

PARTITIONS = {
    "broad": "n n n n n n n s s s s s",
    "mechanism": "steroid steroid xeno xeno steroid steroid xeno stress geno stress mito geno",
    # an empty cell is a group of its own
    "detailed": "ar ar - - er er - - p53 - - p53",
}


def similarity_of(matrix: pd.DataFrame) -> pd.DataFrame:
    """Table gradient_similarity with these numbers."""
    tasks = list(matrix.index)
    rows = [(a, b, matrix.loc[a, b]) for k, a in enumerate(tasks) for b in tasks[k + 1 :]]
    table = pd.DataFrame(rows, columns=["task_a", "task_b", "similarity"])
    return table.assign(encoder="gcn", view="full", window="all", part="all", corrected=np.nan, status="ok")


def test_two_of_three_pairs_and_a_wrong_one_give_the_published_scores():
    reference = np.array([0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8])
    found = np.array([0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 8])
    scores = _scores(reference, found)
    assert scores["ari"] == pytest.approx(0.651, abs=0.0005)
    assert scores["nmi"] == pytest.approx(0.946, abs=0.0005)
    assert scores["nmi_of_chance"] == pytest.approx(0.845, abs=0.005)
    assert 0.001 <= scores["ari_p"] < 0.02 and scores["ami"] < scores["nmi"]


def test_the_published_matrix_gives_its_detailed_groups_alone(published_tox21, tmp_path):
    tasks = list(published_tox21.index)
    groups = {
        task: {name: cells.split()[k].strip("-") for name, cells in PARTITIONS.items()}
        for k, task in enumerate(tasks)
    }
    table = recover(similarity_of(published_tox21), groups, list(PARTITIONS))
    ari = table[table["version"] == "raw"].pivot(index="linkage", columns="partition", values="ari")
    expected = {"average": [-0.036, 0.066, 1.0], "ward": [-0.036, 0.127, 1.0], "complete": [0.183, 0.236, 1.0]}
    for linkage, values in expected.items():
        assert ari.loc[linkage, list(PARTITIONS)].to_numpy() == pytest.approx(values, abs=0.001)
    corrected = table[table["version"] == "corrected"]
    assert corrected["ari"].isna().all() and corrected["status"].str.startswith("1 tasks have similarities").all()
    write_table(table, tmp_path / "table.parquet", NAME)


@pytest.mark.parametrize("method", ["average", "complete"])
def test_similarities_above_one_are_clustered_as_the_same_ones_below(method):
    rng = np.random.default_rng(0)
    half = rng.normal(size=(8, 8))
    corrected = half + half.T  # divided by small overlaps, similarities are of any size
    within = corrected / np.abs(corrected).max()
    assert corrected.max() > 1 and (distances(corrected) >= 0).all()
    np.testing.assert_array_equal(clusters(corrected, 3, method), clusters(within, 3, method))


def test_the_published_matrix_has_few_similar_pairs(published_tox21):
    values = published_tox21.to_numpy()[np.triu_indices(12, 1)]
    assert [(values >= 0.1).sum(), (values > 0.05).sum(), (values < 0.02).sum(), (values < 0).sum()] == [
        3,
        13,
        23,
        2,
    ]


def test_random_clusters_have_uniform_p_values_and_no_ami():
    rng = np.random.default_rng(0)
    reference = np.repeat(np.arange(4), 4)
    found = [_scores(reference, rng.permutation(reference)) for _ in range(40)]
    assert np.mean([one["ari_p"] < 0.05 for one in found]) < 0.15
    assert abs(np.mean([one["ami"] for one in found])) < 0.1
    assert np.mean([one["nmi"] for one in found]) > 0.3  # not corrected for chance
    mean_of_chance = np.mean([one["nmi_of_chance"] for one in found])
    assert mean_of_chance == pytest.approx(np.mean([one["nmi"] for one in found]), abs=0.05)
    assert set(MEASURES) < set(found[0])


def test_tasks_with_unknown_pairs_are_left_out():
    matrix = np.ones((5, 5))
    np.fill_diagonal(matrix, np.nan)
    matrix[2, :] = matrix[:, 2] = np.nan
    assert complete(matrix).tolist() == [0, 1, 3, 4]
    assert complete(np.full((3, 3), np.nan)).tolist() == [2]


def test_one_group_or_none_is_nothing_to_recover(tables):
    similarity = tables.summary(tables.log())
    groups = {task: {"one": "x", "none": ""} for task in tasks_of(similarity)}
    table = recover(similarity, groups, ["one", "none"])
    assert table["ari"].isna().all()
    assert set(table["status"]) == {"the partition has one group, or none of several tasks"}

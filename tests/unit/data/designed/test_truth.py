"""The truth of a designed study is what its scores and labels say."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.config import Labels, Molecules
from mtlcurves.data.designed.draws import keyed_state, normals, sparse_normals
from mtlcurves.data.designed.pool import draw_pool
from mtlcurves.data.designed.roles import families
from mtlcurves.data.designed.scores import designed_similarity, latent_scores, loadings_of
from mtlcurves.data.designed.truth import ceiling, describe_truth
from mtlcurves.data.labels import make_labels
from mtlcurves.data.molecules import standardise_values
from sklearn.metrics import roc_auc_score


@pytest.fixture(scope="module")
def source(design):
    return design(negative=0.4, n_tasks=20)


@pytest.fixture(scope="module")
def labels(source, simulated):
    values = simulated(negative=0.4, n_tasks=20)
    molecules, _ = standardise_values(values, families(source), Molecules(), 1)
    return make_labels(values, molecules, Labels(threshold=0, min_labels=50), list(families(source)))[0]


@pytest.fixture(scope="module")
def truth(source, labels):
    return describe_truth(source, [], list(families(source)), labels)


def test_the_structures_stay_as_they_were_scored(source, labels):
    assert set(labels["smiles"]) <= set(draw_pool(source, [], source.n_compounds).compounds["smiles"])


def test_every_ordered_pair_stands_once(truth, source):
    pairs, _ = truth
    assert len(pairs) == 20 * 19
    assert set(zip(pairs["target"], pairs["auxiliary"], strict=True)) == {
        (a, b) for a in families(source) for b in families(source) if a != b
    }


def test_correlations_and_shared_compounds_are_those_of_scores_and_labels(truth, source, labels):
    pairs = truth[0].set_index(["target", "auxiliary"])
    compounds, reference = labels["smiles"].unique(), draw_pool(source, [], 1).reference
    scores = pd.DataFrame(latent_scores(source, ["T001", "T009"], compounds, reference), compounds)
    assert pairs.loc[("T001", "T009"), "correlation"] == pytest.approx(scores[0].corr(scores[1]))
    assert pairs.loc[("T009", "T001"), "correlation"] == pytest.approx(scores[0].corr(scores[1]))
    of_task = labels.groupby("task")["smiles"].agg(set)
    assert pairs.loc[("T001", "T009"), "n_shared"] == len(of_task["T001"] & of_task["T009"])


def test_scores_with_little_error_correlate_as_designed(truth):
    pairs, _ = truth
    assert pairs["designed"].abs().max() < 1
    assert np.corrcoef(pairs["designed"], pairs["correlation"])[0, 1] > 0.8
    grouped = pairs[pairs["same_group"]]
    assert set(grouped["sign"]) == {1, -1}
    assert (np.sign(grouped["designed"]) == grouped["sign"]).all()
    means = grouped.groupby("sign")["correlation"].mean()
    assert means[1] > 0.4 and means[-1] < -0.4


def test_independent_tasks_share_nothing(truth, source):
    pairs, alone = truth
    independent = set(alone.loc[alone["group"] == "independent", "task"])
    assert len(independent) == 4  # 0.2 of 20
    touched = pairs[pairs["target"].isin(independent) | pairs["auxiliary"].isin(independent)]
    assert (touched["designed"] == 0).all() and not touched["same_group"].any()
    assert (alone.set_index("task").loc[sorted(independent), "own"] == 1).all()


def test_the_ceiling_is_the_auroc_of_the_scores_without_error(truth, source, labels):
    alone = truth[1].set_index("task")
    of_task = labels[labels["task"] == "T005"]
    reference = draw_pool(source, [], 1).reference
    score = latent_scores(source, ["T005"], of_task["smiles"].tolist(), reference)[:, 0]
    assert alone.loc["T005", "ceiling"] == pytest.approx(roc_auc_score(of_task["label"], score))
    assert alone["ceiling"].between(0.6, 1).all() and alone["ceiling"].median() > 0.85
    assert alone.loc["T005", ["n", "n_active"]].tolist() == [len(of_task), of_task["label"].sum()]


def test_without_error_nothing_is_out_of_reach(design, simulated):
    source = design(noise=0, n_tasks=3)
    values = simulated(noise=0, n_tasks=3)
    labels = values.assign(label=(values["value"] >= 0).astype("int8"))
    _, alone = describe_truth(source, [], list(families(source)), labels)
    assert alone["ceiling"].tolist() == pytest.approx([1, 1, 1], abs=1e-3)


def test_a_ceiling_needs_both_classes():
    assert np.isnan(ceiling(np.arange(3.0), np.ones(3, np.int8)))
    assert ceiling(np.array([1.0, 1.0, 2.0]), np.array([0, 1, 1])) == 0.75


def test_a_score_depends_on_its_compound_and_task_alone(source):
    compounds, reference = ["CCO", "c1ccccc1O", "CC(=O)Nc1ccccc1"], draw_pool(source, [], 1).reference
    together = latent_scores(source, ["T001", "T002", "T005"], compounds, reference)
    alone = latent_scores(source, ["T002"], compounds[1:2], reference)
    assert alone[0, 0] == together[1, 1]


def test_scores_are_standard_over_the_reference(source):
    reference = draw_pool(source, [], 1).reference
    scores = latent_scores(source, ["T001", "T005"], reference, reference)
    assert scores.mean(axis=0) == pytest.approx([0, 0], abs=1e-9)
    assert scores.std(axis=0) == pytest.approx([1, 1])


def test_loadings_of_a_task_have_length_one(source):
    for task in families(source):
        made = loadings_of(source, task)
        assert made.own**2 + designed_similarity(made, made) == pytest.approx(1)


def test_draws_have_the_distribution_they_name():
    words = np.arange(100_000)
    drawn = normals(keyed_state(0, "test"), words)
    assert drawn.mean() == pytest.approx(0, abs=0.02) and drawn.std() == pytest.approx(1, abs=0.02)
    sparse = sparse_normals(keyed_state(0, "test"), words, 0.05)
    assert (sparse != 0).mean() == pytest.approx(0.05, abs=0.005)
    assert sparse[sparse != 0].std() == pytest.approx(1, abs=0.03)

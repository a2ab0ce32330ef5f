"""Task2Vec: the information of the fair form by hand, and tasks that are one found alike."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from mtlcurves.gradients.task2vec import FAIR, compare_embeddings, fisher, normalised_cosine, training_table
from mtlcurves.similarity.rivals import TASK2VEC, relate_task2vec
from mtlcurves.tables import write_table
from torch import nn


def test_the_information_is_the_expected_square_of_every_compounds_gradient():
    torch.manual_seed(0)
    layer, heads = nn.Linear(4, 3), nn.Linear(3, 2)
    x, rows = torch.rand(6, 4), torch.tensor([True, True, False, True, True, True])
    hidden = torch.relu(layer(x)).detach()
    found = fisher(x, hidden, heads, 1, rows, "class")
    expected = torch.zeros(3, 4)
    for row in torch.nonzero(rows).flatten():
        logit = heads(torch.relu(layer(x[row])))[1]
        p = torch.sigmoid(logit).detach()
        (slope,) = torch.autograd.grad(logit, layer.weight)
        # over both classes, each as likely as the network says
        expected += p * ((1 - p) * slope) ** 2 + (1 - p) * (p * slope) ** 2
    torch.testing.assert_close(found.detach(), expected / int(rows.sum()))


def test_the_normalised_cosine_is_one_for_the_same_task_and_ignores_weights_that_matter_to_neither():
    one = torch.tensor([1.0, 2.0, 0.0])
    assert normalised_cosine(one, one) == pytest.approx(1)
    assert normalised_cosine(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 3.0])) == 0


@pytest.mark.parametrize("kind", ["class", "value"])
def test_the_fair_form_finds_tasks_that_are_one(kind, tmp_path):
    rng = np.random.default_rng(0)
    features = (rng.random((1500, 40)) < 0.3).astype(np.float32)
    weights = np.zeros((40, 4))
    for task, own in enumerate((slice(0, 20), slice(0, 20), slice(20, 40), slice(10, 30))):
        weights[own, task] = rng.normal(size=20)
    weights[:, 1] = weights[:, 0]
    values = features @ weights
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    labels = (values > 0 if kind == "class" else values).astype(np.float32)
    labels[rng.random(labels.shape) < 0.2] = np.nan
    table = compare_embeddings(features, labels, list("abcd"), kind, 1)
    assert len(table) == 2 * 6 and table["similarity"].between(-1, 1).all()
    fair = table[table["form"] == FAIR]
    assert fair["similarity"].idxmax() == fair.index[0]
    write_table(table, tmp_path / "pairs.parquet", "task2vec")
    pairs = table.loc[table["form"] == FAIR, ["task_a", "task_b"]]
    correlation = pairs.assign(view="full", rows="all", pearson=range(6), spearman=np.nan, phi_of_most=np.nan)
    related = relate_task2vec(table, correlation)
    assert set(related["form"]) == {"published", "fair"} and (related["n_pairs"] == 6).all()
    write_table(related, tmp_path / "table.parquet", TASK2VEC)


def test_the_rows_are_those_of_the_training_folds():
    smiles = [f"C{k}" for k in range(10)]
    compounds = pd.DataFrame({"smiles": smiles, "fold_scaffold": range(10)})
    labels = pd.DataFrame({"smiles": smiles * 2, "task": ["a"] * 10 + ["b"] * 10, "label": [0, 1] * 10})
    prints = scipy.sparse.csr_array(np.eye(10, 3000, dtype=np.uint8))
    features, known = training_table(prints, compounds, labels[:-5], ["a", "b"], "class", "scaffold")
    assert features.shape == (8, 2048) and known.shape == (8, 2)
    assert np.isnan(known[:, 1]).sum() == 3 and features.sum() == 8

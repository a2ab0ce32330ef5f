"""Compounds and labels of a training."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.errors import DataError
from mtlcurves.gradient_runs import FULL


def test_the_last_fold_is_tested_on_and_the_one_before_is_for_validation(data_of, settings):
    data = data_of()
    fold = data.compounds["fold_scaffold"].to_numpy()
    problem = data.problem(settings, "class", FULL, rotation=2, seed=0)
    assert set(fold[problem.train]) == {2, 3, 4} and set(fold[problem.validation]) == {0}
    assert set(fold[problem.test]) == {1}
    kept = np.concatenate([problem.train, problem.validation, problem.test])
    assert sorted(data.compounds["smiles"].iloc[kept]) == sorted(data.labels["smiles"].unique())
    assert (np.diff(problem.keys[problem.train].astype(object)) > 0).all()


def test_the_table_has_every_label_in_its_place(data_of, settings):
    data = data_of()
    table = data.problem(settings, "class", FULL, 0, 0).labels
    wide = data.labels.pivot(index="task", columns="smiles", values="label")
    expected = wide.reindex(index=data.tasks, columns=data.compounds["smiles"]).to_numpy(float)
    np.testing.assert_array_equal(table, expected)


def test_values_are_standardised_by_the_training_labels(data_of, settings):
    problem = data_of("value").problem(settings, "value", FULL, 1, 0)
    of_training = problem.labels[:, problem.train]
    np.testing.assert_allclose(np.nanmean(of_training, axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(np.nanstd(of_training, axis=1), 1, atol=1e-5)
    assert np.abs(np.nanmean(problem.labels[:, problem.test], axis=1)).max() > 1e-3


def test_a_training_of_some_tasks_has_their_compounds_alone(data_of, settings):
    whole = data_of(share=0.4).problem(settings, "class", FULL, 0, 0)
    part = whole.of(["third", "first"])
    np.testing.assert_array_equal(part.labels, whole.labels[[2, 0]])
    labelled = ~np.isnan(part.labels).all(axis=0)
    assert set(part.train) == {row for row in whole.train if labelled[row]} < set(whole.train)


def test_a_view_decides_which_labels_there_are(data_of, settings):
    data = data_of(n=200)
    thinned = settings.model_validate(settings.model_dump() | {"sweeps": {"thinned": {"levels": [0.5]}}})
    full, half = (data.problem(thinned, "class", view, 0, 0) for view in (FULL, "thinned-0.5"))
    assert 0 < np.isfinite(half.labels).sum() < np.isfinite(full.labels).sum()
    shuffled = data.problem(settings, "class", "shuffled-1", 0, 0)
    assert (np.isnan(shuffled.labels) == np.isnan(full.labels)).all()
    assert (np.nansum(shuffled.labels, axis=1) == np.nansum(full.labels, axis=1)).all()
    assert (np.nan_to_num(shuffled.labels) != np.nan_to_num(full.labels)).any()


def test_no_label_to_train_on_is_refused(data_of, settings):
    data = data_of()
    of_test = data.compounds.loc[data.compounds["fold_scaffold"] == 4, "smiles"]
    labels = data.labels[data.labels["smiles"].isin(of_test)]
    bare = type(data)(data.compounds, pd.DataFrame(labels), data.tasks, data.fold_count)
    with pytest.raises(DataError, match="view full: no label in the folds that rotation 0 trains on"):
        bare.problem(settings, "class", FULL, 0, 0)

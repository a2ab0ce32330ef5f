"""Whole trainings: tables, bits, early stopping, scores."""

import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from mtlcurves.errors import DataError
from mtlcurves.gradient_runs import FULL, MASKED, GradientRun
from mtlcurves.gradients.encoders.registry import load_encoder
from mtlcurves.gradients.run import train_gradients, train_sets
from mtlcurves.gradients.scores import scored
from mtlcurves.gradients.training import FROZEN_BATCHES, Training
from mtlcurves.schemas import SCHEMAS
from sklearn.metrics import average_precision_score, r2_score, roc_auc_score


def changed(settings, **training):
    keys = settings.model_dump()
    return settings.model_validate(keys | {"training": keys["training"] | training})


@pytest.fixture
def train(tmp_path, settings):
    """Train sets of tasks into a table, of all labels in rotation 0; returns it."""

    def trained(data, sets, epochs=2, settings=settings, encoder="ecfp"):
        shard = tmp_path / "bundle-000.parquet"
        train_sets(data, settings, "class", GradientRun(encoder, FULL, 0, 0), sets, epochs, shard)
        return pd.read_parquet(shard)

    return trained


@pytest.fixture
def finished(monkeypatch):
    """The tasks of every training that ran; set ``stop`` to be interrupted after so many."""

    class Finished(list):
        stop = None

    found, run = Finished(), Training.run

    def counting(self, *arguments):
        if found.stop is not None and len(found) >= found.stop:
            raise KeyboardInterrupt
        outcome = run(self, *arguments)
        found.append(self.network.n_tasks)
        return outcome

    monkeypatch.setattr(Training, "run", counting)
    return found


def test_a_training_gives_its_tables(data_of, settings, encoder):
    found = train_gradients(data_of(), settings, "class", GradientRun(encoder, FULL, 1, 3))
    for table, name in zip(found, ("gradient_log", "gradient_epochs", "gradient_scores"), strict=True):
        assert set(table.columns) == set(SCHEMAS[name].columns)
    assert len(found.log) == 3 * 3 * 3 and set(found.log["part"]) == {"all", "cross", "same"}
    assert found.log.loc[found.log["window"] == "frozen", "n_batches"].max() <= FROZEN_BATCHES
    known = found.log["similarity"].dropna()
    assert len(known) and known[found.log["part"] != "same"].abs().max() <= 1
    assert len(found.epochs) == 3 * 3 * found.scores["epochs"].iloc[0]
    assert len(found.scores) == 2 * 2 * 3 and set(found.scores["trained"]) == {"all"}


def test_masked_labels_are_hidden_after_the_training_alone(data_of, settings, encoder):
    masked = {"levels": [1.0, 0.3], "batches": 40}
    swept = settings.model_validate(settings.model_dump() | {"sweeps": {"masked": masked}})
    full, found = (
        train_gradients(data_of("value"), swept, "value", GradientRun(encoder, view, 0, 0))
        for view in (FULL, MASKED)
    )
    same = ["view", "seconds", "training_id"]
    pd.testing.assert_frame_equal(
        full.scores.drop(columns=same), found.scores.drop(columns=same), check_exact=True
    )
    assert set(found.log["window"]) == {"frozen"} and found.epochs.empty
    whole, few = (found.log[found.log["view"] == view] for view in ("masked-1", "masked-0.3"))
    assert whole["n_batches"].max() == 40 and few["n_batches"].mean() < whole["n_batches"].mean()
    alone = settings.model_validate(settings.model_dump() | {"sweeps": {"masked": masked | {"levels": [0.3]}}})
    again = train_gradients(data_of("value"), alone, "value", GradientRun(encoder, MASKED, 0, 0)).log
    pd.testing.assert_frame_equal(again, few.reset_index(drop=True), check_exact=True)


def test_the_same_bits_on_any_number_of_threads(data_of, settings, encoder):
    before, tables = torch.get_num_threads(), []
    try:
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            torch.manual_seed(n_threads)
            tables.append(train_gradients(data_of(), settings, "class", GradientRun(encoder, FULL, 0, 0)))
    finally:
        torch.set_num_threads(before)
    one, other = tables
    pd.testing.assert_frame_equal(one.log, other.log, check_exact=True)
    pd.testing.assert_frame_equal(one.epochs, other.epochs, check_exact=True)
    pd.testing.assert_frame_equal(
        one.scores.drop(columns="seconds"), other.scores.drop(columns="seconds"), check_exact=True
    )


def test_logging_does_not_change_the_training(data_of, settings, train):
    logged = train_gradients(data_of(), settings, "class", GradientRun("ecfp", FULL, 0, 0)).scores
    plain = train(data_of(), [data_of().tasks], settings.training.epochs)
    assert plain["trained"].unique().tolist() == ["first+second+third"]
    unlike = ["seconds", "trained"]
    pd.testing.assert_frame_equal(
        logged.drop(columns=unlike), plain.drop(columns=unlike), check_like=True, check_dtype=False
    )


SETS = [("first",), ("second",), ("first", "second"), ("second", "third")]


def test_finished_trainings_of_a_killed_bundle_are_kept_bit_for_bit(data_of, train, finished, tmp_path):
    finished.stop = 3
    with pytest.raises(KeyboardInterrupt):
        train(data_of(), SETS)
    parts = pd.concat([pd.read_parquet(path) for path in (tmp_path / "bundle-000.parts").glob("*.parquet")])
    finished.stop = None
    resumed = train(data_of(), SETS)
    assert finished == [1, 1, 2, 2]
    assert resumed["trained"].unique().tolist() == ["first", "second", "first+second", "second+third"]
    kept = resumed[resumed["training_id"].isin(parts["training_id"])]
    keys = ["trained", "task", "rows", "metric"]
    pd.testing.assert_frame_equal(
        kept.sort_values(keys, ignore_index=True), parts.sort_values(keys, ignore_index=True), check_exact=True
    )
    shutil.rmtree(tmp_path / "bundle-000.parts")
    at_one_go = train(data_of(), SETS)
    pd.testing.assert_frame_equal(
        resumed.drop(columns="seconds"), at_one_go.drop(columns="seconds"), check_exact=True
    )
    assert len(finished) == 8


def test_a_bundle_that_is_planned_again_trains_what_is_new_or_damaged(
    data_of, settings, train, finished, tmp_path
):
    before = train(data_of(), SETS)
    (tmp_path / "bundle-000.parquet").unlink()
    again = train(data_of(), [*SETS[2:], ("third",)])
    assert finished[4:] == [1]
    same = before["trained"].isin(["first+second", "second+third"])
    pd.testing.assert_frame_equal(again.iloc[: same.sum()], before[same].reset_index(drop=True), check_exact=True)
    # whatever reaches a training makes it another: epochs, settings, labels
    train(data_of(), SETS[:1], epochs=3)
    train(data_of(), SETS[:1], epochs=3, settings=changed(settings, hidden=9))
    train(data_of(share=0.6), SETS[:1], epochs=3)
    assert finished[5:] == [1, 1, 1]
    kept = tmp_path / "bundle-000.parts/kept.parquet"
    cut = pd.read_parquet(kept).iloc[:-1]
    kept.unlink()
    cut.to_parquet(kept)
    train(data_of(share=0.6), SETS[:1], epochs=3)
    assert finished[8:] == [1]


def test_shuffled_labels_keep_no_epochs(data_of, settings):
    found = train_gradients(data_of(), settings, "class", GradientRun("ecfp", "shuffled-1", 0, 0))
    assert found.epochs.empty and set(found.log["view"]) == {"shuffled-1"}


def test_training_ends_when_the_validation_loss_no_longer_falls(data_of, settings):
    data, patient = data_of(), changed(settings, epochs=60, patience=5, learning_rate=0.05)
    encoder = load_encoder("ecfp")
    problem = data.problem(patient, "class", FULL, 0, 0)
    inputs = encoder.prepare(data.compounds["smiles"].tolist())
    training = Training(problem, encoder, inputs, patient.training, 60)
    outcome = training.run()
    assert outcome.epochs == outcome.best_epoch + 5 < 60
    # the weights kept are those of a training that ends at the best epoch
    shorter = Training(problem, encoder, inputs, patient.training, outcome.best_epoch)
    shorter.run()
    np.testing.assert_array_equal(training.predict(problem.test), shorter.predict(problem.test))


def test_without_labels_for_validation_the_last_epoch_counts(data_of, settings):
    data = data_of()
    validation = data.compounds.loc[data.compounds["fold_scaffold"] == 3, "smiles"]
    labels = data.labels[~data.labels["smiles"].isin(validation)]
    bare = type(data)(data.compounds, labels, data.tasks, data.fold_count)
    scores = train_gradients(bare, settings, "class", GradientRun("ecfp", FULL, 0, 0)).scores
    assert set(scores["best_epoch"]) == {settings.training.epochs}
    assert set(scores.loc[scores["rows"] == "validation", "status"]) == {"no test labels"}


def test_a_diverging_training_is_refused(data_of, settings):
    wild = changed(settings, learning_rate=1e30, clip=1e30)
    with pytest.raises(DataError, match="diverged in epoch 1.*gradients.training.learning_rate"):
        train_gradients(data_of("value"), wild, "value", GradientRun("ecfp", FULL, 0, 0))


@pytest.mark.parametrize("kind", ["class", "value"])
def test_scores_are_scikit_learns(data_of, settings, kind):
    data, encoder = data_of(kind, n=150), load_encoder("ecfp")
    problem = data.problem(settings, kind, FULL, 0, 0)
    training = Training(problem, encoder, encoder.prepare(data.compounds["smiles"].tolist()), settings.training, 3)
    table = scored(problem, training, training.run()).set_index(["rows", "task", "metric"])
    predicted = training.predict(problem.test)
    for place, task in enumerate(problem.tasks):
        labels = problem.labels[place, problem.test]
        known = ~np.isnan(labels)
        truth, found = labels[known], predicted[place, known]
        own = table.sort_index().loc[("test", task)]
        assert (own["n"] == known.sum()).all() and (own["status"] == "ok").all()
        if kind == "class":
            assert (own["n_active"] == truth.sum()).all()
            expected = {
                "auroc": roc_auc_score(truth, found),
                "average_precision": average_precision_score(truth, found),
            }
        else:
            expected = {"r2": r2_score(truth, found), "rmse": np.sqrt(np.mean((truth - found) ** 2))}
        assert own["score"].to_dict() == pytest.approx(expected, abs=1e-5)


def test_a_task_without_training_labels_has_no_score(data_of, train):
    data = data_of()
    tested = data.compounds.loc[data.compounds["fold_scaffold"] == 4, "smiles"]
    labels = data.labels[(data.labels["task"] != "second") | data.labels["smiles"].isin(tested)]
    bare = type(data)(data.compounds, labels, data.tasks, data.fold_count)
    scores = train(bare, [("second",), ("first",)])
    alone = scores[scores["trained"] == "second"]
    assert alone["score"].isna().all() and set(alone["status"]) == {"no training labels"}
    assert scores.loc[scores["trained"] == "first", "score"].notna().any()

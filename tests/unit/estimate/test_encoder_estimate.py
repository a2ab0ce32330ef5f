"""Trainings with encoders: listed, timed, and what they add up to."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mtlcurves.data.folds import compound_keys
from mtlcurves.errors import DataError
from mtlcurves.estimate.calibration import Calibration
from mtlcurves.estimate.encoder_measure import timings_of
from mtlcurves.estimate.encoder_timing import EncoderTiming, encoder_seconds
from mtlcurves.estimate.encoder_trainings import expected_groups, planned_encoder_trainings
from mtlcurves.estimate.layout import page
from mtlcurves.estimate.plan import encoder_trainings, other_jobs
from mtlcurves.estimate.predict import estimate
from mtlcurves.estimate.timed import Trainings, jobs_that_train
from mtlcurves.estimate.trainings import planned_trainings
from mtlcurves.gradient_sections import GradientGroups
from mtlcurves.gradients.problem import LabelledCompounds
from mtlcurves.study import Study
from mtlcurves.tables import write_table

GRADIENTS = {
    "encoders": ["ecfp"],
    "split": "compound",
    "seeds": 2,
    "training": {"hidden": 8, "head": 4, "batch": 10, "epochs": 5},
    "log": {"every": 2},
    "sweeps": {"seeds": 1, "thinned": {"levels": [0.5]}, "masked": {"levels": [1, 0.5], "batches": 7}},
    "benefit": {"seeds": 1, "epochs": 3, "pairs": 1},
    "groups": {"counts": [2], "seeds": 1, "random_partitions": 40, "epochs": 2},
}
SECONDS = {"start": 4.0, "prepare": 0.01, "logged": 2.0, "predict": 0.001, "memory_mb": 900.0}
SETTINGS: dict[str, Any] = {"encoder": "ecfp", "hidden": 8, "layers": 3, "head": 4, "batch": 10, "parts": False}


@pytest.fixture
def study(study_of: Callable[..., Study]) -> Study:
    return study_of(grid={}, recipes={"main": {}}, gradients=GRADIENTS)


@pytest.fixture
def data(study: Study) -> LabelledCompounds:
    """Ten compounds a fold, of six folds; the first two tasks have labels of the first five of each fold."""
    smiles = sorted("C" * (1 + i % 12) + "O" * (i // 12) for i in range(60))
    compounds = pd.DataFrame({"smiles": smiles, "key": compound_keys(smiles), "scaffold": smiles})
    compounds["n_labels"] = 4
    for split in ("scaffold", "compound"):
        compounds[f"fold_{split}"] = np.arange(60) % 6
    labels = pd.DataFrame(
        [
            (name, task, 1.0, 1, place % 2)
            for place, name in enumerate(smiles)
            for number, task in enumerate(study.tasks)
            if number > 1 or place < 30
        ],
        columns=["smiles", "task", "value", "n_values", "label"],
    )
    return LabelledCompounds(compounds, labels, study.tasks, 6)


def timing(n_tasks: int, step: float) -> EncoderTiming:
    return EncoderTiming(**SETTINGS, **SECONDS, n_tasks=n_tasks, step=step)


TIMED = [timing(4, 1.0), timing(1, 0.4)]


def test_every_training_has_its_compounds_and_epochs(study: Study, data: LabelledCompounds) -> None:
    table = planned_encoder_trainings(study, data)
    jobs = other_jobs(study)
    by_rule = table.groupby("rule")
    assert {rule: own["job"].nunique() for rule, own in by_rule} == {
        "train_gradients": jobs["train_gradients"],
        "train_benefit": jobs["train_benefit"],
        # there are seven partitions of four tasks into two groups: the later bundles train nothing
        "train_gradient_groups": 5,
    }
    assert len(table[table["rule"] != "train_gradient_groups"]) == 2 + 1 + 1 + 1 + 5
    assert jobs["train_gradient_groups"] == 8 and encoder_trainings(study)["gradients benefit"] == 5
    whole = table[table["job"] == "ecfp/full/rotation-0/seed-1"].iloc[0]
    assert whole[["n_tasks", "train", "validation", "test", "epochs"]].tolist() == [4, 40, 10, 10, 5]
    assert whole["is_logged"] and not table.loc[table["rule"] != "train_gradients", "is_logged"].any()
    masked = table[table["job"] == "ecfp/masked/rotation-0/seed-0"].iloc[0]
    assert masked[["train", "is_logged", "frozen"]].tolist() == [40, False, 14] and whole["frozen"] == 30
    alone = table[table["rule"] == "train_benefit"].iloc[0]
    assert alone[["n_tasks", "train", "validation", "test", "epochs"]].tolist() == [1, 20, 5, 5, 3]
    thinned = table[table["job"].str.contains("thinned")].iloc[0]
    assert 10 < thinned["train"] < 40


def test_a_group_is_trained_by_the_first_partition_that_has_it() -> None:
    found = expected_groups(GradientGroups(counts=[2], random_partitions=40), list("abcd"), 5)
    drawn = [names for bundle, own in found.items() if bundle.startswith("random") for names in own]
    # of four tasks, six pairs and four triples; tasks alone are of another bundle
    assert len(drawn) == len(set(drawn)) == 6 + 4


def test_the_seconds_of_a_training_by_hand(study: Study, data: LabelledCompounds) -> None:
    table = planned_encoder_trainings(study, data)
    found = encoder_seconds(table, TIMED, study.config.gradients, 60).set_index("job")
    whole = found.loc["ecfp/full/rotation-0/seed-0"]
    # 5 epochs of 4 steps, half of them logged, and 30 batches after the end; 6 x 10 and 10 compounds predicted
    assert whole["steps"] == 20
    assert whole["seconds"] == pytest.approx(20 * 1.0 + 10 * 2.0 + 30 * 3.0 + 70 * 0.001)
    assert whole["start"] == pytest.approx(4 + 60 * 0.01)
    pair = found[(found["rule"] == "train_benefit") & (found["n_tasks"] == 2)].iloc[0]
    steps = 3 * np.ceil(pair["train"] / 10)
    assert pair["seconds"] == pytest.approx(steps * 0.6 + (4 * pair["validation"] + pair["test"]) * 0.001)


def test_an_encoder_that_was_not_timed_is_refused(study: Study, data: LabelledCompounds) -> None:
    other = [t.model_copy(update={"hidden": 9}) for t in TIMED]
    with pytest.raises(DataError, match="no trainings with the encoder ecfp"):
        encoder_seconds(planned_encoder_trainings(study, data), other, study.config.gradients, 60)


def test_an_estimate_of_a_study_of_gradients_alone(
    study: Study, data: LabelledCompounds, calibration: Calibration
) -> None:
    timed = calibration.model_copy(update={"encoders": tuple(TIMED), "trainings": ()})
    own = encoder_seconds(planned_encoder_trainings(study, data), TIMED, study.config.gradients, 60)
    trainings = Trainings(planned_trainings(study, None), own)
    whole = estimate(study, trainings, timed, pd.Series({"read_source": 7.0}), 5_000_000)
    assert whole["jobs"].sum() == sum(other_jobs(study).values())
    table = whole.set_index("rule")
    assert not {"plan_trainings", "gather_grid_points", "train_bundle"} & set(table.index)
    row = table.loc["train_benefit"]
    assert (row["jobs"], row["trainings"], row["basis"]) == (1, 5, "timed")
    benefit = own[own["rule"] == "train_benefit"]
    assert row["training_seconds"] == pytest.approx(benefit["seconds"].sum())
    assert row["core_seconds"] == pytest.approx(benefit["seconds"].sum() + 4.6)
    # a job that has nothing to train still starts
    groups = table.loc["train_gradient_groups"]
    assert groups["core_seconds"] > groups["training_seconds"] + 7 * 4.6
    text = page(study.config, whole, jobs_that_train(trainings, timed), timed, asked_mb=2000)
    assert "similarity of gradients: all tasks" in text and "similarity of gradients: groups" in text
    assert "900 MB found, 2,000 MB asked for" in text and "A job starts in 4.0 s" in text


def test_a_few_steps_are_timed_on_the_studys_data(study: Study, data: LabelledCompounds, tmp_path) -> None:
    write_table(data.compounds, tmp_path / "compounds.parquet", "compounds")
    write_table(data.labels, tmp_path / "labels.parquet", "labels")
    found = timings_of(tmp_path, study, "ecfp", [1, 2, 4], began=time.time())
    assert [t.n_tasks for t in found] == [1, 2, 4]
    for t in found:
        assert {key: getattr(t, key) for key in SETTINGS} == SETTINGS
        assert min(t.prepare, t.step, t.predict, t.memory_mb) > 0 and min(t.start, t.logged) >= 0

"""Similarities of gradients are logged beside a finished study, and again where what they rest on changes."""

import numpy as np
import pytest

SECTION = {
    "encoders": ["ecfp"],
    "shuffled": 0,
    "training": {"hidden": 8, "head": 4, "epochs": 2},
    "log": {"every": 2, "min_batches": 2},
    "benefit": {"pairs": 1, "epochs": 1, "seeds": 1},
}
LOG, BENEFIT = "results/tiny/gradient_log.parquet", "results/tiny/benefit_scores.parquet"


@pytest.fixture
def with_gradients(finished):
    def configure(**changed):
        finished.configure(finished.config | {"gradients": SECTION | changed})
        return finished

    return configure


def test_similarities_and_benefits_of_the_tiny_study(with_gradients):
    place = with_gradients()
    # nothing is trained again
    expected = {"train_gradients": 1, "gather_gradients": 1, "train_benefit": 1, "gather_benefit": 1}
    assert place.planned(LOG, BENEFIT) == expected
    place.succeed(LOG, BENEFIT)
    tasks = place.config["tasks"]
    log = place.table("gradient_log.parquet")
    assert len(log) == 3 * len(tasks) * (len(tasks) - 1) / 2 and set(log["part"]) == {"all"}
    assert (log["similarity"].isna() == (log["status"] != "ok")).all() and (log["status"] == "ok").any()
    assert (place.table("gradient_epochs.parquet")["epoch"].unique() == [1, 2]).all()
    scores = place.table("gradient_scores.parquet")
    assert set(scores["rows"]) == {"validation", "test"} and set(scores["trained"]) == {"all"}
    beside = place.table("benefit_scores.parquet")
    pairs = [name for name in beside["trained"].unique() if "+" in name]
    assert set(beside["trained"]) == {*tasks, *pairs} and len(pairs) == 1
    assert np.isfinite(beside["score"]).any()

    # a sweep trains its levels alone, and one level more that one; the window shown, nothing
    levels = {"seeds": 2, "thinned": {"levels": [0.5, 0.25]}}
    assert with_gradients(sweeps=levels).planned(LOG, BENEFIT) == {"train_gradients": 4, "gather_gradients": 1}
    shown = SECTION["log"] | {"window": "frozen"}
    assert with_gradients(log=shown).planned(LOG, BENEFIT) == {}
    groups = with_gradients(groups={"counts": [2], "random_partitions": 11, "seeds": 1, "epochs": 1})
    assert groups.planned("results/tiny/gradient_group_scores.parquet") == {
        "group_gradients": 1,
        "train_gradient_groups": 5,
        "gather_gradient_groups": 1,
    }
    # how networks are trained reaches all
    rate = with_gradients(training=SECTION["training"] | {"learning_rate": 0.01})
    assert rate.planned(LOG, BENEFIT) == expected

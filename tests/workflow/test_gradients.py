"""Similarities of gradients are logged beside a finished study, and again where what they rest on changes."""

import numpy as np

SECTION = {
    "encoders": ["ecfp"],
    "shuffled": 0,
    "training": {"hidden": 8, "head": 4, "epochs": 2},
    "log": {"every": 2, "min_batches": 2},
    "benefit": {"pairs": 1, "epochs": 1, "seeds": 1},
}
LOG, BENEFIT = "results/tiny/gradient_log.parquet", "results/tiny/benefit_scores.parquet"
GROUPS = "results/tiny/gradient_group_scores.parquet"


def test_similarities_and_benefits_of_the_tiny_study(finished):
    finished.configure(finished.config | {"gradients": SECTION})
    finished.succeed(LOG, BENEFIT)
    tasks = finished.config["tasks"]
    log = finished.table("gradient_log.parquet")
    assert len(log) == 3 * len(tasks) * (len(tasks) - 1) / 2 and set(log["part"]) == {"all"}
    assert (log["similarity"].isna() == (log["status"] != "ok")).all() and (log["status"] == "ok").any()
    assert (finished.table("gradient_epochs.parquet")["epoch"].unique() == [1, 2]).all()
    scores = finished.table("gradient_scores.parquet")
    assert set(scores["rows"]) == {"validation", "test"} and set(scores["trained"]) == {"all"}
    beside = finished.table("benefit_scores.parquet")
    pairs = [name for name in beside["trained"].unique() if "+" in name]
    assert set(beside["trained"]) == {*tasks, *pairs} and len(pairs) == 1
    assert np.isfinite(beside["score"]).any()

    # a sweep trains its levels alone, groups theirs; another window that is shown trains nothing
    further = {
        "sweeps": {"seeds": 2, "thinned": {"levels": [0.5, 0.25]}},
        "groups": {"counts": [2], "random_partitions": 11, "seeds": 1, "epochs": 1},
        "log": SECTION["log"] | {"window": "frozen"},
    }
    finished.configure(finished.config | {"gradients": SECTION | further})
    assert finished.planned(LOG, BENEFIT, GROUPS) == {
        "check_view": 4,
        "train_gradients": 4,
        "gather_gradients": 1,
        "group_gradients": 1,
        "train_gradient_groups": 6,
        "gather_gradient_groups": 1,
    }

"""What pairs give each of their tasks, whether similarity foretells it, and what a threshold is worth."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.gradient_runs import joined
from mtlcurves.similarity import benefit, prediction, thresholds
from mtlcurves.similarity.benefit import of_pair, pair_benefits
from mtlcurves.similarity.entries import area
from mtlcurves.similarity.matrices import ordered
from mtlcurves.similarity.thresholds import Judgement, best_threshold, judge
from mtlcurves.tables import write_table
from sklearn.metrics import f1_score, roc_auc_score

MARGIN, RATIO = 0.005, 1 / 8


def one_sided(partner: str, task: str) -> float:
    """Task 0 gains from everyone, task 1 loses, the others stay."""
    return {"task 0": 0.03, "task 1": -0.03}.get(task, 0.0)


def test_each_direction_has_a_gain_of_its_own(tables):
    table = pair_benefits(tables.scores(one_sided), tables.tasks, MARGIN, RATIO)
    assert len(table) == 8 * 7
    verdicts = table.groupby("task")["verdict"].agg(lambda one: one.mode()[0])
    assert verdicts["task 0"] == "gain" and verdicts["task 1"] == "loss" and verdicts["task 2"] == "equal"
    row = table[(table["task"] == "task 0") & (table["partner"] == "task 1")].iloc[0]
    back = table[(table["task"] == "task 1") & (table["partner"] == "task 0")].iloc[0]
    assert row["benefit"] == pytest.approx(0.03, abs=0.002) and back["benefit"] == pytest.approx(-0.03, abs=0.002)
    assert (row["over"], row["n_trainings"], row["n_rotations"]) == ("rotations", 6, 3)


def test_a_plus_in_a_name_is_no_pair(make_tables):
    tables = make_tables(["A", "B", "A+B", "C"])
    names = {pair: joined(pair) for pair in tables.pairs} | {task: joined([task]) for task in tables.tasks}
    assert len(set(names.values())) == len(names)
    scores = tables.scores(lambda partner, task: 0.0 if "A+B" in (partner, task) else 0.03)
    trained = dict(zip(["+".join(pair) for pair in tables.pairs], tables.pairs, strict=True))
    scores["trained"] = [
        names[task] if alone else names[trained[name]]
        for name, task, alone in zip(scores["trained"], scores["task"], scores.index % 16 < 4, strict=True)
    ]
    table = pair_benefits(scores, tables.tasks, MARGIN, RATIO).set_index(["task", "partner"])["benefit"]
    assert table["A", "B"] == pytest.approx(0.03, abs=0.002) and table["A+B", "A"] == pytest.approx(0, abs=0.002)


def test_rotations_share_rows_so_their_interval_is_wider(tables):
    scores = tables.scores(one_sided)
    corrected, naive = (pair_benefits(scores, tables.tasks, MARGIN, ratio) for ratio in (RATIO, 0.0))
    width = (corrected["high"] - corrected["low"]) / (naive["high"] - naive["low"])
    np.testing.assert_allclose(width, np.sqrt((1 / 3 + RATIO) / (1 / 3)))


def test_one_rotation_says_that_it_knows_its_seeds_alone(tables):
    table = pair_benefits(tables.scores(one_sided, rotations=(0,)), tables.tasks, MARGIN, RATIO)
    assert set(table["over"]) == {"seeds"} and table["low"].notna().all()
    once = pair_benefits(tables.scores(one_sided, rotations=(0,), seeds=(0,)), tables.tasks, MARGIN, RATIO)
    assert set(once["verdict"]) == {"unclear"} and once["low"].isna().all()


def test_errors_that_fall_are_gains(tables):
    scores = tables.scores(one_sided).assign(metric="rmse")
    table = pair_benefits(scores, tables.tasks, MARGIN, RATIO)
    assert (table.loc[table["task"] == "task 0", "benefit"] < 0).all()


def test_a_score_that_is_missing_has_no_partner(tables):
    scores = tables.scores(one_sided)
    scores.loc[(scores["task"] == "task 3") & (scores["trained"] == "task 3"), "score"] = np.nan
    table = pair_benefits(scores, tables.tasks, MARGIN, RATIO)
    lonely = table[table["task"] == "task 3"]
    assert lonely["benefit"].isna().all() and lonely["status"].str.startswith("no training").all()


@pytest.fixture
def foretold(tables):
    """Gains follow the similarity, and so does nothing else."""
    gains = {pair: 0.05 * value for pair, value in tables.truth.items()}
    scores = tables.scores(lambda partner, task: gains.get((partner, task), gains.get((task, partner))))
    found = pair_benefits(scores, tables.tasks, MARGIN, RATIO)
    return tables.summary(tables.log(), 0.5), found, tables.tasks


def test_gains_that_follow_similarity_are_foretold(foretold, tmp_path):
    table = prediction.predict(*foretold)
    assert set(table["outcome"]) == {"each direction", "mean of both"} and len(table) == 4
    assert (table["pearson"] > 0.95).all() and (table["pearson_p"] < 0.01).all()
    assert (
        (table["auc"] > 0.95).all() and (table["auc_low"] <= table["auc"]).all() and (table["auc_p"] < 0.05).all()
    )
    assert set(zip(table["outcome"], table["n_directions"], strict=True)) == {
        ("each direction", 56),
        ("mean of both", 28),
    }
    assert (table["n_positive"] <= table["n_directions"]).all()
    write_table(table, tmp_path / "table.parquet", prediction.PREDICTION)
    write_table(foretold[1], tmp_path / "benefit.parquet", benefit.NAME)


def test_gains_that_follow_nothing_are_not_foretold(tables):
    rng = np.random.default_rng(1)
    scores = tables.scores(lambda partner, task: 0.02 * rng.normal())
    found = pair_benefits(scores, tables.tasks, MARGIN, RATIO)
    row = prediction.predict(tables.summary(tables.log()), found, tables.tasks).iloc[0]
    assert row["pearson_p"] > 0.05 and row["auc_low"] < 0.5 < row["auc_high"]


def test_calibration_rises_with_similarity(foretold, tmp_path):
    table = prediction.calibrate(*foretold)
    quarters = table[(table["version"] == "raw") & table["bin"].str.startswith("quarter")]
    assert quarters["benefit"].is_monotonic_increasing and quarters["n_directions"].sum() == 56
    assert (quarters["share_positive_low"] <= quarters["share_positive"]).all()
    assert {"below 0.02", "above 0.05"} <= set(table[table["version"] == "raw"]["bin"])
    assert not {"below 0.02"} & set(table[table["version"] == "corrected"]["bin"])
    write_table(table, tmp_path / "table.parquet", prediction.CALIBRATION)


def test_the_area_is_that_of_the_roc_curve_however_often_entries_count():
    rng = np.random.default_rng(0)
    score, positive = rng.integers(0, 6, 40).astype(float), rng.random(40) < 0.4
    weights = rng.integers(0, 3, 40)
    found = area(score, positive)
    assert found(np.ones(40)) == pytest.approx(roc_auc_score(positive, score))
    assert found(weights.astype(float)) == pytest.approx(roc_auc_score(positive, score, sample_weight=weights))
    assert np.isnan(found(positive.astype(float)))


def test_the_best_threshold_is_the_one_of_the_highest_f1():
    rng = np.random.default_rng(0)
    for _ in range(20):
        x = rng.integers(0, 8, 15).astype(float)
        positive = rng.random(15) < 0.5
        scores = {value: f1_score(positive, x >= value) for value in np.unique(x)}
        found = best_threshold(x, positive)
        assert scores[found] == max(scores.values())
        assert judge(x >= found, positive).f1 == pytest.approx(scores[found])


def test_keeping_all_avoids_nothing():
    positive = np.array([True, False, True])
    assert judge(np.ones(3, bool), positive) == Judgement(avoided=0.0, kept=1.0, f1=pytest.approx(0.8))
    assert np.isnan(judge(np.ones(3, bool), np.ones(3, bool)).avoided)


def test_thresholds_are_judged_on_the_other_half(foretold, tmp_path):
    table = thresholds.judge_thresholds(*foretold)
    raw = table[table["version"] == "raw"].set_index("rule")
    assert list(raw.index) == [
        "keep all pairs",
        "at least 0.05",
        "at least 0.1",
        "at least 0.15",
        "chosen on one half",
    ]
    assert raw.loc["keep all pairs", ["avoided", "kept"]].tolist() == [0, 1]
    assert raw.loc["chosen on one half", "f1"] > raw.loc["keep all pairs", "f1"]
    assert raw["kept"].loc["at least 0.15"] <= raw["kept"].loc["at least 0.05"]
    assert list(table[table["version"] == "corrected"]["rule"]) == ["keep all pairs", "chosen on one half"]
    write_table(table, tmp_path / "table.parquet", thresholds.NAME)


def test_a_threshold_chosen_on_noise_is_worth_less_where_it_is_judged(tables):
    rng = np.random.default_rng(3)
    scores = tables.scores(lambda partner, task: 0.02 * rng.normal() - 0.01)
    found = pair_benefits(scores, tables.tasks, MARGIN, RATIO)
    similarity = tables.summary(tables.log())
    row = (
        thresholds.judge_thresholds(similarity, found, tables.tasks).query("rule == 'chosen on one half'").iloc[0]
    )
    gain = ordered(found, "benefit", tables.tasks, "partner", "task")
    x = ordered(similarity, "similarity", tables.tasks, "task_a", "task_b")
    x = np.where(np.isnan(x), x.T, x)
    off = ~np.eye(8, dtype=bool)
    at_best = judge(x[off] >= best_threshold(x[off], gain[off] > 0), gain[off] > 0)
    assert row["f1"] < at_best.f1


def test_the_published_gain_is_the_mean_of_both(tables):
    gain = ordered(
        pd.DataFrame({"partner": ["task 0", "task 1"], "task": ["task 1", "task 0"], "benefit": [0.1, 0.3]}),
        "benefit", tables.tasks, "partner", "task",
    )  # fmt: skip
    assert of_pair(gain)[0, 1] == of_pair(gain)[1, 0] == pytest.approx(0.2)


def test_too_few_pairs_have_a_reason(make_tables):
    few = make_tables(["a", "b", "c"])
    found = pair_benefits(few.scores(one_sided), few.tasks, MARGIN, RATIO)
    table = thresholds.judge_thresholds(few.summary(few.log()), found, few.tasks)
    assert set(table["status"]) == {"3 pairs have a similarity and a gain; 4 are needed"}

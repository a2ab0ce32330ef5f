"""Gains of groups are predicted where they can be, and every predictor is tried on groups it has not seen."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.gains import attention
from mtlcurves.gains.attention import attention_gain
from mtlcurves.gains.combinations import Combinations, trained_combinations
from mtlcurves.gains.evaluation import PREDICTORS, evaluate, predict_gains
from mtlcurves.gains.surrogates import higher_order_gain, linear_gain, mean_gain
from mtlcurves.grid.partitions import random_partition
from mtlcurves.reporting.grouping_tables import show_predictions
from mtlcurves.tables import read_table, write_table

N = 8


def combinations(n_partitions=30, gain=None, seed=0):
    """Groups of random partitions into three, with gains that are a function of the members."""
    occurs = {}
    for number in range(n_partitions):
        for group in random_partition(N, 3, seed, number):
            if group.sum() > 1:
                occurs.setdefault(group.tobytes(), []).append(number)
    members = np.array([np.frombuffer(group, dtype=bool) for group in occurs])
    partitions = np.zeros((len(members), n_partitions), dtype=bool)
    for place, numbers in enumerate(occurs.values()):
        partitions[place, numbers] = True
    gains = np.zeros(members.shape) if gain is None else gain(members)
    return Combinations([f"t{i}" for i in range(N)], members, np.where(members, gains, np.nan), partitions)


@pytest.fixture(autouse=True)
def one_network(monkeypatch):
    """One network in place of an ensemble, for speed."""
    monkeypatch.setattr(attention, "NETWORKS", 1)


@pytest.fixture(scope="module")
def pairs():
    pairs = 0.01 * np.random.default_rng(2).normal(size=(N, N))
    np.fill_diagonal(pairs, 0.0)
    return pairs


@pytest.fixture(scope="module")
def linear(pairs):
    return combinations(80, lambda members: 0.02 + members @ pairs)


@pytest.fixture(scope="module")
def averaged(pairs):
    return combinations(
        80, lambda members: members @ pairs / np.maximum(members.sum(axis=1, keepdims=True) - 1, 1)
    )


def error(predictor, data, n_learned):
    wanted = data.members[n_learned:]
    found = predictor(data.members[:n_learned], data.gains[:n_learned], wanted)
    return np.abs(found - data.gains[n_learned:])[wanted].mean()


def test_a_linear_truth_is_found(linear):
    assert error(mean_gain, linear, 85) > 0.008
    assert error(linear_gain, linear, 85) < 0.0002


def test_gains_that_are_means_of_pairs_are_found_without_a_pair(averaged):
    large = averaged.members.sum(axis=1) > 2
    data = Combinations(averaged.tasks, averaged.members[large], averaged.gains[large], averaged.partitions[large])
    assert error(higher_order_gain, data, 75) < 0.1 * error(mean_gain, data, 75)


def test_noise_is_not_taken_for_a_pattern():
    rng = np.random.default_rng(0)
    data = combinations(40, lambda members: rng.normal(size=members.shape))
    for predictor in (linear_gain, higher_order_gain, attention_gain):
        assert error(predictor, data, 60) < 1.15 * error(mean_gain, data, 60)


def test_the_network_learns_and_repeats_itself(linear):
    assert error(attention_gain, linear, 85) < 0.75 * error(mean_gain, linear, 85)
    half = [linear.members[:60], linear.gains[:60], linear.members[60:]]
    assert (attention_gain(*half) == attention_gain(*half)).all()


def test_the_network_sees_members_alone():
    network = attention._Network(N)
    group = np.zeros((1, N), dtype=bool)
    group[0, [1, 4, 6]] = True
    with attention.torch.no_grad():
        before = network(attention.torch.from_numpy(group))[0, [1, 4, 6]]
        network.embedding[[0, 2, 3, 5, 7]] += 1.0
        after = network(attention.torch.from_numpy(group))[0, [1, 4, 6]]
        network.embedding[1] += 1.0
        moved = network(attention.torch.from_numpy(group))[0, [4, 6]]
    assert (before == after).all() and (moved != after[1:]).all()


@pytest.mark.parametrize("predictor", PREDICTORS.values(), ids=PREDICTORS)
def test_few_groups_give_the_mean_and_a_new_task_the_mean_of_all(predictor):
    members = np.array([[True, True, False], [True, True, False]])
    gains = np.array([[0.1, 0.3, np.nan], [0.2, np.nan, np.nan]])
    found = predictor(members, gains, np.ones((1, 3), dtype=bool))
    assert found[0] == pytest.approx([0.15, 0.3, 0.2])
    assert np.isfinite(predictor(members[:0], gains[:0], members)).all()


def test_no_group_is_learned_from_that_is_held_out():
    data, seen = combinations(12), []

    def spy(members, gains, wanted):
        known, tried = ({row.tobytes() for row in rows} for rows in (members, wanted))
        assert not known & tried
        seen.append((len(known), len(tried)))
        return mean_gain(members, gains, wanted)

    table = evaluate(data, {"mean": mean_gain, "spy": spy})
    assert len(seen) == 15  # three shares, five parts
    assert seen[0][0] < seen[5][0] < seen[10][0]
    assert table["n_held_out"].eq(12).all()
    assert table["n_partitions"].drop_duplicates().tolist() == [2, 5, 10]


def test_predictors_are_compared_on_the_same_groups(linear):
    table = evaluate(linear, {name: PREDICTORS[name] for name in ("mean", "linear", "higher_order")})
    assert table.groupby("n_partitions")["n_trained"].nunique().eq(1).all()
    last = table[table["n_partitions"] == table["n_partitions"].max()].set_index("method")
    assert last.loc["linear", "against_high"] < 0 and last.loc["linear", "spearman"] > 0.99
    assert last.loc["linear", "low"] < last.loc["linear", "error"] < last.loc["linear", "high"]
    assert np.isnan(last.loc["mean", "spearman"])
    # a partition of noise alone: nothing beats the mean
    assert last.loc["mean", "against_mean"] == 0


def test_gains_are_score_together_minus_score_alone():
    columns = ["method", "partition", "group", "task"]
    rows = [("random", 1, "ab", "a"), ("random", 1, "ab", "b"), ("random", 1, "c", "c"), ("transfer", 1, "x", "a")]
    rows += [("random", 2, "abc", task) for task in "abc"]
    groups = pd.DataFrame(rows, columns=columns)

    def points(arm, scores):
        return pd.DataFrame(
            [
                (arm, subset, task, r, score)
                for (subset, task), own in scores.items()
                for r, score in enumerate(own)
            ],
            columns=["arm", "subset", "task", "rotation", "auroc"],
        ).assign(replicate=0, size=9)

    together = {("ab", "a"): [0.8, 0.9], ("ab", "b"): [0.5, np.nan], ("c", "c"): [1, 1], ("x", "a"): [0, 0]}
    together |= {("abc", "a"): [0.6, 0.6], ("abc", "b"): [np.nan, np.nan], ("abc", "c"): [0.7, 0.7]}
    alone = points("stl", {("a", "a"): [0.7, 0.6], ("b", "b"): [0.6, 0.6], ("c", "c"): [0.5, 0.5]})
    data = trained_combinations(groups, points("group", together), alone, "auroc", 9)
    assert data.members.tolist() == [[True, True, False], [True, True, True]]
    assert data.gains[0] == pytest.approx([0.2, -0.1, np.nan], nan_ok=True)
    assert data.gains[1] == pytest.approx([-0.05, np.nan, 0.2], nan_ok=True)
    assert data.partitions.tolist() == [[True, False], [False, True]]


def test_partitions_of_single_tasks_have_no_gains_to_predict(tmp_path):
    groups = pd.DataFrame(
        [("random", p, t, t) for p in (1, 2) for t in "abc"], columns=["method", "partition", "group", "task"]
    )
    points = pd.DataFrame(
        [("stl", t, t, 0, 0.7, 0, 9) for t in "abc"],
        columns=["arm", "subset", "task", "rotation", "auroc", "replicate", "size"],
    )
    table = predict_gains(groups, points.assign(arm="group"), points, ["auroc"], 9)
    write_table(table, tmp_path / "gain_prediction.parquet", "gain_prediction")
    assert read_table(tmp_path / "gain_prediction.parquet").empty
    assert show_predictions(read_table(tmp_path / "gain_prediction.parquet")).rows == []

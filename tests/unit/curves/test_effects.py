"""What arms change: hand-made scores, every kind of comparison, and reasons where there is no test."""

import numpy as np
import pandas as pd
import pytest
from curve_studies import dense_truth, simulated
from mtlcurves.curves.comparisons import Contestant, list_comparisons
from mtlcurves.curves.effects import compare_arms, count_effects, folds_ratio
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table
from scipy import stats

FOLD = {"split": "scaffold", "test_on": "fold"}
MAIN = {"main": FOLD}


def grid_points(scores, size=9, **keys):
    """Scores by (arm, task): a list, one a rotation."""
    rows = [
        {"arm": arm, "task": task, "rotation": rotation, "auroc": score}
        for (arm, task), values in scores.items()
        for rotation, score in enumerate(values)
    ]
    points = pd.DataFrame(rows).assign(recipe="main", size=size, replicate=0, n_target=9, n_complement=0)
    points["subset"] = np.where(points.arm == "stl", points.task, "all")
    return points.assign(**keys)


def test_effect_by_hand():
    """Differences 0.01, 0.02, 0.03 at nine folds: mean 0.02, sd 0.01, t = 3 corrected."""
    points = grid_points({("stl", "A"): [0.7, 0.7, 0.7], ("mtl", "A"): [0.71, 0.72, 0.73]})
    effect = compare_arms(points, ["auroc"], MAIN, 10).iloc[0]
    assert (effect.comparison, effect.task, effect["size"], effect.n_pairs) == ("mtl-stl", "A", 9, 3)
    assert effect.difference == pytest.approx(0.02)
    assert effect.sd == pytest.approx(0.01)
    assert effect.effect_size == pytest.approx(2)
    assert effect.p_corrected == pytest.approx(1 - 3 / np.sqrt(11))
    assert effect.p_naive == pytest.approx(stats.ttest_1samp([0.01, 0.02, 0.03], 0).pvalue)
    assert (effect.low, effect.high) == pytest.approx((-0.0086844, 0.0486844), abs=1e-6)
    assert pd.isna(effect.undefined)


def test_pairs_are_matched_by_rotation_whatever_their_order():
    points = grid_points({("stl", "A"): [0.6, 0.7, 0.8], ("mtl", "A"): [0.62, 0.71, 0.83]})
    effects = compare_arms(points.iloc[::-1], ["auroc"], MAIN, 10)
    assert effects.sd.iloc[0] == pytest.approx(0.01)


def test_reasons_where_there_is_no_test():
    nan = np.nan
    points = grid_points(
        {
            ("stl", "never"): [nan, nan, nan],
            ("mtl", "never"): [0.7, nan, 0.7],
            ("stl", "once"): [0.7, nan, nan],
            ("mtl", "once"): [0.75, 0.8, nan],
            ("stl", "constant"): [0.7, 0.6, 0.8],
            ("mtl", "constant"): [0.75, 0.65, 0.85],
            ("stl", "good"): [0.7, 0.7, nan],
            ("mtl", "good"): [0.72, 0.73, 0.8],
            ("mtl", "untrained alone"): [0.72, 0.73, 0.8],
        }
    )
    effects = compare_arms(points, ["auroc"], MAIN, 10).set_index("task")
    assert effects.undefined.fillna("").to_dict() == {
        "never": "no rotation has a score in both arms",
        "once": "1 rotation, at least 2 are needed",
        "constant": "the differences do not vary",
        "good": "",
    }
    assert effects.n_pairs.to_dict() == {"never": 0, "once": 1, "constant": 3, "good": 2}
    tests = ["low", "high", "p_corrected", "p_naive", "q_corrected", "q_naive", "effect_size"]
    assert (effects[tests].isna().all(axis=1) == effects.undefined.notna()).all()
    assert effects.difference.to_dict()["once"] == pytest.approx(0.05)


def test_replicates_of_a_rotation_are_one_pair():
    points = grid_points({("stl", "A"): [0.70, 0.72], ("mtl", "A"): [0.73, 0.77]})
    again = points.assign(replicate=1, auroc=points.auroc + np.where(points.arm == "mtl", 0.02, 0))
    effect = compare_arms(pd.concat([points, again]), ["auroc"], MAIN, 10).iloc[0]
    assert effect.n_pairs == 2
    assert effect.difference == pytest.approx(0.05)  # (0.03 + 0.05) / 2 and (0.05 + 0.07) / 2


def test_false_discovery_rates_run_over_the_tasks_of_one_size_and_metric():
    truth = dense_truth(12)
    effects = compare_arms(simulated(truth, noise=0.01, rotations=5), ["auroc", "aupr"], MAIN, 10)
    for _, group in effects.groupby(["metric", "size"]):
        expected = stats.false_discovery_control(group.p_corrected)
        np.testing.assert_allclose(group.q_corrected, expected)
        np.testing.assert_allclose(group.q_naive, stats.false_discovery_control(group.p_naive))
    assert len(effects) == 12 * 2 * 9


def test_other_test_sets_are_compared_without_pairs():
    main = grid_points({("stl", "A"): [0.60, 0.70, 0.80], ("mtl", "A"): [0.61, 0.71, 0.82]})
    random = main.assign(recipe="compound_folds", auroc=[0.85, 0.75, 0.86, 0.80, 0.90, 0.87])
    recipes = MAIN | {"compound_folds": {"split": "compound", "test_on": "fold"}}
    effects = compare_arms(pd.concat([main, random]), ["auroc"], recipes, 10).set_index("comparison")
    effect = effects.loc["compound_folds.stl-stl"]
    naive = stats.ttest_ind([0.85, 0.75, 0.86], [0.60, 0.70, 0.80], equal_var=False)
    assert effect.p_naive == pytest.approx(naive.pvalue)
    assert effect.p_corrected > effect.p_naive
    assert effect.difference == pytest.approx(0.12)
    paired = effects.loc["mtl-stl"]
    assert paired.sd < 0.01 < effect.sd


def test_a_control_recipe_takes_part():
    """Single-task networks under the multi-task protocol: main's multi-task arm is held against them."""
    truth = dense_truth(3)
    control = simulated(truth, arms=("stl",), recipe="stl_under_mtl_protocol", noise=0.01)
    points = pd.concat([simulated(truth, arms=("stl", "mtl"), noise=0.01), control])
    effects = compare_arms(points, ["auroc"], MAIN | {"stl_under_mtl_protocol": FOLD}, 10)
    names = ["mtl-stl", "mtl-stl_under_mtl_protocol", "stl_under_mtl_protocol-stl"]
    assert list(effects.comparison.unique()) == names
    mean = effects.groupby("comparison").difference.mean()
    assert mean[names[0]] == pytest.approx(mean[names[1]] + mean[names[2]])


def test_comparisons_of_a_full_study():
    found = [
        Contestant(recipe, arm, subset)
        for recipe in ("compound_folds", "main")
        for arm, subset in (("stl", None), ("mtl", "opsins"), ("mtl", "all"))
    ] + [Contestant("long", "stl", None)]
    recipes = {"main": FOLD, "long": FOLD, "compound_folds": {"split": "compound", "test_on": "fold"}}
    assert {c.name: c.paired for c in list_comparisons(found, recipes)} == {
        "mtl-stl": True,
        "mtl-long": True,
        "mtl[opsins]-mtl": True,
        "mtl[opsins]-stl": True,
        "compound_folds.mtl-mtl": False,
        "compound_folds.mtl-compound_folds.stl": True,
        "compound_folds.mtl[opsins]-mtl[opsins]": False,
        "compound_folds.mtl[opsins]-compound_folds.mtl": True,
        "compound_folds.mtl[opsins]-compound_folds.stl": True,
        "compound_folds.stl-stl": False,
        "long-stl": True,
    }
    assert list_comparisons([Contestant("main", "stl", None)], recipes) == []


def test_ratio_of_test_to_training_folds():
    assert folds_ratio(FOLD, 9, 10) == pytest.approx(1 / 9)
    assert folds_ratio(FOLD | {"test_on": "complement"}, 4, 10) == pytest.approx(6 / 4)


def test_counts_of_gains_and_losses():
    effects = pd.DataFrame(
        {
            "comparison": "mtl-stl",
            "metric": "auroc",
            "size": 9,
            "difference": [0.1, 0.05, -0.1, 0.0, np.nan],
            "p_corrected": [0.001, 0.04, 0.03, 0.9, np.nan],
            "q_corrected": [0.004, 0.053, 0.053, 0.9, np.nan],
            "p_naive": [0.0001, 0.01, 0.02, 0.8, np.nan],
            "q_naive": [0.0004, 0.02, 0.027, 0.8, np.nan],
        }
    )
    counts = count_effects(effects, 0.05).set_index("test")
    columns = ["n_gain", "n_loss", "n_gain_fdr", "n_loss_fdr", "n_tasks"]
    assert counts.loc["corrected", columns].tolist() == [2, 1, 1, 0, 4]
    assert counts.loc["naive", columns].tolist() == [2, 1, 2, 1, 4]
    assert counts.expected_by_chance.tolist() == [0.1, 0.1]


def test_chance_gives_the_expected_number_of_gains():
    """P1's 244 tasks without any effect: about 6 gains by the naive test, fewer by the corrected one."""
    rng = np.random.default_rng(0)
    scores = {
        (arm, f"T{i}"): list(0.7 + 0.018 * rng.standard_normal(10)) for arm in ("stl", "mtl") for i in range(244)
    }
    counts = count_effects(compare_arms(grid_points(scores), ["auroc"], MAIN, 10), 0.05).set_index("test")
    assert counts.expected_by_chance.iloc[0] == pytest.approx(6.1)
    assert 1 <= counts.n_gain["naive"] <= 14
    assert counts.n_gain["corrected"] <= counts.n_gain["naive"]
    assert counts.n_gain_fdr.sum() <= 1


def test_nothing_to_compare_gives_empty_tables(tmp_path):
    points = simulated(dense_truth(2), arms=("stl",))
    effects = compare_arms(points, ["auroc"], MAIN, 10)
    counts = count_effects(effects, 0.05)
    for table, name in ((effects, "arm_effects"), (counts, "effect_counts")):
        write_table(table, tmp_path / f"{name}.parquet", name)
        read = pd.read_parquet(tmp_path / f"{name}.parquet")
        assert len(read) == 0
        assert list(read.columns) == list(SCHEMAS[name].columns)

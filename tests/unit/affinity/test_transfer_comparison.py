"""Affinities against weights: what is planted is found, what is missing has its reason."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.affinity.reliability import of_gradients, of_weights
from mtlcurves.affinity.sides import curve_sides, gradient_sides
from mtlcurves.affinity.summary import summarise
from mtlcurves.affinity.transfer_comparison import compare_transfer
from mtlcurves.tables import write_table

METRICS = ["auroc"]
ARMS = "augmented, 1 to 9 folds; design, 1 to 9 folds"


def names(n: int) -> list[str]:
    return [f"t{k}" for k in range(n)]


def logged(true: np.ndarray, sizes=(9,), rotations: int = 4, noise: float = 0.1) -> pd.DataFrame:
    """Affinities that are `true` [onto, from] and something common to each target, with noise."""
    rng, n = np.random.default_rng(0), len(true)
    parts = []
    for size in sizes:
        common = rng.normal(size=(n, 1)) * 10
        for rotation in range(rotations):
            values = size * (true + common + noise * rng.normal(size=(n, n)))
            pairs = pd.DataFrame({"from": np.tile(names(n), n), "onto": np.repeat(names(n), n)})
            pairs = pairs.assign(source="task", affinity=values.ravel())
            whole = np.where(np.eye(n, dtype=bool), 0, true).sum(axis=1) + noise * rng.normal(size=n)
            others = pd.DataFrame({"from": None, "onto": names(n), "source": "complement", "affinity": whole})
            parts.append(pd.concat([pairs, others]).assign(size=size, rotation=rotation))
    return pd.concat(parts, ignore_index=True).assign(
        recipe="main", replicate=0, n_steps=9, linearity_error=0.0, status="ok"
    )


def weights(true: np.ndarray, estimator: str = "joint", error: float = 0.1) -> pd.DataFrame:
    """Weights a_ij that are `true` [target, auxiliary] with noise, and a_iS their sums; in transfer_estimates."""
    rng, n = np.random.default_rng(1), len(true)
    target, auxiliary = np.nonzero(~np.eye(n, dtype=bool))
    pairs = pd.DataFrame({"target": np.array(names(n))[target], "auxiliary": np.array(names(n))[auxiliary]})
    pairs = pairs.assign(coefficient="a_ij", value=true[target, auxiliary] + error * rng.normal(size=len(target)))
    others = pd.DataFrame({"target": names(n), "auxiliary": None, "coefficient": "a_iS"})
    others["value"] = np.where(np.eye(n, dtype=bool), 0, true).sum(axis=1)
    parts = [
        pd.concat([pairs, others]).assign(metric=metric, per_fold=lambda rows: 2 * rows["value"])
        for metric in METRICS
    ]
    table = pd.concat(parts, ignore_index=True)
    drawn = 0.5 * table["value"].where(table["coefficient"] == "a_ij")
    return table.assign(recipe="main", estimator=estimator, standard_error=error, shrunken=drawn, status="ok")


def staged(true: np.ndarray) -> pd.DataFrame:
    """Three stages: b does not follow `true`, c does once the reference's own is taken off it."""
    rng, n = np.random.default_rng(2), len(true)
    target, auxiliary = np.nonzero(~np.eye(n, dtype=bool))
    reference = 10 * rng.normal(size=n)
    parts = []
    for metric in METRICS:
        for name, values in (("b", rng.normal(size=(n, n))), ("c", true)):
            second = pd.DataFrame({"target": names(n), "auxiliary": None, "stage": 2, "value": reference})
            third = pd.DataFrame(
                {
                    "target": np.array(names(n))[target],
                    "auxiliary": np.array(names(n))[auxiliary],
                    "stage": 3,
                    "value": (values + reference[:, None])[target, auxiliary],
                }
            )
            parts.append(pd.concat([second, third]).assign(coefficient=name, metric=metric))
    return pd.concat(parts, ignore_index=True)


def compared(true: np.ndarray, of_weights: np.ndarray | None = None, **logs) -> pd.DataFrame:
    affinity = logged(true, **logs)
    other = true if of_weights is None else of_weights
    return compare_transfer(affinity, summarise(affinity), weights(other), staged(other), METRICS, ARMS, "sgd")


def row(table: pd.DataFrame, **wanted) -> pd.Series:
    wanted = {"metric": "auroc", "affinity": "largest size", "scope": "task"} | wanted
    (found,) = [one for _, one in table.iterrows() if all(one[name] == value for name, value in wanted.items())]
    return found


@pytest.fixture(scope="module")
def true() -> np.ndarray:
    matrix = np.random.default_rng(3).normal(size=(12, 12))
    return matrix - np.where(np.eye(12, dtype=bool), 0, matrix).sum(axis=1, keepdims=True) / 11


@pytest.fixture(scope="module")
def table(true) -> pd.DataFrame:
    return compared(true, sizes=(1, 9))


def test_what_is_planted_is_found_whatever_is_common_to_a_target(table, tmp_path):
    found = row(table, version="per fold")
    assert found["spearman"] > 0.9 and found["low"] > 0.8 and found["p"] == 0.001 and found["q"] < 0.01
    assert (found["n_tasks"], found["n_pairs"], found["sizes"], found["arm"]) == (12, 132, "9", ARMS)
    assert row(table, coefficient="c_ij - c_iS")["spearman"] > 0.9
    assert set(table["lookahead"]) == {"sgd"}
    assert row(table, coefficient="c_ij - c_iS")["arm"] == "augmented, 1 to 9 folds"
    assert row(table, coefficient="b_ij - b_iS")["p"] > 0.01
    write_table(table, tmp_path / "transfer_comparison.parquet", "transfer_comparison")


def test_every_affinity_stands_beside_every_weight_of_its_kind(table):
    pairs, others = (table[table["scope"] == scope] for scope in ("task", "complement"))
    assert set(pairs["affinity"]) == {"largest size", "smallest size", "mean of sizes"}
    assert set(pairs.loc[pairs["affinity"] == "mean of sizes", "sizes"]) == {"1, 9"}
    together = {f"{unit}, drawn together" for unit in ("per label", "per fold")}
    plain = {"per label", "per fold", "per fold, less the target's mean", "difference"}
    assert set(pairs["version"]) == plain | together
    assert set(others["version"]) == {"per label", "per fold"} and set(others["coefficient"]) == {"a_iS"}
    assert len(table) == 3 * (5 + 2 + 2)
    assert (others["n_pairs"] == 12).all() and (others["arm"] == f"stl; mtl; {ARMS}").all()


def test_one_size_is_the_largest_alone(true):
    sides = gradient_sides(summarise(logged(true, sizes=[5])), names(12))
    assert {side.affinity for side in sides} == {"largest size"}


def test_scores_stand_one_after_the_other(true):
    affinity, both = logged(true), pd.concat([weights(true), weights(true).assign(metric="aupr")])
    few = both[both["coefficient"] == "a_iS"]
    table = compare_transfer(affinity, summarise(affinity), few, None, ["aupr", "auroc"], ARMS, "sgd")
    assert table["metric"].tolist() == ["aupr"] * 2 + ["auroc"] * 2


def test_nothing_in_common_is_not_called():
    rng = np.random.default_rng(5)
    table = compared(rng.normal(size=(12, 12)), rng.normal(size=(12, 12)))
    assert (table["q"] > 0.05).all()
    inside = (table["low"] < 0) & (table["high"] > 0)
    assert inside.mean() > 0.8


def test_without_noise_the_correlation_would_be_what_is_true():
    """Both sides as much noise as signal: half of what is seen is lost, and the ceiling says so."""
    rng = np.random.default_rng(7)
    true = rng.normal(size=(40, 40))
    affinity = logged(true, sizes=[9], rotations=4, noise=2.0)
    table = compare_transfer(affinity, summarise(affinity), weights(true, error=1.0), None, ["auroc"], ARMS, "sgd")
    found = row(table, version="per fold")
    assert found["reliability_affinity"] == pytest.approx(0.5, abs=0.12)
    assert found["reliability_transfer"] == pytest.approx(0.5, abs=0.12)
    assert found["spearman"] < 0.65 and found["disattenuated"] == pytest.approx(1, abs=0.15)
    assert pd.isna(found["unknown"])


def test_a_ceiling_that_cannot_be_known_has_its_reason(true, table):
    drawn = row(table, version="per fold, drawn together")
    assert np.isnan(drawn["ceiling"]) and "no errors of their own" in drawn["unknown"]
    once = row(compared(true, rotations=1), version="per fold")
    assert np.isnan(once["ceiling"]) and "halves of the rotations" in once["unknown"]
    assert once["spearman"] > 0.9
    loud = weights(true).assign(standard_error=100.0)
    affinity = logged(true)
    found = row(
        compare_transfer(affinity, summarise(affinity), loud, None, METRICS, ARMS, "sgd"), version="per fold"
    )
    assert "reliability_transfer is below" in found["unknown"] and np.isnan(found["disattenuated"])


def test_reliabilities_by_hand():
    values = np.array([1.0, 2.0, 3.0, np.nan])
    assert of_weights(values, np.array([0.5, 0.5, 0.5, 0.1])) == pytest.approx(0.75)
    assert np.isnan(of_weights(values, np.array([0.5, np.nan, 0.5, 0.1])))
    noiseless = logged(np.random.default_rng(0).normal(size=(6, 6)), sizes=(1, 9), noise=0.0)
    assert of_gradients(noiseless, names(6)) == pytest.approx(
        {
            (scope, at): 1.0
            for scope in ("task", "complement")
            for at in ("largest size", "smallest size", "mean of sizes")
        }
    )


def test_one_pair_of_tasks_has_a_reason_and_no_number():
    table = compared(np.array([[0.0, 1.0], [2.0, 0.0]]))
    assert table["spearman"].isna().all() and table["q"].isna().all()
    assert (table["status"] == "2 tasks are known on both sides; 4 are needed").all()


def test_weights_of_a_few_tasks_are_compared_over_those(true):
    affinity = logged(true)
    few = weights(true)
    few = few[few["target"].isin(names(5)) & (few["auxiliary"].isin(names(5)) | few["auxiliary"].isna())]
    found = row(
        compare_transfer(affinity, summarise(affinity), few, None, METRICS, ARMS, "sgd"), version="per fold"
    )
    assert (found["n_tasks"], found["n_pairs"], found["status"]) == (5, 20, "ok")


def test_no_weights_at_all_are_an_empty_table(true, tmp_path):
    affinity = logged(true)
    table = compare_transfer(affinity, summarise(affinity), weights(true).iloc[:0], None, METRICS, "", "sgd")
    assert table.empty
    write_table(table, tmp_path / "transfer_comparison.csv", "transfer_comparison")


def test_rows_are_targets_and_columns_the_tasks_that_are_stepped_for(true):
    means = summarise(logged(true, noise=0.0))
    largest, *_ = gradient_sides(means, names(12))
    off = ~np.eye(12, dtype=bool)
    np.testing.assert_allclose(largest.values[off], 9 * true[off])
    assert np.isnan(np.diag(largest.values)).all()
    label, *_ = curve_sides(weights(true, error=0.0), None, METRICS, names(12))
    np.testing.assert_allclose(label.values[off], true[off])


def test_a_weight_of_0_keeps_its_place_per_fold_and_its_error(true):
    table = weights(true)
    first = (table["auxiliary"] == "t1") & (table["target"] == "t0")
    table.loc[first, ["value", "per_fold"]] = 0.0
    sides = {side.version: side for side in curve_sides(table, None, METRICS, names(12)) if side.scope == "task"}
    assert sides["per fold"].values[0, 1] == 0 and sides["per fold"].errors[0, 1] == pytest.approx(0.2)
    assert sides["per fold, drawn together"].values[0, 1] == pytest.approx(2 * table.loc[first, "shrunken"].item())


def test_halves_without_a_correlation_do_not_hide_those_that_have_one(true):
    affinity = logged(true, rotations=3)
    affinity.loc[affinity["rotation"] == 0, "affinity"] = np.nan  # one of three halves has nothing
    assert of_gradients(affinity, names(12))["task", "largest size"] > 0.9

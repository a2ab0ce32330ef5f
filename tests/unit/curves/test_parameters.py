"""Change of curve parameters against change of score."""

import numpy as np
import pandas as pd
import pytest
from curve_studies import dense_truth, simulated
from mtlcurves.curves.parameters import ALL_ROTATIONS, SPLIT_HALF, change_of_parameters, correlate_changes
from mtlcurves.simulation.curves import true_score
from mtlcurves.tables import write_table


def two_curves(n_tasks, shift_c=0.0, noise=0.0, rotations=6, seed=0):
    """Single- and multi-task arms whose asymptotes differ by `shift_c` (a number or one a task)."""
    truth = dense_truth(n_tasks, seed)
    truth.complement[:] = 0
    points = simulated(truth, rotations=rotations, arms=("stl", "mtl"), noise=noise, seed=seed + 1)
    place = points.task.map(dict(zip(truth.tasks, range(n_tasks), strict=True)))
    shift = np.broadcast_to(shift_c, n_tasks)[place]
    points["auroc"] += np.where(points.arm == "mtl", shift, 0)
    return points


def test_change_of_each_parameter_without_noise():
    truth = dense_truth(5)
    table = change_of_parameters(simulated(truth, rotations=2, arms=("stl", "mtl")), ["auroc"])
    others = truth.labels.sum() - truth.labels
    # other tasks' labels grow with a task's own: they add to its weight
    gain = truth.complement * others / truth.labels
    for version in (ALL_ROTATIONS, SPLIT_HALF):
        mine = table[table.version == version].pivot_table(
            index="task", columns="coefficient", values="parameter_change"
        )
        np.testing.assert_allclose(mine.a, gain, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(mine[["b", "c"]], 0, atol=1e-5)
    assert set(table.status) == {"ok"}
    own, nothing = truth.labels * 9, 0 * others
    score = true_score(truth, own, others * 9, nothing) - true_score(truth, own, nothing, nothing)
    np.testing.assert_allclose(table[table.coefficient == "c"].score_change[:5], score, atol=1e-9)


def test_a_real_change_of_asymptote_shows_in_both_versions():
    shift = np.linspace(-0.05, 0.05, 30)
    correlations = correlate_changes(change_of_parameters(two_curves(30, shift, noise=0.004), ["auroc"]))
    strong = correlations.set_index(["coefficient", "version"])
    for version in (ALL_ROTATIONS, SPLIT_HALF):
        row = strong.loc[("c", version)]
        assert row.spearman > 0.8
        assert 0.5 < row.low <= row.spearman <= row.high <= 1
        assert row.p < 1e-6
        assert row.n_tasks == 30
    assert strong.loc[("a", SPLIT_HALF)].spearman < 0.6


def test_noise_alone_correlates_unless_the_rotations_are_split():
    """No arm changes anything: the asymptote and the score of the same rotations share their noise."""
    correlations = correlate_changes(change_of_parameters(two_curves(100, noise=0.016), ["auroc"]))
    c = correlations[correlations.coefficient == "c"].set_index("version")
    assert c.loc[ALL_ROTATIONS].spearman > 0.25
    assert abs(c.loc[SPLIT_HALF].spearman) < 0.25
    assert c.loc[SPLIT_HALF].low < 0 < c.loc[SPLIT_HALF].high


def test_split_half_takes_parameters_from_even_and_scores_from_odd_rotations():
    points = two_curves(4, noise=0.005)
    table = change_of_parameters(points, ["auroc"])
    moved = points.copy()
    moved.loc[(points.rotation % 2 == 1) & (points.arm == "mtl"), "auroc"] += 0.01
    other = change_of_parameters(moved, ["auroc"])
    split = table.version == SPLIT_HALF
    np.testing.assert_array_equal(other[split].parameter_change, table[split].parameter_change)
    np.testing.assert_allclose(other[split].score_change, table[split].score_change + 0.01)
    assert (other[~split].score_change > table[~split].score_change).all()


def test_a_task_without_scores_or_shape_says_why(tmp_path):
    points = two_curves(5, noise=0.002)
    points.loc[(points.task == "T000") & (points.arm == "mtl") & (points["size"] == 2), "auroc"] = np.nan
    falling = (points.task == "T001") & (points.arm == "stl")
    points.loc[falling, "auroc"] = 0.8 - 0.02 * points["size"]
    table = change_of_parameters(points, ["auroc"])
    status = table[table.version == ALL_ROTATIONS].set_index(["task", "coefficient"]).status
    assert set(status["T000"]) == {"no rotation has a score at every size in both arms"}
    assert status["T001"].to_dict() == {
        "a": "stl curve not identified",
        "b": "stl curve not identified",
        "c": "ok",
    }
    lost = table[table.task == "T001"].set_index("coefficient")
    assert lost.parameter_change["a"].isna().all()
    write_table(table, tmp_path / "changes.parquet", "parameter_change")
    correlations = correlate_changes(table).set_index(["coefficient", "version"])
    assert correlations.n_tasks[("a", ALL_ROTATIONS)] == 3
    assert np.isnan(correlations.spearman[("a", ALL_ROTATIONS)])
    assert correlations.n_tasks[("c", ALL_ROTATIONS)] == 4


def test_one_rotation_cannot_be_split():
    table = change_of_parameters(two_curves(3, noise=0.002, rotations=1), ["auroc"])
    split = table[table.version == SPLIT_HALF]
    assert split.score_change.isna().all()
    assert set(split.status) == {"no rotation has a score at every size in both arms"}
    assert table[table.version == ALL_ROTATIONS].parameter_change.notna().all()


def test_every_recipe_with_both_arms_is_there():
    points = two_curves(3, noise=0.002)
    control = points[points.arm == "stl"].assign(recipe="long")
    wide = points.assign(recipe="wide")
    table = change_of_parameters(pd.concat([wide, control, points]), ["auroc", "aupr"])
    assert list(table.recipe.unique()) == ["main", "wide"]
    assert len(table) == 2 * 2 * 2 * 3 * 3


def test_without_both_arms_the_tables_are_empty(tmp_path):
    points = two_curves(2)
    table = change_of_parameters(points[points.arm == "stl"], ["auroc"])
    for frame, name in ((table, "parameter_change"), (correlate_changes(table), "parameter_correlation")):
        write_table(frame, tmp_path / f"{name}.csv", name)
        assert len(pd.read_csv(tmp_path / f"{name}.csv")) == 0


@pytest.mark.parametrize("order", [0, 1])
def test_order_of_grid_points_does_not_matter(order):
    points = two_curves(5, noise=0.01)
    shuffled = points.sample(frac=1, random_state=order)
    expected = change_of_parameters(points, ["auroc"])
    pd.testing.assert_frame_equal(change_of_parameters(shuffled, ["auroc"]), expected, check_exact=True)

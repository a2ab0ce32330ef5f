"""The three-stage fit: exact on its own curves, centred where labels do nothing, and open about what it lacks."""

import numpy as np
import pandas as pd
import pytest
from curve_studies import dense_truth, simulated
from mtlcurves.curves.exponential import fit
from mtlcurves.curves.frozen import LabelCounts, refit
from mtlcurves.curves.profile import CurvePoints
from mtlcurves.curves.transfer import fit_transfer
from mtlcurves.errors import DataError
from mtlcurves.schemas import SCHEMAS
from mtlcurves.simulation.curves import Truth
from mtlcurves.tables import write_table

PUBLISHED = {"raised": tuple(range(1, 9)), "raise_by": 1}
TO_FULL = {"raised": (1,), "raise_by": "full"}
DESIGNS = pytest.mark.parametrize("design", [PUBLISHED, TO_FULL], ids=["one fold more", "to all folds"])
KEYS = ["metric", "stage", "target", "auxiliary", "coefficient"]


def coefficients(table, name):
    return table[table["coefficient"] == name].set_index("target")


def pair_truth(truth, rows):
    place = {task: k for k, task in enumerate(truth.tasks)}
    return np.array([truth.pair[place[i], place[j]] for i, j in zip(rows.target, rows.auxiliary, strict=True)])


@DESIGNS
def test_recovers_every_weight_without_noise(design):
    truth = dense_truth(5, pair=0.02)
    table = fit_transfer(simulated(truth, **design), ["auroc"])
    assert len(table) == 3 * (5 + 5 + 5 * 4)
    assert set(table.status) == {"ok"}
    np.testing.assert_allclose(coefficients(table, "a_i").value, truth.own, rtol=1e-6)
    np.testing.assert_allclose(coefficients(table, "a_iS").value, truth.complement, atol=1e-7)
    pairs = table[table.coefficient == "a_ij"]
    np.testing.assert_allclose(pairs.value, pair_truth(truth, pairs), atol=1e-6)
    place = table.target.map(dict(zip(truth.tasks, range(5), strict=True)))
    for name in ("b", "c"):
        rows = table.coefficient == name
        np.testing.assert_allclose(table.value[rows], getattr(truth, name)[place[rows]], atol=1e-6)


@DESIGNS
def test_helping_labels_have_positive_weights_and_raise_the_score(design):
    truth = dense_truth(4, pair=0.03)
    pairs = fit_transfer(simulated(truth, **design), ["auroc"]).query("coefficient == 'a_ij'")
    signs = np.sign(pair_truth(truth, pairs))
    assert set(signs) == {-1, 1}
    np.testing.assert_array_equal(np.sign(pairs.value), signs)
    np.testing.assert_array_equal(np.sign(pairs.score_change), signs)
    np.testing.assert_array_equal(np.sign(pairs.per_fold), signs)


def test_weights_per_fold_count_the_labels_they_weigh():
    truth = dense_truth(4, pair=0.02)
    table = fit_transfer(simulated(truth), ["auroc"])
    others = truth.labels.sum() - truth.labels
    labels = dict(zip(truth.tasks, truth.labels, strict=True))
    np.testing.assert_allclose(coefficients(table, "a_i").per_fold, truth.own * truth.labels / 1000, rtol=1e-6)
    np.testing.assert_allclose(coefficients(table, "a_iS").per_fold, truth.complement * others / 1000, rtol=1e-5)
    pairs = coefficients(table, "a_ij")
    np.testing.assert_allclose(pairs.per_fold, pairs.value * pairs.auxiliary.map(labels) / 1000)
    assert table[table.coefficient.isin(["b", "c"])].per_fold.isna().all()


@DESIGNS
def test_labels_that_do_nothing_have_weights_centred_at_zero(design):
    truth = dense_truth(14)
    points = simulated(truth, rotations=6, noise=0.016, paired_noise=0.003, **design)
    pairs = fit_transfer(points, ["auroc"]).query("coefficient == 'a_ij'")
    assert len(pairs) == 182
    error = pairs.per_fold.groupby(pairs.target).mean().std() / np.sqrt(14)
    assert abs(pairs.per_fold.mean()) < 3 * error
    assert pairs.per_fold.abs().median() < 0.004  # an own fold is worth 0.25


@DESIGNS
def test_curves_that_are_no_exponentials_are_not_taken_for_transfer(design):
    """Power laws: the exponential misses the small sizes, in the reference and the augmented points alike."""
    truth = dense_truth(6)
    points = simulated(truth, **design)
    points["auroc"] = 0.9 - 0.35 * points["size"] ** -0.5
    pairs = fit_transfer(points, ["auroc"]).query("coefficient == 'a_ij'")
    assert pairs.value.abs().max() < 1e-6


def test_frozen_own_weights_pass_their_error_on():
    """Nine sizes, sd 0.005, c = 0.85, b = -1, a_i = 0.25 and a_iS = 0.05 a fold: RMSE of a_iS about 0.028."""
    n, labels = 150, 100.0
    others = labels * (n - 1) / 1000
    columns = [np.full(n, number) for number in (labels, 2.5, 0.05 / others, -1.0, 0.85)]
    truth = Truth([f"T{k:03d}" for k in range(n)], *columns[:3], np.zeros((n, n)), *columns[3:])
    points = simulated(truth, rotations=1, arms=("stl", "mtl"), noise=0.005)
    stage_2 = fit_transfer(points, ["auroc"]).query("coefficient == 'a_iS'")
    rmse = np.sqrt(((stage_2.per_fold - 0.05) ** 2).mean())
    assert rmse == pytest.approx(0.028, rel=0.25)


@DESIGNS
def test_score_change_is_the_mean_paired_difference(design):
    truth = dense_truth(3, pair=0.02)
    points = simulated(truth, rotations=4, replicates=2, noise=0.01, **design)
    row = fit_transfer(points, ["auroc"]).query("coefficient == 'a_ij'").iloc[2]
    mine = points[points.task == row.target].set_index(["size", "rotation", "replicate"])
    raised = mine[mine.auxiliary == row.auxiliary].auroc
    change = (raised - mine[mine.arm == "mtl"].auroc).dropna().groupby("rotation").mean()
    ratio = np.mean([1 / size for size in design["raised"]])
    assert row.n_rotations == 4
    assert row.score_change == pytest.approx(change.mean())
    assert row.score_change_se == pytest.approx(np.sqrt(1 / 4 + ratio) * change.std())


def test_lmfit_gives_the_published_stage_3():
    truth = dense_truth(3, pair=0.02)
    points = simulated(truth, rotations=3, noise=0.01, paired_noise=0.002, **PUBLISHED)
    table = fit_transfer(points, ["auroc"]).set_index(["target", "auxiliary", "coefficient"])
    target, auxiliary = "T001", "T002"
    mine = points[points.task == target]
    chosen = mine[((mine.arm == "mtl") & (mine["size"] < 9)) | (mine.auxiliary == auxiliary)]
    means = chosen.groupby(["arm", "size"])[["auroc", "n_target", "n_complement", "n_auxiliary"]].mean()
    labels = LabelCounts(*(means[n].to_numpy() / 1000 for n in ("n_target", "n_complement", "n_auxiliary")))
    value = table.value
    first, second = value.xs("a_i", level=2)[target].iloc[0], value.xs("a_iS", level=2)[target].iloc[0]
    start = {"a_i": first, "a_iS": second, "a_ij": 0.0, "b": -1.0, "c": 0.85}
    fitted, error, _ = refit(means.auroc.to_numpy(), labels, start, "a_ij", 0.3)
    for name in ("a_ij", "b", "c"):
        row = table.loc[(target, auxiliary, name)]
        assert row.value == pytest.approx(fitted[name], abs=1e-6)
        assert row.standard_error == pytest.approx(error[name], rel=1e-4)
        assert row.n_points == 16


def test_error_of_a_difference_comes_from_the_rotations():
    """Raised to all folds, a_ij scatters as its standard error says, 1 / size = 1 of the correction included."""
    truth = dense_truth(16)
    points = simulated(truth, rotations=8, noise=0.016, paired_noise=0.001, **TO_FULL)
    pairs = fit_transfer(points, ["auroc"]).query("coefficient == 'a_ij'")
    expected = np.sqrt(1 / 8) / np.sqrt(1 / 8 + 1)  # noise here is independent between rotations
    assert (pairs.value / pairs.standard_error).std() == pytest.approx(expected, rel=0.3)


def test_order_of_grid_points_does_not_matter():
    points = simulated(dense_truth(4, pair=0.02), noise=0.01)
    table = fit_transfer(points, ["auroc", "aupr"])
    shuffled = fit_transfer(points.sample(frac=1, random_state=1), ["auroc", "aupr"])
    pd.testing.assert_frame_equal(table, shuffled, check_exact=True)


def test_a_task_without_scores_keeps_its_rows_and_reason(tmp_path):
    points = simulated(dense_truth(4, pair=0.02), noise=0.01)
    points.loc[points.task == "T002", "auroc"] = np.nan
    table = fit_transfer(points, ["auroc"])
    lost = table[table.target == "T002"]
    assert len(lost) == 3 * (1 + 1 + 3)
    assert lost.value.isna().all()
    assert lost.status.str.fullmatch("refused: no rotation has a score at every size( in both arms)?").all()
    rest = table[table.target != "T002"]
    assert (rest.status == "ok").all()
    assert "T002" in set(rest.auxiliary)  # it still serves as an auxiliary
    write_table(table, tmp_path / "transfer.parquet", "transfer")
    assert list(pd.read_parquet(tmp_path / "transfer.parquet").columns) == list(SCHEMAS["transfer"].columns)


def test_a_rotation_without_a_score_is_left_out_of_both_arms():
    points = simulated(dense_truth(3, pair=0.02), rotations=3, noise=0.01)
    gone = (points.task == "T000") & (points.rotation == 1)
    one_size = gone & (points.arm == "mtl") & (points["size"] == 5)
    blanked, dropped = points.copy(), points.copy()
    blanked.loc[one_size, "auroc"] = np.nan
    dropped.loc[gone & (points.arm != "stl"), "auroc"] = np.nan
    with_gap, without = (fit_transfer(p, ["auroc"]).query("target == 'T000'") for p in (blanked, dropped))
    pd.testing.assert_frame_equal(with_gap, without)
    assert set(with_gap[with_gap.stage > 1].n_rotations) == {2}


def test_a_stage_needs_the_one_before():
    points = simulated(dense_truth(3), noise=0.001)
    falling = (points.task == "T001") & (points.arm == "stl")
    points.loc[falling, "auroc"] = 0.8 - 0.02 * points["size"]
    table = fit_transfer(points, ["auroc"])
    lost = table[table.target == "T001"]
    assert lost[lost.stage == 1].status.tolist() == ["not identified", "not identified", "ok"]
    assert set(lost[lost.stage > 1].status) == {"refused: stage 1 gives no a_i"}
    assert lost[lost.coefficient == "a_ij"].score_change.notna().all()


@DESIGNS
def test_one_rotation_has_no_error_of_a_difference(design):
    table = fit_transfer(simulated(dense_truth(3), rotations=1, noise=0.005, **design), ["auroc"])
    pairs = table[table.coefficient == "a_ij"]
    assert pairs.value.notna().all()
    assert pairs.score_change.notna().all()
    assert pairs.score_change_se.isna().all()
    assert pairs.standard_error.isna().all() == (design is TO_FULL)


def test_without_raised_tasks_there_are_two_stages():
    table = fit_transfer(simulated(dense_truth(3), arms=("stl", "mtl"), noise=0.01), ["auroc"])
    assert set(table.stage) == {1, 2}


def test_raised_sizes_without_reference_are_refused():
    points = simulated(dense_truth(3), raised=(1,), noise=0.01)
    points = points[(points.arm != "mtl") | (points["size"] > 1)]
    pairs = fit_transfer(points, ["auroc"]).query("stage == 3")
    assert set(pairs.status) == {"refused: no multi-task trainings at the raised sizes"}


def test_an_arm_that_is_missing_is_named():
    points = simulated(dense_truth(2), arms=("mtl",))
    with pytest.raises(DataError, match="recipe main has no stl trainings"):
        fit_transfer(points, ["auroc"])


def test_other_recipes_and_subsets_take_no_part():
    truth = dense_truth(3, pair=0.02)
    points = simulated(truth, noise=0.01)
    mtl = points[points.arm == "mtl"]
    foreign = pd.concat([points.assign(recipe="wide", auroc=0.5), mtl.assign(subset="kinases", auroc=0.5)])
    pd.testing.assert_frame_equal(
        fit_transfer(pd.concat([foreign, points]), ["auroc"]), fit_transfer(points, ["auroc"])
    )


def test_reported_stages_are_the_fast_fits():
    """Stages 1 and 2 pass through lmfit, which may only confirm."""
    points = simulated(dense_truth(6), arms=("stl", "mtl"), noise=0.01)
    table = fit_transfer(points, ["auroc"]).query("stage == 1")
    means = points[points.arm == "stl"].pivot_table(index="task", columns="size", values="auroc").to_numpy()
    counts = points[points.arm == "stl"].pivot_table(index="task", columns="size", values="n_target").to_numpy()
    fast = fit(CurvePoints.of(means, counts / 1000), positive=True, lowest=0.3)
    values = np.stack([fast.a, fast.b, fast.c], axis=1)
    np.testing.assert_allclose(table.value.to_numpy().reshape(-1, 3), values, atol=2e-6)
    np.testing.assert_allclose(table.standard_error.to_numpy().reshape(-1, 3), fast.error, rtol=1e-4)


def test_a_limit_at_its_bound_leaves_no_weight_identified():
    points = simulated(dense_truth(3), noise=0.001)
    own = points.task == "T001"
    steep = own & (points.arm == "stl")
    points.loc[steep, "auroc"] = 1.05 - 0.4 * np.exp(-0.15 * points["size"])  # on its way beyond 1
    table = fit_transfer(points, ["auroc"])
    of_task = table[table.target == "T001"]
    single = of_task[of_task.stage == 1].set_index("coefficient")
    assert single.status.to_dict() == {"a_i": "not identified", "b": "not identified", "c": "at bound"}
    assert np.isfinite(single.value["a_i"])
    # what was fitted with that weight frozen is known only given it
    weights = of_task[of_task.coefficient.isin(["a_iS", "a_ij"])]
    assert set(weights.status) == {"not identified"}
    assert weights.standard_error.isna().all()
    assert set(table[(table.target != "T001") & table.coefficient.eq("a_ij")].status) == {"ok"}

"""The comparison of forms: P1 Table 1's sums, worked out by hand, and its pattern on curves like P1's."""

import numpy as np
import pytest
from curve_studies import dense_truth, simulated
from example_curves import like_p1
from mtlcurves.curves.exponential import lowest_start
from mtlcurves.curves.fitting import fit
from mtlcurves.curves.forms import FORMS
from mtlcurves.curves.points import CurveSet
from mtlcurves.curves.selection import compare_forms, curve_errors, rank_forms
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_table

METRICS = ["auroc", "aupr"]


def curve_set(y, x=None):
    """Mean curves, one a task."""
    y = np.atleast_2d(np.asarray(y, dtype=float))
    n = len(y)
    x = np.broadcast_to(100.0 * np.arange(1, y.shape[1] + 1) if x is None else x, y.shape)
    starts = np.stack([lowest_start(y[:, : m + 1], "auroc") for m in range(y.shape[1])], axis=1)
    return CurveSet(np.arange(n), np.zeros(n, dtype=int), np.ones(n, dtype=bool), x, y, starts)


NINE = np.array([0.60, 0.66, 0.69, 0.72, 0.73, 0.75, 0.752, 0.76, 0.763])


def test_last1_by_hand():
    found = curve_errors("LAST1", curve_set(NINE)).iloc[0]
    steps = np.diff(NINE)
    assert found["l2"] == pytest.approx(((NINE - NINE[-1]) ** 2).sum())
    assert found["l2_beyond_first"] == pytest.approx(((NINE[1:] - NINE[-1]) ** 2).sum())
    assert found["prequential"] == pytest.approx((steps[2:] ** 2).sum())  # m = 3..8
    assert found["prequential_common"] == pytest.approx((steps[4:] ** 2).mean())  # m = 5..8


def one_step_errors(form, ms, x=None):
    curves = curve_set(NINE, x)
    errors = []
    for m in ms:
        fits = fit(
            form, curves.x[:, :m], curves.y[:, :m], lowest_start=curves.lowest_start[:, m - 1], spare_points=0
        )
        errors.append(NINE[m] - fits.predict(curves.x[:, m : m + 1])[0, 0])
    return np.array(errors)


@pytest.mark.parametrize(("form", "first"), [("ILOG2", 3), ("EXP3", 3), ("EXP4", 4), ("MMF4", 4), ("LIN2", 3)])
def test_published_and_common_prequential_errors(form, first):
    found = curve_errors(form, curve_set(NINE)).iloc[0]
    published, common = one_step_errors(form, range(first, 9)), one_step_errors(form, range(5, 9))
    assert found["prequential"] == pytest.approx((published**2).sum())
    assert found["prequential_common"] == pytest.approx((common**2).mean())
    assert found["status"] == ""


def test_lin2_against_polyfit():
    found = curve_errors("LIN2", curve_set(NINE)).iloc[0]
    x = np.arange(1.0, 10.0)
    residuals = NINE - np.polyval(np.polyfit(x, NINE, 1), x)
    assert found["l2"] == pytest.approx((residuals**2).sum())
    ahead = [NINE[m] - np.polyval(np.polyfit(x[:m], NINE[:m], 1), x[m]) for m in range(3, 9)]
    assert found["prequential"] == pytest.approx(np.sum(np.square(ahead)))


def test_a_prediction_uses_no_later_point():
    later = NINE.copy()
    later[8] = 0.2
    before, after = (curve_errors("EXP3", curve_set(y)).iloc[0] for y in (NINE, later))
    # only the prediction of the last point differs: its own error
    own = one_step_errors("EXP3", [8])[0]
    shifted = own + (later[8] - NINE[8])
    assert after["prequential"] - before["prequential"] == pytest.approx(shifted**2 - own**2)


def test_few_sizes_change_the_common_points_and_fall_back_to_last1():
    four = NINE[:4]
    # common m = min(5, 4 - 1)..3: one prediction, of the fourth point
    lin2, exp3, exp4 = (curve_errors(form, curve_set(four)).iloc[0] for form in ("LIN2", "EXP3", "EXP4"))
    x = np.arange(1.0, 5.0)
    ahead = four[3] - np.polyval(np.polyfit(x[:3], four[:3], 1), x[3])
    assert lin2["prequential_common"] == pytest.approx(ahead**2)
    assert lin2["status"] == ""
    last1 = (four[3] - four[2]) ** 2
    assert exp3["prequential_common"] == pytest.approx(last1)
    assert exp3["status"] == "from the first 3 points: 3 points, EXP3 with 3 coefficients needs 4"
    assert exp3["prequential"] == pytest.approx(one_step_errors("EXP3", [3])[0] ** 2)  # interpolates, as published
    assert exp4["l2"] == pytest.approx(((four - four[3]) ** 2).sum())
    assert exp4["status"] == "4 points, EXP4 with 4 coefficients needs 5"
    assert np.isnan(exp4["prequential"])  # its first fit takes all four points


def test_sizes_need_not_be_contiguous():
    x = np.array([100, 150, 400, 420, 700, 800, 1000, 1500, 2500.0])
    found = curve_errors("LOG2", curve_set(NINE, x)).iloc[0]
    ahead = [NINE[m] - np.polyval(np.polyfit(np.log(x[:m]), NINE[:m], 1), np.log(x[m])) for m in range(5, 9)]
    assert found["prequential_common"] == pytest.approx(np.mean(np.square(ahead)))


def test_a_single_size_has_no_prediction():
    found = curve_errors("LAST1", curve_set([[0.7]])).iloc[0]
    assert found["l2"] == 0
    assert np.isnan(found["prequential"])
    assert np.isnan(found["prequential_common"])


def test_the_pattern_of_p1_table_1():
    curves = like_p1(tasks=40, seed=0)
    per_task, mean = {}, {}
    for form in ("ILOG2", "EXP3", "EXP4"):
        errors = curve_errors(form, curves)
        single = errors[~errors["averaged"]]
        per_task[form] = single.groupby("task")[["l2", "prequential"]].sum().mean()
        per_task[form]["common"] = single["prequential_common"].mean()
        mean[form] = errors.loc[errors["averaged"], ["l2", "prequential_common"]].mean()
    ilog2, exp3, exp4 = (per_task[form] for form in ("ILOG2", "EXP3", "EXP4"))
    # in-sample EXP4 is best, and fitting each rotation leaves about noise^2 for each degree of freedom
    assert exp4["l2"] < exp3["l2"] < ilog2["l2"]
    assert mean["EXP4"]["l2"] < mean["EXP3"]["l2"] < mean["ILOG2"]["l2"]
    assert exp3["l2"] == pytest.approx(10 * 6 * 0.018**2, rel=0.1)
    # out of sample it is worst
    assert exp4["prequential"] > 1.2 * max(exp3["prequential"], ilog2["prequential"])
    assert exp4["common"] > 1.2 * max(exp3["common"], ilog2["common"])
    assert mean["EXP4"]["prequential_common"] > mean["EXP3"]["prequential_common"]
    # EXP3 about equal to ILOG2
    assert exp3["prequential"] == pytest.approx(ilog2["prequential"], rel=0.3)
    assert mean["EXP3"]["prequential_common"] == pytest.approx(mean["ILOG2"]["prequential_common"], rel=0.3)


CHOSEN = ["LOG2", "ILOG2", "EXP3", "WBL4", "JANOSCHEK4"]


@pytest.fixture(scope="module")
def compared():
    points = simulated(dense_truth(3), rotations=3, arms=("stl", "mtl"), noise=0.018)
    points.loc[(points["task"] == "T002") & (points["size"] == 3) & (points["rotation"] == 0), "auroc"] = np.nan
    return points, compare_forms(points, METRICS, CHOSEN)


def test_all_17_forms(compared):
    points, _ = compared
    table = compare_forms(points[(points["arm"] == "stl") & (points["rotation"] == 1)], ["aupr"], list(FORMS))
    assert len(table) == 3 * 17 * 2  # tasks, forms, averaged or not
    assert set(table["status"]) == {"ok"}
    assert table[["l2", "l2_beyond_first", "prequential", "prequential_common"]].notna().all(axis=None)


def test_every_curve_of_every_arm(compared, tmp_path):
    _, table = compared
    write_table(table, tmp_path / "forms.parquet", "forms")
    assert len(table) == 2 * 2 * 3 * 6 * 2  # arms, metrics, tasks, forms, averaged or not
    assert set(table["status"]) == {"ok"}
    lost = (table["task"] == "T002") & (table["metric"] == "auroc")
    assert set(table.loc[lost & ~table["averaged"], "n_fits"]) == {2}
    assert set(table.loc[~lost & ~table["averaged"], "n_fits"]) == {3}
    assert set(table.loc[table["averaged"], "n_fits"]) == {1}


def test_rotations_are_summed_as_published(compared):
    points, table = compared
    own = points[(points["arm"] == "mtl") & (points["task"] == "T001")].sort_values("size")
    y = own.pivot(index="rotation", columns="size", values="auroc").to_numpy()
    found = table[(table["arm"] == "mtl") & (table["task"] == "T001") & (table["metric"] == "auroc")]
    found = found[found["form"] == "LAST1"].set_index("averaged")
    assert found.loc[False, "l2"] == pytest.approx(((y - y[:, -1:]) ** 2).sum())
    assert found.loc[False, "prequential"] == pytest.approx((np.diff(y, axis=1)[:, 2:] ** 2).sum())
    assert found.loc[False, "prequential_common"] == pytest.approx((np.diff(y, axis=1)[:, 4:] ** 2).mean())
    assert found.loc[True, "l2"] == pytest.approx(((y.mean(axis=0) - y.mean(axis=0)[-1]) ** 2).sum())


def test_last1_is_always_in_the_race(compared):
    points, _ = compared
    table = compare_forms(points, ["auroc"], ["LIN2"])
    assert set(table["form"]) == {"LAST1", "LIN2"}


def test_processes_do_not_matter(compared):
    points, _ = compared
    chosen = ["EXP3", "LOG2"]
    one, two = (compare_forms(points, METRICS, chosen, processes=n) for n in (1, 2))
    assert one.equals(two)


def test_ranking(compared, tmp_path):
    _, table = compared
    ranking = rank_forms(table)
    write_table(ranking, tmp_path / "form_ranking.csv", "form_ranking")
    assert len(ranking) == 2 * 2 * 6
    for _, group in ranking.groupby(["arm", "metric"]):
        assert group["mean_rank"].is_monotonic_increasing
        assert group["mean_rank"].sum() == pytest.approx(6 * 7 / 2)
        by_form = group.set_index("form")
        # one family, one error, one rank
        assert by_form.loc["WBL4", "mean_rank"] == by_form.loc["JANOSCHEK4", "mean_rank"]
    one = ranking[(ranking["arm"] == "stl") & (ranking["metric"] == "aupr") & (ranking["form"] == "EXP3")].iloc[0]
    own = table[(table["arm"] == "stl") & (table["metric"] == "aupr") & (table["form"] == "EXP3")]
    assert one["n_tasks"] == 3
    assert one["l2"] == pytest.approx(own.loc[~own["averaged"], "l2"].mean())
    assert one["l2_mean"] == pytest.approx(own.loc[own["averaged"], "l2"].mean())
    assert one["prequential"] == pytest.approx(own.loc[~own["averaged"], "prequential"].mean())
    assert one["prequential_common"] == pytest.approx(own.loc[own["averaged"], "prequential_common"].mean())


def test_a_study_without_curves_gives_empty_tables(compared):
    points, _ = compared
    table = compare_forms(points[:0], METRICS, list(FORMS))
    assert list(table.columns) == list(SCHEMAS["forms"].columns)
    assert list(rank_forms(table).columns) == list(SCHEMAS["form_ranking"].columns)

"""Sweeps: correlations with three references, and curves through them that find the published numbers."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.curves.agreement import correlate
from mtlcurves.curves.overlap_forms import FORMS, LINE, fit
from mtlcurves.similarity.degradation import NAME, degrade
from mtlcurves.similarity.degradation_fits import NAME as FITS
from mtlcurves.similarity.degradation_fits import fit_degradation, midpoint_interval
from mtlcurves.similarity.matrices import symmetric
from mtlcurves.tables import write_table

LEVELS = np.arange(100.0, 0, -10)
# P2's table of r at 100, 90, ... 10 % of the labels
PUBLISHED = np.array([0.794, 0.807, 0.720, 0.677, 0.658, 0.696, 0.527, 0.248, 0.221, 0.154])


def test_the_sigmoid_through_the_published_table_is_not_the_published_one():
    found = fit(FORMS["sigmoid"], LEVELS, PUBLISHED)
    assert found.values == pytest.approx([0.563, 0.202, 37.8, 0.172], abs=0.005, rel=0.008)
    assert found.r2 == pytest.approx(0.966, abs=0.002)
    without = fit(FORMS["sigmoid to 0"], LEVELS, PUBLISHED)
    assert without.values == pytest.approx([0.774, 0.0784, 32.9], abs=0.005, rel=0.008)
    assert without.r2 == pytest.approx(0.952, abs=0.002)
    as_printed = FORMS["sigmoid to 0"].curve(LEVELS, np.array([0.82, 0.15, 29.7]))
    errors, total = ((PUBLISHED - as_printed) ** 2).sum(), ((PUBLISHED - PUBLISHED.mean()) ** 2).sum()
    assert 1 - errors / total == pytest.approx(0.767, abs=0.002)


def test_the_hyperbola_that_theory_gives_fits_nearly_as_well_with_two_parameters():
    found = fit(FORMS["hyperbola"], LEVELS, PUBLISHED)
    assert found.r2 == pytest.approx(0.915, abs=0.003)
    assert found.aicc < fit(FORMS["sigmoid"], LEVELS, PUBLISHED).aicc
    # half height where the share is n / (s + n)
    limit, midpoint = found.values
    assert FORMS["hyperbola"].curve(np.array([midpoint]), found.values)[0] == pytest.approx(limit / 2)


@pytest.fixture(scope="module")
def swept(make_tables):
    tables = make_tables()
    views = [f"thinned-{level}" for level in (1.0, 0.8, 0.6, 0.3, 0.1)]
    log = tables.log(views=("full", *views), seeds=(0, 1, 2), noise=0.05)
    correlation = pd.concat([tables.correlation(), tables.correlation(views, seeds=(0, 1, 2))])
    return degrade(log, correlation, tables.overlap())


def test_every_training_of_a_sweep_has_three_references(swept, tmp_path):
    assert len(swept) == 5 * 3 * 3
    assert set(swept["status"]) == {"ok"} and (swept["n_pairs"] == 28).all()
    means = swept[swept["reference"] == "full"].groupby("level")["pearson"].mean()
    assert means[1.0] > means[0.1] + 0.1
    assert swept[swept["level"] == 0.3]["ochiai"].to_numpy() == pytest.approx(0.3)
    write_table(swept, tmp_path / "table.parquet", NAME)


def test_designed_tasks_are_also_set_beside_the_size_of_the_truth(tables):
    log = tables.log(views=("full", "thinned-0.5"), seeds=(0,), noise=0.0)
    correlation = pd.concat([tables.correlation(), tables.correlation(("thinned-0.5",))])
    truth = pd.DataFrame(
        [
            {"auxiliary": a, "target": b, "correlation": -tables.truth[pair]}
            for pair in tables.pairs
            for a, b in (pair, pair[::-1])
        ]
    )
    positive = log.assign(similarity=log["similarity"].abs())
    rows = degrade(positive, correlation, tables.overlap(), truth=truth).set_index("reference")
    assert list(rows.index) == ["full", "own", "heldout", "truth"]
    assert rows.loc["truth", "pearson"] == pytest.approx(1) and rows.loc["truth", "n_pairs"] == 28


def test_tasks_without_a_correlation_take_no_part_in_the_permutations(make_tables):
    tables = make_tables(link=0.6)
    log = tables.log(views=("full", "thinned-0.5"), seeds=(0,))
    correlation = pd.concat([tables.correlation(), tables.correlation(("thinned-0.5",))])
    unknown = correlation["task_a"].isin(tables.tasks[:2])
    correlation.loc[unknown, "pearson"] = np.nan
    swept = degrade(log, correlation, tables.overlap())
    row = swept[swept["reference"] == "full"].iloc[0]
    of_full = correlation[(correlation["view"] == "full") & (correlation["rows"] == "all")]
    own = log[log["view"] == "thinned-0.5"]
    expected = correlate(
        symmetric(own, "similarity", tables.tasks), symmetric(of_full, "pearson", tables.tasks), ranked=False
    )
    assert (row["n_tasks"], row["pearson"], row["p"]) == (6, expected.correlation, expected.p)
    assert 0.01 < row["p"] < 0.99


def test_fits_have_intervals_over_seeds(swept, tmp_path):
    fits = fit_degradation(swept[swept["reference"] == "full"])
    assert len(fits) == 2 * len(FORMS)
    assert (fits["n_seeds"] == 3).all() and (fits["n_levels"] == 5).all()
    curves, lines = fits[fits["form"] != LINE], fits[fits["form"] == LINE]
    assert (curves["midpoint_low"] <= curves["midpoint_high"]).all() and lines["midpoint"].isna().all()
    write_table(fits, tmp_path / "table.parquet", FITS)


def test_intervals_of_the_midpoint_hold_it():
    """Of five seeds; a percentile interval of resampled seeds holds it in 85 % of such sweeps."""
    rng, form, true, held = np.random.default_rng(3), FORMS["hyperbola"], 25.0, []
    x = LEVELS[::2]
    for _ in range(60):
        noise = 0.08 * rng.normal(size=(len(x), 5)) + 0.05 * rng.normal(size=(1, 5))
        scores = form.curve(x, np.array([0.9, true]))[:, None] + noise
        low, high = midpoint_interval(form, x, scores, fit(form, x, scores.mean(axis=1)))
        held.append(low <= true <= high)
    assert np.mean(held) >= 0.9
    assert np.isnan(midpoint_interval(form, x, scores[:, :2], fit(form, x, scores.mean(axis=1)))).all()


def test_a_curve_takes_a_level_more_than_it_has_parameters(swept):
    levels = {5: 0.05, 4: 0.2, 3: 0.5, 2: 0.7}
    drawn = {}
    for n_levels, least in levels.items():
        fits = fit_degradation(swept[swept["level"] > least])
        drawn[n_levels] = set(fits.loc[fits["r2"].notna(), "form"])
        assert fits.loc[fits["r2"].isna(), ["limit", "midpoint", "floor"]].isna().all(axis=None)
    assert drawn == {5: {*FORMS}, 4: {*FORMS} - {"sigmoid"}, 3: {"hyperbola", LINE}, 2: set()}
    assert set(fits.loc[fits["form"] == "sigmoid", "status"]) == {"2 levels; 5 are needed for 4 parameters"}


def test_levels_of_one_overlap_have_no_line_in_the_overlap(make_tables):
    tables = make_tables()
    views = [f"size-{labels}" for labels in (800, 400, 200)]
    log = tables.log(views=("full", *views), seeds=(0, 1, 2))
    correlation = pd.concat([tables.correlation(), tables.correlation(views, seeds=(0, 1, 2))])
    fits = fit_degradation(degrade(log, correlation, tables.overlap(), size_overlap=0.5))
    lines = fits[fits["form"] == LINE]
    assert set(lines["status"]) == {"the overlap is the same at all levels"} and lines["r2"].isna().all()


def test_a_midpoint_without_an_interval_among_the_levels_is_not_located(swept):
    full = swept[swept["reference"] == "full"]
    few = fit_degradation(full[full["seed"] < 2])
    curves = few[few["form"].isin(["sigmoid to 0", "hyperbola"])]
    assert curves["midpoint_low"].isna().all()
    assert curves["status"].str.startswith("midpoint not located, no interval below 3 seeds").all()
    assert not few.loc[few["form"] == LINE, "status"].str.contains("midpoint").any()
    # what is nearly the same at all levels has its half height nowhere among them
    flat = full.assign(pearson=0.5 + 0.01 * (full["seed"] - 1))
    fits = fit_degradation(flat)
    hyperbola = fits[(fits["form"] == "hyperbola") & (fits["statistic"] == "pearson")]["status"].item()
    assert hyperbola.startswith("midpoint not located, its interval leaves the levels")


def test_a_study_without_sweeps_has_no_row(tables):
    assert degrade(tables.log(), tables.correlation(), tables.overlap()).empty
    assert fit_degradation(degrade(tables.log(), tables.correlation(), tables.overlap())).empty

"""Predictions by hand, and what must hold of any of them."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtlcurves.config import Recipe
from mtlcurves.errors import DataError
from mtlcurves.estimate.calibration import Calibration, read_calibration
from mtlcurves.estimate.layout import duration, page, wall_seconds
from mtlcurves.estimate.predict import estimate, most, totals
from mtlcurves.estimate.timed import Trainings, jobs_that_train, training_seconds
from mtlcurves.estimate.trainings import planned_trainings
from mtlcurves.schemas import SCHEMAS
from mtlcurves.study import Study

Counts = Callable[[Study], pd.DataFrame]
RECIPE = Recipe(hidden=8, batch_ratio=0.1)


def test_the_times_of_a_training_by_hand(calibration: Calibration) -> None:
    # 4 epochs scored at 3: first + 3 epochs + 2 scorings; 200 labels lie half-way between what was timed
    at = calibration.cost(RECIPE, "single", [100, 200, 300], epochs=4, scored=3)
    assert at.tolist() == [[2 + 3 + 1, 1.5], [9 - 0.5, 1.5], [4 + 6 + 1, 1.5]]


def test_beyond_what_was_timed_cost_grows_with_the_labels(calibration: Calibration) -> None:
    fewest, most_timed, twice = calibration.cost(RECIPE, "single", [1, 300, 600], 4, 3)[:, 0]
    assert fewest == 6
    assert twice == 2 * most_timed


@given(labels=st.integers(0, 900), epochs=st.integers(1, 300), scored=st.integers(1, 20))
def test_more_of_anything_costs_more(labels: int, epochs: int, scored: int) -> None:
    pace = {"hidden": 8, "batch_ratio": 0.1, "dropout": 0.0, "kind": "single"}
    timings = [
        pace | {"labels": n, "first": (s, 1), "epoch": (s, 0.1), "score": (0.1, 0.1)}
        for n, s in ((50, 1), (100, 2), (400, 5))
    ]
    timed = {"backend": "lazy_adam", "device": "cpu", "cores": 1, "seconds": 1, "job": (0, 1), "memory_mb": 1}
    found = Calibration.model_validate(timed | {"trainings": timings})

    def cost(*what: int) -> float:
        return float(found.cost(RECIPE, "single", [what[0]], *what[1:]).sum())

    here = cost(labels, epochs, scored)
    assert here > 0
    assert cost(labels + 10, epochs, scored) >= here
    assert cost(labels, epochs + 1, scored) > here
    assert cost(labels, epochs, scored + 1) > here


def test_a_pace_that_was_not_timed_is_refused(calibration: Calibration) -> None:
    with pytest.raises(DataError, match=r"no single trainings \(hidden 9, .*but complete \(hidden 8"):
        calibration.cost(Recipe(hidden=9, batch_ratio=0.1), "single", [1], 1, 1)


def test_a_calibration_is_read_back_or_refused(calibration: Calibration, tmp_path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(calibration.model_dump(mode="json")))
    assert read_calibration(path, "lazy_adam") == calibration
    with pytest.raises(DataError, match="calibrates the backend lazy_adam; the study's is gpu"):
        read_calibration(path, "gpu")
    path.write_text('{"backend": "lazy_adam"}')
    with pytest.raises(DataError, match=r"calibration.json: is no calibration \(Field required\)"):
        read_calibration(path, "lazy_adam")
    with pytest.raises(DataError, match="is no calibration"):
        read_calibration(tmp_path / "none.json", "lazy_adam")


def test_every_training_has_its_kind_labels_and_epochs(study_of: Callable[..., Study], counts: Counts) -> None:
    study = study_of()
    table = planned_trainings(study, counts(study))
    assert len(table) == sum(len(bundle.allocations) for bundle in study.bundles)
    main = table[table["recipe"] == "main"]
    assert main.groupby("arm")["kind"].unique().map(set).to_dict() == {
        "stl": {"single"},
        "mtl": {"complete", "group"},
        "augmented": {"complete"},
        "offdiagonal": {"complete"},
    }
    # opsin-A (10 a fold) raised from one fold to five, the others at one: 50 + 20 + 30 + 40, and 4 in rotation 1
    raised = main[(main["arm"] == "augmented") & (main["rotation"] == 1)].iloc[0]
    assert raised["labels"] == 140 + 4
    assert (main["epochs"] == 6).all() and (main["scored"] == 3).all()
    assert table.loc[table["recipe"] == "stl_under_mtl_protocol", "epochs"].unique().tolist() == [9]


@pytest.fixture
def single(study_of: Callable[..., Study]) -> Study:
    """Two tasks alone at one size, two rotations: two jobs of two trainings."""
    grid = {"rotations": 2, "sizes": [1], "stl": {"tasks": ["opsin-A", "opsin-B"]}}
    recipe = {"hidden": 8, "batch_ratio": 0.1, "epochs": {"single": 5}}
    return study_of(grid=grid, recipes={"main": recipe})


NO_ENCODERS = pd.DataFrame({"rule": [], "job": [], "seconds": [], "start": []})


def estimated(study: Study, counts: Counts, calibration: Calibration) -> tuple[pd.DataFrame, Trainings]:
    grid = training_seconds(study, planned_trainings(study, counts(study)), calibration)
    trainings = Trainings(grid, NO_ENCODERS)
    measured = pd.Series({"read_source": 7.0})
    return estimate(study, trainings, calibration, measured, 5_000_000), trainings


def test_an_estimate_by_hand(single: Study, counts: Counts, calibration: Calibration) -> None:
    table, _ = estimated(single, counts, calibration)
    assert list(table.columns) == list(SCHEMAS["estimate"].columns)
    (row,) = table[table["rule"] == "train_bundle"].to_dict("records")
    # labels are fewer than timed: a training takes 2 + 4 x 1 s and 1 s besides; a job starts in 3 s
    assert (row["jobs"], row["trainings"], row["steps"]) == (2, 4, 4 * 5 * 10)
    assert row["training_seconds"] == 4 * 6 + 2 * 0.5
    assert row["core_seconds"] == 4 * 7 + 2 * 3
    assert row["longest_seconds"] == 17
    assert row["gpu_seconds"] == 0
    data = table.set_index("rule")["core_seconds"]
    assert data["read_source"] == 7
    assert np.isnan(data["make_labels"])


def test_a_gpu_is_held_by_training_jobs_alone(study_of, counts: Counts, calibration: Calibration) -> None:
    study = study_of(backend="gpu")
    table, _ = estimated(study, counts, calibration)
    trained = table.loc[table["rule"] == "train_bundle", "core_seconds"].sum()
    assert table["gpu_seconds"].sum() == pytest.approx(trained)
    assert trained > 0


def test_logging_affinities_costs_more_the_oftener(study_of, counts: Counts, calibration: Calibration) -> None:
    def row(**keys: object) -> pd.Series:
        table, _ = estimated(study_of(affinity={"sizes": [1, 5], **keys}), counts, calibration)
        assert table.loc[table["stage"] == "affinity", "rule"].tolist() == ["log_affinity", "gather_affinity"]
        return table.set_index("rule").loc["log_affinity"]

    here = row()
    assert here["jobs"] == 2 * 3
    assert row(every=1)["core_seconds"] > here["core_seconds"]
    assert row(form="exact")["core_seconds"] > row(form="exact", tasks=["opsin-A"])["core_seconds"]
    assert row(rotations=1)["jobs"] == 2


def test_totals_are_in_the_units_of_the_limits(single: Study, counts: Counts, calibration: Calibration) -> None:
    table, _ = estimated(single, counts, calibration)
    found = totals(table)
    assert found["core_hours"] == pytest.approx(table["core_seconds"].sum() / 3600)
    assert found["disk_gb"] == pytest.approx(table["disk_mb"].sum() / 1000)
    assert most(table)["core_hours"].startswith("main stl, ")


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=30), st.integers(1, 40))
def test_more_cores_help_down_to_the_longest_job(jobs: list[float], n: int) -> None:
    here = wall_seconds(jobs, 0.0, 0.0, n)
    assert max(max(jobs), sum(jobs) / n) <= here * (1 + 1e-9)
    assert here <= sum(jobs) / n + max(jobs) + 1e-9
    assert wall_seconds(jobs, 0.0, 0.0, 1) == pytest.approx(sum(jobs))


def test_the_page_says_what_one_asks_first(single: Study, counts: Counts, calibration: Calibration) -> None:
    table, trainings = estimated(single, counts, calibration)
    text = page(single.config, table, jobs_that_train(trainings, calibration), calibration, asked_mb=2000)
    lines = text.splitlines()
    (row,) = [line.split() for line in lines if line.startswith("main: stl")]
    assert row[2:6] == ["2", "4", "200", "0.57"]  # minutes: 34 s
    assert "300 MB found, 2,000 MB asked for" in text
    assert "Without a benchmark, and not in the hours: standardise_molecules" in text
    assert max(map(len, lines)) < 160


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3 s"), (300, "5.0 min"), (10_000, "2.8 h"), (864_000, "10.0 days")]
)
def test_times_in_words(seconds: float, text: str) -> None:
    assert duration(seconds) == text

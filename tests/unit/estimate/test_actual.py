"""What a study took, read off its benchmarks and grid points."""

from pathlib import Path

import pandas as pd
import pytest
from mtlcurves.estimate.actual import NEEDED, beside_estimate, rule_seconds
from mtlcurves.estimate.plan import THREADS
from mtlcurves.schemas import SCHEMAS


def benchmark(path: Path, seconds: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\tmax_rss\n{seconds}\t0:00:00\t100.0\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for split in ("scaffold", "compound"):
        benchmark(tmp_path / f"check_folds-{split}.tsv", 2.0)
    benchmark(tmp_path / "fit_curves.tsv", 4.0)
    benchmark(tmp_path / "fetch_kiba.tsv", 90.0)
    benchmark(tmp_path / "compare_arms.tsv", "NA")
    for rotation, seconds in ((0, 10.0), (1, 3.0)):
        benchmark(tmp_path / f"trainings/main/stl/rotation-{rotation}/replicate-0/bundle-000.tsv", seconds)
    return tmp_path


@pytest.fixture
def points() -> pd.DataFrame:
    """Two trainings a rotation, of two rows each; rotation 1 was killed and went on."""
    rows = [
        ("main", "stl", f"{task}@1", rotation, 0, seconds)
        for rotation, seconds in ((0, 4.0), (1, 6.0))
        for task in "ab"
        for _ in range(2)
    ]
    return pd.DataFrame(rows, columns=["recipe", "arm", "allocation", "rotation", "replicate", "seconds"])


def test_rules_are_summed_over_their_jobs(folder: Path) -> None:
    found = rule_seconds(folder, {"check_folds", "fit_curves", "compare_arms"}).set_index("rule")
    assert found["jobs"].to_dict() == {"check_folds": 2, "fit_curves": 1}
    assert found["core_seconds"].to_dict() == {"check_folds": 4.0, "fit_curves": 4.0}


def test_a_job_of_several_threads_counts_their_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    benchmark(tmp_path / "compare_forms.tsv", 10.0)
    assert THREADS["compare_forms"] == 4
    assert rule_seconds(tmp_path, ["compare_forms"])["core_seconds"].tolist() == [30.0]


def test_a_killed_jobs_trainings_count_in_full(folder: Path, points: pd.DataFrame) -> None:
    table = beside_estimate(points, {}, folder, ["fit_curves"], None)
    assert list(table.columns) == list(SCHEMAS["estimate_and_actual"].columns)
    row = table.set_index("rule").loc["train_bundle"]
    assert (row["jobs"], row["trainings"], row["training_seconds"]) == (2, 4, 20.0)
    assert row["core_seconds"] == 10 + 12  # rotation 1's last attempt took 3 s, its trainings 12 s
    assert pd.isna(row["estimated_core_seconds"]) and pd.isna(row["ratio"])


def test_jobs_with_encoders_are_summed_by_rule(folder: Path) -> None:
    """Rotation 1 of the pairs was killed and went on; a view is checked in a job of its own."""
    for at, seconds in {
        "ecfp/full/rotation-0/seed-0": 10.0,
        "ecfp/thinned-0.5/rotation-0/seed-1": 20.0,
        "ecfp/benefit/rotation-0/seed-0/bundle-000": 5.0,
        "ecfp/benefit/rotation-1/seed-0/bundle-000": 1.0,
        "ecfp/groups/rotation-0/seed-0/alone": 3.0,
    }.items():
        benchmark(folder / f"gradients/{at}.tsv", seconds)
    benchmark(folder / "check_view/thinned-0.5/seed-1.tsv", 2.0)

    def scores(*trainings: tuple[int, int, float]) -> pd.DataFrame:
        rows = [("ecfp", *own, f"id-{i}") for i, own in enumerate(trainings) for _ in range(2)]
        return pd.DataFrame(rows, columns=["encoder", "rotation", "seed", "seconds", "training_id"])

    tables = {
        "train_gradients": scores((0, 0, 8.0), (0, 1, 16.0)),
        "train_benefit": scores((0, 0, 2.0), (0, 0, 2.0), (1, 0, 2.0), (1, 0, 2.0)),
        "train_gradient_groups": scores((0, 0, 1.0)),
    }
    none = pd.DataFrame(columns=NEEDED)
    table = beside_estimate(none, tables, folder, {"check_view", *tables}, None).set_index("rule")
    assert table["jobs"].to_dict() == {"train_gradients": 2, "train_benefit": 2, "train_gradient_groups": 1} | {
        "check_view": 1
    }
    assert table["core_seconds"].to_dict() == {"check_view": 2, "train_gradients": 30, "train_benefit": 5 + 4} | {
        "train_gradient_groups": 3
    }
    assert table.loc["train_benefit", ["trainings", "training_seconds"]].tolist() == [4, 8.0]


def test_ratios_are_estimate_over_actual(folder: Path, points: pd.DataFrame) -> None:
    estimated = pd.DataFrame(
        [
            ("trainings", "train_bundle", "main", "stl", 2, 4, 10.0, 33.0),
            ("curves", "fit_curves", None, None, 1, None, None, 1.0),
            ("figures", "build_report", None, None, 1, None, None, 5.0),
        ],
        columns=["stage", "rule", "recipe", "arm", "jobs", "trainings", "training_seconds", "core_seconds"],
    )
    table = beside_estimate(points, {}, folder, ["fit_curves", "build_report"], estimated).set_index("rule")
    assert table["ratio"].to_dict() == {"train_bundle": 1.5, "fit_curves": 0.25}
    assert table.loc["train_bundle", "training_ratio"] == 0.5
    assert list(table.index) == ["train_bundle", "fit_curves"]

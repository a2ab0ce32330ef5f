"""Two runs of a study are compared table by table: the same bits, within a tolerance, or different."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mtlcurves.archive import Archive, Parts, write_archive
from mtlcurves.compare.__main__ import main
from mtlcurves.compare.comparison import Finding, compare_study, compare_tables

POINTS = pd.DataFrame(
    {
        "task": ["a", "b", None],
        "n": [1, 2, 3],
        "auroc": [0.7, np.nan, 0.9],
        "a": [1e4, 2.0, np.inf],
        "seconds": 1.0,
    }
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "there/new"
    for name in ("tables", "dataset"):
        (root / name).mkdir(parents=True)
    POINTS.to_parquet(root / "tables/points.parquet")
    POINTS.to_csv(root / "tables/points.csv")
    POINTS.to_parquet(root / "dataset/labels.parquet")
    shared = [root / "tables/points.parquet", root / "tables/points.csv"]
    parts = Parts("new", root, shared, [root / "dataset/labels.parquet"], [], [], {}, {})
    write_archive(parts, tmp_path / "new-share.zip")
    return tmp_path / "new-share.zip"


def findings(archive: Path, points: pd.DataFrame, labels: pd.DataFrame = POINTS) -> dict[str, Finding]:
    here = archive.parent / "here/new"
    for name, table in {"tables/points": points, "dataset/labels": labels}.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(here / f"{name}.parquet")
    return {finding.table: finding for finding in compare_study(Archive(archive), here, 0.01)}


def test_another_run_time_is_no_difference(archive: Path) -> None:
    found = findings(archive, POINTS.assign(seconds=9.0))
    assert found == {
        name: Finding(name, "identical", 0.0, "") for name in ("tables/points.parquet", "dataset/labels.parquet")
    }


def test_a_withheld_table_is_told_by_its_digest(archive: Path) -> None:
    found = findings(archive, POINTS, labels=POINTS.assign(n=[1, 2, 4]))["dataset/labels.parquet"]
    assert found.verdict == "different"
    assert "digest" in found.why


def test_a_missing_table_is_different(archive: Path) -> None:
    findings(archive, POINTS)
    (archive.parent / "here/new/tables/points.parquet").unlink()
    found = {f.table: f for f in compare_study(Archive(archive), archive.parent / "here/new", 0.01)}
    assert found["tables/points.parquet"] == Finding(
        "tables/points.parquet", "different", pytest.approx(np.nan, nan_ok=True), "is not there"
    )


@pytest.mark.parametrize(
    ("change", "verdict", "largest", "why"),
    [
        ({"auroc": [0.7 + 1e-9, np.nan, 0.9]}, "within", 1e-9, "auroc"),
        ({"auroc": [0.702, np.nan, 0.9]}, "different", 0.002, "auroc"),
        # a score weighs ten times as much
        ({"auroc": [0.7005, np.nan, 0.9], "a": [1e4, 2.004, np.inf]}, "within", 0.0005, "auroc"),
        ({"a": [1.001e4, 2.0, np.inf]}, "within", 1e-3, "a"),
        ({"a": [1e4, 2.0, -np.inf]}, "different", np.inf, "a"),
        ({"auroc": [0.7, 0.5, 0.9]}, "different", 0.0, "auroc is null on one side in 1 rows"),
        ({"task": ["a", "c", None]}, "different", 0.0, "task in 1 rows"),
        ({"task": ["a", "b", "None"]}, "different", 0.0, "task in 1 rows"),
        ({"n": [1, 2, 4]}, "different", 0.0, "n in 1 rows"),
    ],
)
def test_differences_are_measured_and_placed(
    change: dict[str, list[object]], verdict: str, largest: float, why: str
) -> None:
    found = compare_tables(POINTS, POINTS.assign(**change), 0.01)
    assert found == (verdict, pytest.approx(largest), why)


def test_tables_of_another_shape_are_different() -> None:
    assert compare_tables(POINTS, POINTS[:2], 0.01)[::2] == ("different", "3 rows there, 2 here")
    assert compare_tables(POINTS, POINTS.drop(columns="n"), 0.01)[::2] == ("different", "columns n")


def run(archive: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> object:
    here = str(archive.parent / "here/new")
    monkeypatch.setattr("sys.argv", ["compare", str(archive), here, *options])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code


def test_the_command_prints_a_line_per_table_and_fails_on_a_difference(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings(archive, POINTS.assign(auroc=[0.704, np.nan, 0.9]))
    assert run(archive, monkeypatch) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["dataset/labels.parquet", "identical bits"]
    assert lines[1] == ["tables/points.parquet", "within tolerance  4.0e-03 auroc"]
    assert " ".join(lines[2]) == "1 identical bits, 1 within tolerance, 0 different"
    assert run(archive, monkeypatch, "--tolerance", "0.001") == 1
    assert "DIFFERENT" in capsys.readouterr().out


def test_the_command_refuses_what_is_no_archive(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write_bytes(b"")
    assert str(run(archive, monkeypatch)).startswith("error: ")

"""What takes too long for every run of the tests; `make verify` runs it and writes docs/verification.md."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.verify


@pytest.fixture(scope="module")
def kiba(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """Folder with the configuration of the KIBA study, its data found."""
    folder = tmp_path_factory.mktemp("kiba")
    config = yaml.safe_load((ROOT / "config/studies/kiba244.yaml").read_text())
    config |= {"data_dir": str(shared_data.resolve()), "tasks": str(ROOT / config["tasks"])}
    (folder / "study.yaml").write_text(yaml.safe_dump(config))
    return folder


def snakemake(folder: Path, *arguments: str) -> float:
    """Run Snakemake as a user does; the seconds it took."""
    given = ["--snakefile", str(ROOT / "Snakefile"), "--configfile", "study.yaml"]
    command = [sys.executable, "-m", "snakemake", *given, *arguments]
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return time.monotonic() - start


def test_kiba_is_prepared_as_counted_elsewhere(kiba: Path, record: Callable[..., None]) -> None:
    seconds = snakemake(kiba, "--cores", "all", "dataset")
    card = json.loads((kiba / "results/kiba244/dataset/card.json").read_text())
    found = {
        "compounds": card["compounds"]["compounds"],
        "tasks": len(card["tasks"]),
        "active labels": card["labels"]["active_labels"],
        "inactive labels": card["labels"]["inactive_labels"],
    }
    expected = {"compounds": 43_326, "tasks": 241, "active labels": 69_831, "inactive labels": 144_792}
    close = {name: abs(found[name] - n) <= 0.002 * n for name, n in expected.items()}
    for name, n in expected.items():
        record(f"KIBA: {name}", f"{n:,} within 0.2 %", f"{found[name]:,}", seconds, close[name])
    assert all(close.values()), found


@pytest.mark.parametrize("name", ["config", "kiba_cut"])
def test_an_estimate_is_within_a_factor_of_one_and_a_half(
    name: str, tmp_path: Path, shared_data: Path, record: Callable[..., None]
) -> None:
    """A real study's estimate against what it took; on a machine that does other things too it takes longer."""
    config = default_study() if name == "config" else kiba_cut(shared_data)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(config))
    snakemake(tmp_path, "--cores", "all", "estimate")
    seconds = snakemake(tmp_path, "--cores", "all")
    table = pd.read_parquet(tmp_path / f"results/{config['study']}/tables/estimate_and_actual.parquet")
    holds = []
    for column in ("training_seconds", "core_seconds"):
        actual, estimated = table.dropna(subset=f"estimated_{column}")[[column, f"estimated_{column}"]].sum()
        holds.append(1 / 1.5 <= estimated / actual <= 1.5)
        found = f"{actual:,.0f} s, {estimated:,.0f} s estimated"
        record(f"estimate of {config['study']}: {column}", "within a factor of 1.5", found, seconds, holds[-1])
    assert all(holds), table.to_string()


def default_study() -> dict[str, Any]:
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return config | {"tasks": str(ROOT / config["tasks"])}


def kiba_cut(folder: Path) -> dict[str, Any]:
    """The published network on every twelfth task of KIBA, with fewer sizes, rotations and epochs."""
    config = yaml.safe_load((ROOT / "config/studies/kiba244.yaml").read_text())
    tasks = pd.read_csv(ROOT / config["tasks"])["task"].tolist()[::12]
    augmented = {"auxiliaries": tasks[:4], "sizes": [1], "raise_by": 1}
    epochs = {"single": 40, "group": 100, "complete": 30}
    main = config["recipes"]["main"] | {"epochs": epochs, "score_epochs": [10, 20]}
    return config | {
        "study": "kiba_cut",
        "data_dir": str(folder.resolve()),
        "tasks": tasks,
        "grid": {"sizes": [1, 5, 9], "rotations": 2, "stl": {}, "mtl": {}, "augmented": augmented},
        "recipes": {"main": main, "compound_folds": {"arms": ["mtl"], "split": "compound"}},
        "bundles": {"stl_tasks": 10, "augmented_auxiliaries": 2},
    }

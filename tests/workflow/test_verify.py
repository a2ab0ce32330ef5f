"""What takes too long for every run of the tests; `make verify` runs it and writes docs/verification.md."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        str(ROOT / "Snakefile"),
        "--configfile",
        "study.yaml",
    ]
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

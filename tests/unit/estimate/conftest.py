"""A calibration with round numbers, and a small study."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from mtlcurves.estimate.calibration import Calibration, Timing
from mtlcurves.study import Study

ROOT = Path(__file__).parents[3]


@pytest.fixture
def calibration() -> Calibration:
    """First epoch, further epoch and further scoring: in seconds, of a training and of its job besides."""
    pace = {"hidden": 8, "batch_ratio": 0.1, "dropout": 0.0}
    timings = [
        Timing(kind=kind, labels=labels, **pace, first=(2 * s, 1.0), epoch=(s, 0.0), score=(0.5, 0.25))
        for kind in ("single", "group", "complete")
        for labels, s in ((100, 1.0), (300, 2.0))
    ]
    return Calibration(
        backend="lazy_adam", device="cpu", cores=1, seconds=9, job=(0.5, 2.5), memory_mb=300, trainings=timings
    )


@pytest.fixture
def study_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Study]:
    """The tiny study with some of its sections changed."""
    monkeypatch.chdir(ROOT)
    config: dict[str, Any] = yaml.safe_load(Path("tests/data/tiny.yaml").read_text())
    return lambda **changed: Study(config | changed)


@pytest.fixture
def counts() -> Callable[[Study], pd.DataFrame]:
    """Table label_counts: 10 labels a fold of the first task, 20 of the second ..., more in later rotations."""

    def table(study: Study) -> pd.DataFrame:
        rows = [
            (split, rotation, folds, task, (folds or 1) * 10 * (place + 1) + rotation, 0)
            for split in ("scaffold", "compound")
            for rotation in range(study.config.folds.count)
            for folds in range(study.config.folds.count)
            for place, task in enumerate(study.tasks)
        ]
        return pd.DataFrame(rows, columns=["split", "rotation", "folds", "task", "n", "n_active"])

    return table

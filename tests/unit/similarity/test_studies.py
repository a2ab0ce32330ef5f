"""The studies of gradients, from cuts of their real tables: read, labelled, and told what tasks share."""

import os
from pathlib import Path

import numpy as np
import pytest
import yaml
from mtlcurves.config import Config
from mtlcurves.data.labels import has_classes, make_labels
from mtlcurves.data.locations import source_files
from mtlcurves.data.molecules import standardise
from mtlcurves.data.sources import read_source
from mtlcurves.similarity.overlap import overlap_table
from mtlcurves.task_info import read_tasks

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("MTLCURVES_DATA") or ROOT / "shared/data")
MOLECULES = 200


@pytest.mark.parametrize(
    ("name", "n_tasks", "classes"),
    [("tox21", 12, True), ("sider", 27, True), ("qm9", 12, False), ("kinase", 18, False), ("jak", 4, False)],
)
def test_a_cut_of_a_study(name: str, n_tasks: int, classes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    given = yaml.safe_load((ROOT / f"config/studies/{name}.yaml").read_text())
    config = Config.model_validate(given | {"data_dir": str(FOLDER)})
    files = source_files(config)
    if missing := [file for file in files if not Path(file).is_file()]:
        pytest.skip(f"no {Path(missing[0]).name} in {FOLDER}; MTLCURVES_DATA names its folder")
    tasks = [info.task for info in read_tasks(config.tasks)]
    values, _ = read_source(config.source.model_dump(), files)
    assert len(tasks) == n_tasks and set(tasks) <= set(values["task"])
    values = values[values["task"].isin(tasks)]
    cut = values[values["smiles"].isin(values["smiles"].unique()[:MOLECULES])]
    molecules, _ = standardise(cut["smiles"].unique().tolist(), config.molecules.standardise, 100, 1)
    settings = config.labels.model_copy(update={"min_labels": 1})
    labels, _ = make_labels(cut, molecules, settings, None)
    assert has_classes(labels) == classes and labels["value"].notna().all()
    found = sorted(labels["task"].unique(), key=tasks.index)
    assert config.gradients is not None
    pairs = overlap_table(labels, found, config.gradients, config.folds.count)
    assert len(pairs) == len(found) * (len(found) - 1) // 2 and np.isfinite(pairs["ochiai"]).all()
    if name in ("sider", "qm9"):  # no label is missing, but those of salts that disagree
        assert (pairs["jaccard"] > 0.97).all()

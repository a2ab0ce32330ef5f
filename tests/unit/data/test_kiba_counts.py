"""The KIBA tables give the data set they are known to give."""

import os
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from mtlcurves.config import Labels, Molecules
from mtlcurves.data.fingerprints import compute_fingerprints
from mtlcurves.data.labels import make_labels
from mtlcurves.data.locations import KIBA_FILES
from mtlcurves.data.molecules import standardise_values
from mtlcurves.data.scaffolds import assign_scaffolds
from mtlcurves.data.sources import read_source

WORKERS = os.cpu_count() or 1
AS_PUBLISHED = Molecules(standardise="canonical")
LABELS = Labels(threshold=3.0, active="below", merge="median", min_labels=100, one_class="keep")


@pytest.fixture(scope="module")
def kiba(shared_data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_source({"kind": "kiba"}, [str(shared_data / name) for name in KIBA_FILES])


def test_source_counts(kiba) -> None:
    values, rejected = kiba
    assert len(values) == 228_744
    reasons = Counter(rejected["reason"].str.split(":").str[0])
    assert sorted(reasons.values()) == [1, 8_223]  # the cell #NAME?, and compounds without a structure


def test_compounds_tasks_and_labels_of_the_whole(kiba) -> None:
    values, _ = kiba
    molecules, rejected = standardise_values(values, set(values["task"]), AS_PUBLISHED, WORKERS)
    assert set(rejected["reason"]) == {"more than 100 heavy atoms"}
    labels, _ = make_labels(values, molecules, LABELS, None)
    n = labels["task"].value_counts()
    tasks = n[n >= 100].index.tolist()
    labels, _ = make_labels(values, molecules, LABELS, tasks)
    assert len(tasks) == 241
    assert labels["smiles"].nunique() == pytest.approx(43_326, rel=0.002)
    assert labels["label"].sum() == pytest.approx(69_831, rel=0.002)
    assert (labels["label"] == 0).sum() == pytest.approx(144_792, rel=0.002)
    study = pd.read_csv(Path(__file__).parents[3] / "config/tasks/kiba244.csv")
    assert set(study["task"]) == set(tasks)


def test_scaffolds_and_fingerprints_of_a_part(kiba) -> None:
    values, _ = kiba
    part = values[values["compound"].str.endswith("77")]
    molecules, _ = standardise_values(part, set(part["task"]), AS_PUBLISHED, WORKERS)
    compounds = sorted(set(molecules["canonical_smiles"]))
    scaffolds = assign_scaffolds(compounds, WORKERS)
    fingerprints = compute_fingerprints(compounds, 3, 32_000, WORKERS)
    assert len(compounds) == pytest.approx(450, rel=0.01)
    assert scaffolds["murcko"].nunique() == pytest.approx(421, rel=0.01)
    assert scaffolds["scaffold"].nunique() == pytest.approx(369, rel=0.01)
    assert 65 < fingerprints.nnz / len(compounds) < 80

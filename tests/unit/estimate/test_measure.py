"""Real trainings, timed: which are chosen, and that their times add up."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from mtlcurves.config import Epochs, Recipe
from mtlcurves.data.dataset import Dataset
from mtlcurves.estimate.calibration import Calibration
from mtlcurves.estimate.measure import POINTS, TOGETHER, Case, cases_of
from mtlcurves.estimate.processes import in_a_process, seconds_of, waited
from mtlcurves.estimate.trainings import planned_trainings
from mtlcurves.grid.allocations import single_task
from mtlcurves.grid.bundles import Bundle
from mtlcurves.study import Study

FOLDS = 5
TASKS = [f"t{i}" for i in range(8)]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Random compounds, all labelled in every task."""
    rng = np.random.default_rng(0)
    n = 400
    prints = scipy.sparse.csr_array((rng.random((n, 256)) < 0.1).astype(np.uint8))
    prints.indices, prints.indptr = prints.indices.astype(np.int32), prints.indptr.astype(np.int32)
    compounds = np.arange(n, dtype=np.int32)
    return Dataset(
        smiles=compounds.astype(str).astype(object),
        keys=np.sort(rng.integers(0, 2**63, n, dtype=np.uint64)),
        folds={split: rng.integers(0, FOLDS, n).astype(np.int8) for split in ("scaffold", "compound")},
        fingerprints=prints,
        tasks=TASKS,
        labels={task: (compounds, rng.integers(0, 2, n).astype(np.int8)) for task in TASKS},
        digests=dict.fromkeys(TASKS, ""),
    )


@pytest.fixture
def case() -> Case:
    """Eight small single-task trainings."""
    members = list(single_task(TASKS, [2]))
    recipe = Recipe(hidden=16, epochs=Epochs(single=30), score_epochs=[5, 10])
    bundle = Bundle("main", "stl", 0, 0, "bundle-000", members)
    return Case("single", (160,) * len(members), 30, 3, bundle, recipe, "reference", FOLDS)


def test_fewest_some_and_most_labels_of_each_kind_are_chosen(
    study_of: Callable[..., Study], counts: Callable[[Study], pd.DataFrame]
) -> None:
    study = study_of()
    trainings = planned_trainings(study, counts(study))
    cases = cases_of(study, trainings)
    # the controls have main's network, so their trainings are timed with main's
    assert [case.kind for case in cases].count("single") == POINTS
    for kind, own in trainings.groupby("kind"):
        timed = [case.labels[0] for case in cases if case.kind == kind]
        assert (min(timed), max(timed)) == (own["labels"].min(), own["labels"].max())
    assert max(case.epochs for case in cases if case.kind == "single") == 9
    wider = study_of(recipes={"main": {"hidden": 8}, "wide": {"hidden": 16}})
    assert len(cases_of(wider, planned_trainings(wider, counts(wider)))) == 2 * len(cases)


def test_a_timed_training_predicts_itself(case: Case, dataset: Dataset) -> None:
    timing = case.time(dataset)
    assert timing.labels == 160
    assert all(pair[0] > 0 for pair in (timing.first, timing.epoch))
    assert min(*timing.first, *timing.epoch, *timing.score) >= 0
    found = Calibration(
        backend="reference", device="", cores=1, seconds=0, job=(0, 0), memory_mb=0, trainings=(timing,)
    )
    predicted = found.cost(case.recipe, "single", [160], 30, 3)[0]
    # a wide bar: this must hold on a machine that does other things too
    assert predicted.sum() == pytest.approx(case.first(TOGETHER).run(dataset, 30, [5, 10]).sum(), rel=3)


def test_trainings_too_long_to_share_a_job_are_timed_alone(
    case: Case, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []
    monkeypatch.setattr(Case, "run", lambda self, *_: ran.append(len(self.labels)) or np.array([5.0, 1.0]))
    case.time(dataset)
    assert set(ran) == {1}
    ran.clear()
    monkeypatch.setattr(Case, "run", lambda self, *_: ran.append(len(self.labels)) or np.array([0.01, 0.01]))
    case.time(dataset)
    assert ran[0] == 1 and set(ran[1:]) == {TOGETHER}


def test_time_without_a_core_is_not_counted_as_work() -> None:
    before, start = waited(), time.perf_counter()
    while time.perf_counter() - start < 0.05:
        pass
    assert 0 <= waited() - before <= time.perf_counter() - start
    start = time.perf_counter()
    assert 0 < seconds_of(lambda: (sum(range(300_000)), time.sleep(0.05))) <= time.perf_counter() - start - 0.05


def test_a_process_of_its_own_returns_what_its_function_does() -> None:
    assert in_a_process(divmod, 7, 2) == (3, 1)

"""What designs detect, against simulation and against formulas known for them."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from mtlcurves.errors import DataError
from mtlcurves.power.candidates import candidates, own_design
from mtlcurves.power.noise import measured_noise
from mtlcurves.power.page import page
from mtlcurves.power.precision import Assumptions, detectable, power_table, unit_variance
from mtlcurves.study import Study

ROOT = Path(__file__).parents[3]
TASKS = [f"T{i}" for i in range(7)]
GIVEN = Assumptions(noise=0.018, gap=0.3, own_closes=0.7, wanted_error=0.003, level=0.05, rounds=5, full=9)


@pytest.fixture(scope="module")
def designs():
    return candidates(TASKS, 9)


@pytest.fixture(scope="module")
def table(designs) -> pd.DataFrame:
    return power_table(designs, TASKS, GIVEN).set_index("design")


def fitted(members, target, weights, rng) -> np.ndarray:
    """Simulate one task's scores in every round and estimate the others' weights.

    A level for each size, with the task raised or not, and each round; where it is, less of the gap is left.
    """
    size = np.array([a.size for a in members])
    extra = np.array([[a.folds[task] for task in TASKS] for a in members]) - size[:, None]
    level = 0.9 - GIVEN.gap + 0.01 * size[:, None] + 0.022 * rng.normal(size=(1, GIVEN.rounds))
    own, extra = extra[:, [target]], np.delete(extra, target, axis=1)
    left = (1 - GIVEN.own_closes) ** (own / 8)
    gain = GIVEN.gap * (1 - left[:, 0] * np.exp(-extra @ weights))
    scores = level + gain[:, None] + GIVEN.noise * rng.normal(size=(len(members), GIVEN.rounds))
    kind = 2 * size + (own[:, 0] != 0)
    levels = (kind[:, None] == np.unique(kind)).astype(float)
    found = np.linalg.lstsq(np.hstack([left * extra, levels]), scores, rcond=None)[0][: len(TASKS) - 1]
    return found.mean(axis=1) / GIVEN.gap


def test_errors_are_those_of_simulated_estimates(designs, table):
    rng = np.random.default_rng(2)
    weights = 1e-3 * rng.normal(size=len(TASKS) - 1)
    for name, members in designs.items():
        if table.loc[name, "status"] == "ok":
            targets = np.tile(np.arange(len(TASKS)), 60)
            errors = np.array([fitted(members, target, weights, rng) - weights for target in targets])
            spread = float(np.sqrt((errors**2).mean()))
            assert spread == pytest.approx(table.loc[name, "standard_error"], rel=0.06), name


def test_a_detectable_effect_is_detected_eight_times_of_ten():
    rng = np.random.default_rng(0)
    z = (detectable(1.0, 0.01) + rng.normal(size=100_000)) / 1.0
    assert (np.abs(z) > 2.5758).mean() == pytest.approx(0.8, abs=0.01)


def test_hadamard_errors_follow_from_the_order_alone():
    for n_tasks, order in ((7, 8), (31, 32)):
        tasks = [f"T{i}" for i in range(n_tasks)]
        found = candidates(tasks, 9)
        weighing, single = found["weighing (hadamard), 1 to 9"], found["one at a time, 1 to 9"]
        assert unit_variance(weighing, tasks, 9) == pytest.approx(4 / (order * 8**2))
        assert unit_variance(single, tasks, 9) == pytest.approx(2 / 8**2)
        assert len(weighing) == order and len(single) == n_tasks + 1


def test_trainings_are_counted_with_their_reference_points(table):
    published = table.loc["one at a time by one fold, sizes 1 to 8"]
    assert published["trainings_per_rotation"] == 7 * 8 + 8
    assert published["trainings"] == 5 * 64
    # 8 trainings of each size f: 7 f folds, and in seven of them one more
    assert published["full_trainings"] == pytest.approx(5 * (8 * 7 * sum(range(1, 9)) + 7 * 8) / (7 * 9))


def test_the_cheapest_design_reaches_the_wanted_error(designs, table):
    assert table.index[table["cheapest"]].tolist() == ["one at a time, 1 to 9"]
    for name, row in table[table["status"] == "ok"].iterrows():
        rounds = int(row["wanted_rounds"])
        reached, with_one_less = row["standard_error"] * np.sqrt(GIVEN.rounds / np.array([rounds, rounds - 1]))
        assert reached <= GIVEN.wanted_error * (1 + 1e-9)
        assert with_one_less > GIVEN.wanted_error or rounds == 2
        assert row["wanted_trainings"] == rounds * len(designs[name])


def test_fewer_rows_than_tasks_are_not_identified(table):
    few = table.loc["4 random halves, 1 to 9"]
    assert few["status"].startswith("not identified")
    assert pd.isna(few["standard_error"]) and pd.isna(few["wanted_trainings"])
    assert few["trainings"] == 25


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return yaml.safe_load(Path("tests/data/tiny.yaml").read_text())


def test_a_studys_own_design_has_its_reference_points(config):
    assert [a.id for a in own_design(Study(config))] == [
        *("all@1", "all@3", "all@1+opsin-A@5", "all@1+opsin-B@5", "all@1+kinase-Y@5"),
        *("all@3+opsin-A@1", "all@3+opsin-A@5"),
    ]
    config["grid"]["shuffled"] = {"sizes": [2]}
    assert len(own_design(Study(config))) == 7
    config["recipes"]["main"]["arms"] = ["stl", "mtl"]
    assert own_design(Study(config)) == []


def test_the_page_has_a_line_for_every_design(designs, table):
    text = page("mine", table.reset_index(), len(TASKS), GIVEN, "assumed")
    assert max(map(len, text.splitlines())) <= 120
    assert all(text.count(f"\n{name} ") == 2 for name in designs if "random" not in name)
    assert "tells no task's effect" in text
    assert text.endswith("Cheapest, by labels trained on: one at a time, 1 to 9.\n")


def noisy_points(n_allocations: int, n_rotations: int, sd: float, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    names = [f"all@1+T{i}@9" for i in range(n_allocations)]
    rows = itertools.product(names, range(n_rotations), TASKS)
    points = pd.DataFrame(rows, columns=["allocation", "rotation", "task"])
    points = points.assign(recipe="main", labels="full", subset="all", size=1, replicate=0, last_epoch=True)
    effect = points["allocation"].map(dict(zip(names, 0.1 * rng.normal(size=n_allocations), strict=True)))
    shared = points["rotation"].map(dict(enumerate(0.1 * rng.normal(size=n_rotations))))
    return points.assign(auroc=0.7 + effect + shared + sd * rng.normal(size=len(points)))


def test_noise_is_measured_apart_from_effects_and_rotations(tmp_path):
    points = noisy_points(12, 6, 0.01)
    points.loc[points["rotation"] == 3, "auroc"] = np.nan
    shuffled = points.assign(labels="shuffled", auroc=np.random.default_rng(1).random(len(points)))
    path = tmp_path / "grid_points.parquet"
    pd.concat([points, shuffled]).to_parquet(path)
    assert measured_noise(path) == pytest.approx(0.01, rel=0.1)


@pytest.mark.parametrize(("allocations", "rotations"), [(1, 6), (6, 1)])
def test_noise_that_cannot_be_measured_is_refused(tmp_path, allocations, rotations):
    path = tmp_path / "grid_points.parquet"
    noisy_points(allocations, rotations, 0.01).to_parquet(path)
    with pytest.raises(DataError, match=r"power\.noise: .*grid_points\.parquet has no trainings"):
        measured_noise(path)


def test_folding_over_pays_where_own_labels_close_the_gap():
    tasks = [f"T{i}" for i in range(10)]
    found = candidates(tasks, 9)
    once, twice = (
        found[name] for name in ("weighing (hadamard), 1 to 9", "weighing (hadamard), folded over, 1 to 9")
    )
    assert len(twice) == 2 * len(once) - 1  # but for the reference point
    # as the number of trainings has it where no own label closes anything; far more where they do
    even, uneven = ([unit_variance(design, tasks, 9, closes) for design in (once, twice)] for closes in (0.0, 0.7))
    assert even[0] / even[1] == pytest.approx(2, rel=0.25)
    assert uneven[0] / uneven[1] > 4

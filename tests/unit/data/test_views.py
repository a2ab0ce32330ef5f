"""Label views: what each keeps, by how much tasks overlap in it, and that draws depend on names alone."""

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mtlcurves.data.folds import compound_keys
from mtlcurves.data.shared_core import Wanted, core_and_blocks, feasible_labels
from mtlcurves.data.views import check_sweeps, view_labels
from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import Gradients

TASKS = ["one", "two", "three", "four"]


def gradients(n: int = 40, overlap: float = 0.5) -> Gradients:
    sweeps = {
        "thinned": {},
        "masked": {},
        "core": {"labels": n},
        "size": {"levels": [n], "overlap": overlap},
        "blocks": {"labels": n},
    }
    return Gradients.model_validate({"sweeps": sweeps})


def data(n_compounds: int, missing: float = 0.0, tasks: list[str] = TASKS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels with some missing, and compounds, four to a scaffold."""
    draw = np.random.default_rng(n_compounds)
    smiles = sorted(f"C{number}" for number in range(n_compounds))
    compounds = pd.DataFrame({"smiles": smiles, "key": compound_keys(smiles)})
    compounds["scaffold"] = [f"S{number // 4}" for number in range(n_compounds)]
    labels = pd.MultiIndex.from_product([smiles, sorted(tasks)], names=["smiles", "task"]).to_frame(index=False)
    labels["value"] = draw.normal(size=len(labels))
    labels["n_values"] = np.int32(1)
    labels["label"] = (labels["value"] > 0).astype("int8")
    return labels[draw.random(len(labels)) >= missing].reset_index(drop=True), compounds


def held(labels: pd.DataFrame) -> dict[str, set[str]]:
    """Compounds of each task."""
    return {str(task): set(rows["smiles"]) for task, rows in labels.groupby("task")}


def jaccards(labels: pd.DataFrame) -> list[float]:
    return [len(a & b) / len(a | b) for a, b in combinations(held(labels).values(), 2)]


def test_full_has_all_labels_in_order() -> None:
    labels, compounds = data(50, missing=0.3)
    shuffled = labels.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(view_labels(shuffled, compounds, "full", 0, gradients()), labels)


def test_shuffled_labels_stay_with_their_task_and_its_compounds() -> None:
    labels, compounds = data(300, missing=0.3)
    view = view_labels(labels, compounds, "shuffled-1", 0, gradients())
    assert view[["smiles", "task"]].equals(labels[["smiles", "task"]])
    assert (view["label"] == (view["value"] > 0)).all()
    for task in TASKS:
        of = view["task"] == task
        assert sorted(view.loc[of, "value"]) == sorted(labels.loc[of, "value"])
        assert abs(np.corrcoef(view.loc[of, "value"], labels.loc[of, "value"])[0, 1]) < 0.25
    assert not view.equals(view_labels(labels, compounds, "shuffled-2", 0, gradients()))


@pytest.mark.parametrize("share", [0.7, 0.5, 0.3, 0.1])
def test_thinned_tasks_overlap_as_independent_draws_do(share: float) -> None:
    labels, compounds = data(6000)
    view = view_labels(labels, compounds, f"thinned-{share:g}", 3, gradients())
    assert (view.groupby("task").size() == round(share * 6000)).all()
    assert np.mean(jaccards(view)) == pytest.approx(share / (2 - share), abs=0.01)


def test_thinned_levels_are_nested() -> None:
    labels, compounds = data(400, missing=0.2)
    views = [view_labels(labels, compounds, f"thinned-{p}", 1, gradients()) for p in ("0.2", "0.5", "1")]
    masked = [view_labels(labels, compounds, view, 1, gradients()) for view in ("masked-0.2", "masked")]
    assert masked[0].equals(views[0]) and masked[1].equals(views[2])
    for less, more in zip(views, views[1:], strict=False):
        kept = held(more)
        assert all(compounds_of < kept[task] for task, compounds_of in held(less).items())
    assert views[-1].equals(labels)


def core_of(n: int, overlap: float | str) -> int:
    """Compounds that all tasks share; an overlap that is a level is what its name says, to six digits."""
    return round(2 * n * float(overlap) / (1 + float(overlap)))


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(5, 80),
    overlap=st.floats(0, 1),
    arm=st.sampled_from(["core", "size"]),
    missing=st.sampled_from([0.0, 0.25]),
    seed=st.integers(0, 3),
)
def test_a_core_and_blocks_have_the_overlap_asked_for(
    n: int, overlap: float, arm: str, missing: float, seed: int
) -> None:
    labels, compounds = data(500, missing)
    level = f"{overlap:g}" if arm == "core" else n
    view = view_labels(labels, compounds, f"{arm}-{level}", seed, gradients(n, overlap))
    assert (view.groupby("task").size() == n).all()
    core = core_of(n, f"{overlap:g}" if arm == "core" else overlap)
    assert jaccards(view) == pytest.approx([core / (2 * n - core)] * 6)
    assert view["smiles"].nunique() == len(TASKS) * (n - core) + core
    pairs = set(map(tuple, view[["smiles", "task"]].to_numpy()))
    assert pairs <= set(map(tuple, labels[["smiles", "task"]].to_numpy()))


@settings(deadline=None, max_examples=20)
@given(n=st.integers(5, 60), overlap=st.floats(0, 1), seed=st.integers(0, 3))
def test_blocks_share_no_scaffold(n: int, overlap: float, seed: int) -> None:
    labels, compounds = data(600, missing=0.1)
    view = view_labels(labels, compounds, f"blocks-{overlap:g}", seed, gradients(n))
    core = core_of(n, f"{overlap:g}")
    assert (view.groupby("task").size() == n).all()
    assert jaccards(view) == pytest.approx([core / (2 * n - core)] * 6)
    view = view.merge(compounds, on="smiles")
    shared = view.groupby("smiles")["task"].transform("size") == len(TASKS)
    owners = view[~shared].groupby("scaffold")["task"].nunique()
    assert (owners == 1).all() if core < n else owners.empty
    assert set(view.loc[shared, "scaffold"]).isdisjoint(view.loc[~shared, "scaffold"])


@pytest.mark.parametrize("view", ["thinned-0.4", "core-0.3", "size-40", "blocks-0.3", "shuffled-1"])
def test_draws_depend_on_names_and_seed_alone(view: str) -> None:
    labels, compounds = data(500, missing=0.2)
    drawn = view_labels(labels, compounds, view, 5, gradients())
    mixed = labels.sample(frac=1, random_state=0), compounds.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(view_labels(*mixed, view, 5, gradients()), drawn)
    assert view.startswith("shuffled") == drawn.equals(view_labels(labels, compounds, view, 6, gradients()))


def test_a_smaller_core_is_part_of_a_larger_one() -> None:
    labels, compounds = data(500, missing=0.2)
    cores = [
        set.intersection(*held(view_labels(labels, compounds, f"core-{j}", 0, gradients())).values())
        for j in (0.2, 0.5, 1)
    ]
    assert cores[0] < cores[1] < cores[2]


def test_compounds_change_hands_until_every_task_has_its_block() -> None:
    """The first task would take what the second needs, were it not for what it could have instead."""
    labels, compounds = data(30, tasks=["a", "b"])
    rank = labels["smiles"].rank(method="dense")
    labels = labels[((labels["task"] == "a") & (rank <= 20)) | ((labels["task"] == "b") & (rank > 9))]
    view = view_labels(labels, compounds, "core-0", 0, gradients(15))
    assert {task: len(kept) for task, kept in held(view).items()} == {"a": 15, "b": 15}
    assert jaccards(view) == [0]


def test_too_few_compounds_are_told_with_what_is_feasible() -> None:
    labels, compounds = data(200)
    with pytest.raises(DataError, match=r"gradients.sweeps.core.labels: 60 labels .* up to 50 labels"):
        view_labels(labels, compounds, "core-0", 0, gradients(60))
    assert len(view_labels(labels, compounds, "core-0", 0, gradients(50))) == 200
    with pytest.raises(DataError, match=r"need 201 compounds with labels of all tasks .* up to 200 labels"):
        view_labels(labels, compounds, "core-1", 0, gradients(201))
    apart = labels[labels["smiles"].rank(method="dense").mod(4) == labels["task"].map(TASKS.index)]
    with pytest.raises(DataError, match=r"0 with labels of all 4 tasks.* allowed at this overlap: none"):
        view_labels(apart, compounds, "core-1", 0, gradients(20))


def test_all_levels_that_are_not_feasible_are_told_at_once() -> None:
    labels, compounds = data(200)
    sweeps = {
        "seeds": 2,
        "thinned": {},
        "core": {"labels": 60, "levels": [1.0, 0.1, 0.0]},
        "size": {"levels": [300, 20], "overlap": 1.0},
        "blocks": {"labels": 46, "levels": [0.0]},
    }
    with pytest.raises(DataError) as told:
        check_sweeps(labels, compounds, Gradients.model_validate({"sweeps": sweeps}))
    _, *lines = str(told.value).splitlines()
    found = [re.findall(r"sweeps\.(\w+)\..* of ([\d.]+), need .*: up to (\d+) labels", line)[0] for line in lines]
    # all of the 200 compounds but one: 11 in the core and 47 for each of four tasks
    assert found == [("core", "0.1", "58"), ("core", "0", "50"), ("size", "1", "200")]
    feasible = {"core": {"labels": 58, "levels": [0.1]}, "size": {"levels": [200], "overlap": 1.0}}
    check_sweeps(labels, compounds, Gradients.model_validate({"sweeps": sweeps | feasible}))


@settings(deadline=None, max_examples=30)
@given(
    n=st.integers(1, 40),
    overlap=st.sampled_from([0.0, 0.2, 1.0]),
    missing=st.floats(0, 0.9),
    size=st.integers(8, 90),
)
def test_as_many_labels_are_drawn_as_are_called_feasible(
    n: int, overlap: float, missing: float, size: int
) -> None:
    labels, compounds = data(size, missing)
    labels = labels[labels["task"].isin(labels["task"].unique()[:3])]
    most = feasible_labels(labels, compounds, Wanted("labels", n, overlap, by_scaffold=False), [3])
    assert most <= n
    if most:
        kept = core_and_blocks(labels, compounds, Wanted("labels", most, overlap, by_scaffold=False), 3)
        assert (labels[kept].groupby("task").size() == most).all()
    if most < n:
        with pytest.raises(DataError):
            core_and_blocks(labels, compounds, Wanted("labels", n, overlap, by_scaffold=False), 3)


def test_a_view_of_another_study_is_refused() -> None:
    labels, compounds = data(20)
    with pytest.raises(ValueError, match="core-0.5"):
        view_labels(labels, compounds, "core-0.5", 0, Gradients())
